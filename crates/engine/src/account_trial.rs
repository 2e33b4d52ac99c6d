//! Trying an account at its provider: the login, each inbox's number, and where texts to it are
//! posted. Nothing is sent and nothing is changed.

use crate::Engine;
use channels::channel::{Channel, CheckError, InboundAddress, NumberReport};
use channels::http::Reach;
use domain::address::Address;
use domain::id::{AccountId, WorkspaceId};
use store::DbError;
use url::Url;

/// Most bytes of our own answer that are read.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it should be.
    Right,
    /// Nobody can tell from here; a look at the provider's own pages can.
    Untold,
    /// Texts will not go out, or not come in.
    Wrong,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// A stable word for what was seen.
    pub code: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// A sentence for people.
    pub detail: String,
}

impl Trial {
    fn new(code: &'static str, standing: Standing, detail: impl Into<String>) -> Self {
        Self { code, standing, detail: detail.into() }
    }
}

impl Engine {
    /// Tries an account; `None` where it is not there, or this node's keys do not open it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn account_try(&self, ws: WorkspaceId, id: AccountId) -> Result<Option<Vec<Trial>>, DbError> {
        let Some(facts) = self.account_facts(ws, id).await? else { return Ok(None) };
        let Some(channel) = self.registry().get(&facts.provider) else { return Ok(None) };
        let mut trials = Vec::new();
        if let Some(checks) = channel.checks() {
            let checked = checks.check(&facts.account).await;
            self.login_checked(ws, id, &checked).await;
            trials.push(match checked {
                Ok(report) if report.active => {
                    let detail = format!("The provider knows the account as {} ({}).", report.name, report.status);
                    Trial::new("login_works", Standing::Right, detail)
                }
                Ok(report) => {
                    let detail = format!("The login works, but the provider calls the account {}.", report.status);
                    Trial::new("account_inactive", Standing::Wrong, detail)
                }
                Err(error) => Trial::new(error.code(), Standing::Wrong, said_why(channel, &error)),
            });
        }
        let login_works = trials.iter().all(|trial| trial.standing == Standing::Right);
        if login_works && let Some(numbers) = channel.numbers() {
            let ours = format!("{}/inbound", facts.account.callback_base);
            for inbox in self.inbox_list(ws).await?.into_iter().filter(|inbox| inbox.account_id == id) {
                let number = Address::parse(&inbox.address);
                if number.phone().is_none() {
                    trials.push(unasked(&inbox.address, &ours));
                    continue;
                }
                let said = numbers.number(&facts.account, &number).await;
                // Who does not answer is not asked about every other number, each time in vain.
                let silent = said.is_err();
                trials.extend(number_trials(&inbox.address, said, &ours));
                if silent {
                    break;
                }
            }
        }
        if channel.webhooks().is_some() {
            trials.push(self.address_trial(channel).await);
        }
        Ok(Some(trials))
    }

    /// Whether a provider could reach us where it is told to.
    async fn address_trial(&self, channel: &dyn Channel) -> Trial {
        let public_url = &self.settings().public_url;
        let Ok(url) = Url::parse(&format!("{public_url}/readyz")) else {
            let detail = "This server was not told its public address: start it with --public-url.";
            return Trial::new("address_unknown", Standing::Wrong, detail);
        };
        // Which host it is does not depend on the scheme.
        let mut sealed = url.clone();
        if sealed.set_scheme("https").is_err() || Reach::Public.check(&sealed).is_err() {
            let detail = format!("{} cannot reach {public_url}: the host is not a public one.", channel.title());
            return Trial::new("address_private", Standing::Wrong, detail);
        }
        if url.scheme() != "https" {
            let detail = format!("{public_url} is not https, so what customers write would travel in the open.");
            return Trial::new("address_plain", Standing::Wrong, detail);
        }
        match self.registry().http().read(&url, None, ANSWER_BYTES_MAX).await {
            Ok(answer) if answer.status == 200 => {
                Trial::new("address_answers", Standing::Right, format!("{public_url} answers."))
            }
            // A network need not lead back into itself, so this proves nothing about the way in.
            Ok(answer) => {
                let detail = format!("{public_url} answers with status {}, asked from this server.", answer.status);
                Trial::new("address_silent", Standing::Untold, detail)
            }
            Err(error) => {
                let detail = format!("{public_url} does not answer, asked from this server: {error}.");
                Trial::new("address_silent", Standing::Untold, detail)
            }
        }
    }
}

/// Why an account does not work, with what its provider's code means where that is known.
fn said_why(channel: &dyn Channel, error: &CheckError) -> String {
    let title = match error {
        CheckError::Refused { code } => {
            channel.error_codes().iter().find(|row| row.code.to_string() == *code).map(|row| row.title)
        }
        CheckError::Settings(_) | CheckError::Unreachable { .. } => None,
    };
    let said = error.to_string();
    let mut letters = said.chars();
    let begun: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    match title {
        Some(title) => format!("{begun}: {title}."),
        None => format!("{begun}."),
    }
}

/// A short code or a name: providers keep these apart, and tell of them elsewhere.
fn unasked(sender: &str, ours: &str) -> Trial {
    let detail = format!(
        "{sender} is no phone number, so the provider was not asked about it. Texts to it must be posted to {ours}."
    );
    Trial::new("number_unasked", Standing::Untold, detail)
}

/// What follows from what a provider says of a number whose texts should be posted to `ours`.
fn number_trials(number: &str, said: Result<Option<NumberReport>, CheckError>, ours: &str) -> Vec<Trial> {
    let report = match said {
        Ok(Some(report)) => report,
        Ok(None) => {
            let detail = format!("The account does not have the number {number}.");
            return vec![Trial::new("number_missing", Standing::Wrong, detail)];
        }
        Err(error) => {
            let detail = format!("The provider told nothing about {number}: {error}.");
            return vec![Trial::new("number_untold", Standing::Untold, detail)];
        }
    };
    let able = if !report.texts {
        Trial::new("number_without_texts", Standing::Wrong, format!("{number} cannot send texts."))
    } else if report.pictures {
        Trial::new("number_works", Standing::Right, format!("{number} can send texts and pictures."))
    } else {
        Trial::new("number_works", Standing::Right, format!("{number} can send texts, and no pictures."))
    };
    let posted = match report.inbound {
        InboundAddress::Url(url) if url == ours => {
            Trial::new("webhook_right", Standing::Right, format!("Texts to {number} are posted here."))
        }
        InboundAddress::Url(url) => {
            let detail = format!("Texts to {number} are posted to {url}. They must go to {ours}.");
            Trial::new("webhook_elsewhere", Standing::Wrong, detail)
        }
        InboundAddress::Nowhere => {
            let detail = format!("Texts to {number} are posted nowhere. They must go to {ours}.");
            Trial::new("webhook_missing", Standing::Wrong, detail)
        }
        InboundAddress::Untold => {
            let detail = format!("The provider does not tell where texts to {number} are posted. It must be {ours}.");
            Trial::new("webhook_untold", Standing::Untold, detail)
        }
    };
    vec![able, posted]
}

#[cfg(test)]
mod tests {
    use super::*;
    use channels::http::HttpClient;

    const OURS: &str = "https://hark.example/hooks/telnyx/acc_1/inbound";

    fn judged(said: Result<Option<NumberReport>, CheckError>) -> Vec<(&'static str, Standing)> {
        number_trials("+15017122661", said, OURS).into_iter().map(|trial| (trial.code, trial.standing)).collect()
    }

    #[test]
    fn a_refusal_says_what_its_code_means() -> Result<(), channels::http::HttpSetUpError> {
        let telnyx = channels::telnyx::Telnyx::new(HttpClient::new(Reach::Anywhere)?);
        for (code, expected) in [
            ("10005", "The provider refused the login (10005): no such resource."),
            ("http_403", "The provider refused the login (http_403)."),
        ] {
            assert_eq!(said_why(&telnyx, &CheckError::Refused { code: code.to_owned() }), expected);
        }
        Ok(())
    }

    #[test]
    fn a_number_is_right_where_it_can_text_and_posts_here() {
        use Standing::{Right, Untold, Wrong};
        let report = |texts, inbound| Ok(Some(NumberReport { texts, pictures: false, inbound }));
        let url = |url: &str| InboundAddress::Url(url.to_owned());
        for (said, expected) in [
            (report(true, url(OURS)), vec![("number_works", Right), ("webhook_right", Right)]),
            (report(true, InboundAddress::Untold), vec![("number_works", Right), ("webhook_untold", Untold)]),
            (report(true, InboundAddress::Nowhere), vec![("number_works", Right), ("webhook_missing", Wrong)]),
            (
                report(false, url("https://hark.example/hooks/telnyx/acc_2/inbound")),
                vec![("number_without_texts", Wrong), ("webhook_elsewhere", Wrong)],
            ),
            (Ok(None), vec![("number_missing", Wrong)]),
            (Err(CheckError::Unreachable { detail: "status 503".to_owned() }), vec![("number_untold", Untold)]),
        ] {
            assert_eq!(judged(said), expected);
        }
        let code = unasked("24365", OURS);
        assert_eq!((code.code, code.standing), ("number_unasked", Untold));
    }
}
