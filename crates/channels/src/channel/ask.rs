//! Asking a provider about an account or a number: reads only.

use super::CheckError;
use crate::http::{ANSWER_BYTES_MAX, Answer, HttpClient, Login};
use serde::de::DeserializeOwned;
use url::Url;

/// What a provider says of an account. `refused` reads the provider's code of a refusal.
pub(crate) async fn ask(
    http: &HttpClient,
    url: &Url,
    login: Login<'_>,
    refused: fn(&Answer) -> Option<String>,
) -> Result<Answer, CheckError> {
    judged(asked(http, url, login).await?, refused)
}

/// The same of something that need not be there: `None` where the provider does not have it.
pub(crate) async fn ask_for(
    http: &HttpClient,
    url: &Url,
    login: Login<'_>,
    refused: fn(&Answer) -> Option<String>,
) -> Result<Option<Answer>, CheckError> {
    let answer = asked(http, url, login).await?;
    if answer.status == 404 { Ok(None) } else { judged(answer, refused).map(Some) }
}

async fn asked(http: &HttpClient, url: &Url, login: Login<'_>) -> Result<Answer, CheckError> {
    let answer = http.read(url, Some(login), ANSWER_BYTES_MAX).await;
    answer.map_err(|error| CheckError::Unreachable { detail: error.to_string() })
}

fn judged(answer: Answer, refused: fn(&Answer) -> Option<String>) -> Result<Answer, CheckError> {
    match answer.status {
        200 => Ok(answer),
        400..=499 if answer.status != 429 => {
            Err(CheckError::Refused { code: refused(&answer).unwrap_or_else(|| format!("http_{}", answer.status)) })
        }
        status => Err(CheckError::Unreachable { detail: format!("status {status}") }),
    }
}

/// Reads what a provider said.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer, what: &'static str) -> Result<T, CheckError> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| CheckError::Unreachable { detail: format!("the answer is {what}") })
}
