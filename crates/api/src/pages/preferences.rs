//! The page where a customer says which texts they want.

use axum::Extension;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::consent::Permits;
use engine::preferences::{Choice, PreferenceError, PreferenceLink, Preferences, Wanted};
use http::StatusCode;

use super::html::{Page, escaped, failed, field, notice, visit};
use crate::request::{Browser, ClientIp};
use crate::state::Api;

/// The page as things stand.
pub(super) async fn page_get(State(api): State<Api>, Path(token): Path<String>) -> Response {
    let link = match opened(&api, &token) {
        Ok(link) => link,
        Err(response) => return response,
    };
    match api.engine.preferences_get(link).await {
        Ok(Some(known)) => page(&known, StatusCode::OK, None),
        Ok(None) => gone(),
        Err(error) => failed(&error),
    }
}

/// What the customer wants changed.
pub(super) async fn page_post(
    State(api): State<Api>,
    Path(token): Path<String>,
    ip: Option<Extension<ClientIp>>,
    browser: Browser,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let link = match opened(&api, &token) {
        Ok(link) => link,
        Err(response) => return response,
    };
    let form = form.map(|Form(fields)| fields).unwrap_or_default();
    let stop = field(&form, "stop") == "1";
    let wanted = if stop {
        Wanted::Stop
    } else {
        Wanted::Choices { changes: changed(&form), read: field(&form, "words").to_owned() }
    };
    // The link opens the page to whoever has it, so it is no part of the evidence.
    let visit = visit(format!("{}/p/", api.engine.settings().public_url), "", ip.map(|ip| ip.0), browser);
    match api.engine.preferences_set(link, wanted, &visit).await {
        Ok(now) => page(&now, StatusCode::OK, Some(if stop { "You will get no more texts." } else { "Saved." })),
        Err(PreferenceError::Changed) => match api.engine.preferences_get(link).await {
            Ok(Some(now)) => page(
                &now,
                StatusCode::CONFLICT,
                Some("Not saved: the words below have changed. Please read them again."),
            ),
            Ok(None) => gone(),
            Err(error) => failed(&error),
        },
        Err(PreferenceError::NotFound) => gone(),
        Err(error) => failed(&error),
    }
}

fn opened(api: &Api, token: &str) -> Result<PreferenceLink, Response> {
    api.engine.preference_link_open(token).map_err(|error| failed(&error))?.ok_or_else(gone)
}

fn gone() -> Response {
    notice(
        StatusCode::NOT_FOUND,
        "This link has run out",
        "Reply STOP to any text to end them, or ask us for a new link.",
    )
}

/// A choice as a form names it.
fn key(choice: &Choice) -> String {
    format!("{}:{}", choice.permits, choice.topic)
}

/// What differs between what the form showed and what was sent: nothing else is touched, so
/// that a page left open for long undoes nothing.
fn changed(form: &[(String, String)]) -> Vec<Choice> {
    let named = |name: &str, key: &str| form.iter().any(|(known, value)| known == name && value == key);
    form.iter()
        .filter(|(name, _)| name == "row")
        .filter_map(|(_, key)| {
            let (permits, topic) = key.split_once(':')?;
            let (was, on) = (named("was", key), named("on", key));
            let permits = Permits::from_word(permits).filter(|_| was != on)?;
            Some(Choice { permits, topic: topic.to_owned(), on })
        })
        .collect()
}

fn page(known: &Preferences, status: StatusCode, said: Option<&str>) -> Response {
    let brand = escaped(&known.brand);
    let numbers = escaped(&known.numbers.join(", "));
    let said = said.map_or_else(String::new, |words| {
        format!("<div class=\"done\" role=\"status\"><p>{}</p></div>", escaped(words))
    });
    let body = if known.stopped {
        format!(
            "<p class=\"brand\">{brand}</p><h1>Your texts</h1>{said}<p>For {numbers}</p><p>You get no texts from us. To get \
             them again, text START to the number that texted you.</p>"
        )
    } else {
        format!(
            "<p class=\"brand\">{brand}</p><h1>Your texts</h1>{said}<p>For {numbers}</p>{}\
             <h2>All texts</h2><form method=\"post\"><button class=\"quiet\" name=\"stop\" value=\"1\">Stop all texts</button></form>",
            choices(known)
        )
    };
    Page { status, title: "Your texts", body, frames: None }.into_response()
}

fn choices(known: &Preferences) -> String {
    let mut rows = String::new();
    for (number, choice) in known.choices.iter().enumerate() {
        let name = match (choice.permits, choice.topic.as_str()) {
            (Permits::Transactional, _) => "News of your orders and account",
            (_, "") => "Offers and news",
            (_, topic) => topic,
        };
        let (key, name) = (escaped(&key(choice)), escaped(name));
        let (checked, was) = if choice.on {
            (" checked", format!("<input type=\"hidden\" name=\"was\" value=\"{key}\">"))
        } else {
            ("", String::new())
        };
        rows.push_str(&format!(
            "<div class=\"tick\"><input type=\"checkbox\" id=\"c{number}\" name=\"on\" value=\"{key}\"{checked}>\
             <label for=\"c{number}\">{name}</label></div><input type=\"hidden\" name=\"row\" value=\"{key}\">{was}"
        ));
    }
    let sells = known.choices.iter().any(|choice| choice.permits == Permits::Marketing);
    let off = known.choices.iter().any(|choice| choice.permits == Permits::Marketing && !choice.on);
    let note = if !sells {
        "<p class=\"fine\">Without news of your orders we send no offers either.</p>"
    } else if known.resting {
        "<p class=\"fine\">While one of these is off, we send no offers at all.</p>"
    } else {
        ""
    };
    let words = if off {
        format!(
            "<p class=\"fine\">Ticking offers means:</p><p class=\"fine words\" id=\"words\" lang=\"{}\">{}</p>",
            escaped(&known.disclosure.locale),
            escaped(&known.disclosure.text)
        )
    } else {
        String::new()
    };
    format!(
        "<form method=\"post\"><fieldset><legend>Which texts do you want?</legend>{rows}</fieldset>{note}{words}\
         <input type=\"hidden\" name=\"words\" value=\"{}\"><button>Save</button></form>",
        known.read()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_on_the_page_changes() {
        let form = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let sent = form(&[
            ("row", "transactional:"),
            ("was", "transactional:"),
            ("on", "transactional:"),
            ("row", "marketing:"),
            ("on", "marketing:"),
            ("row", "marketing:a:b"),
            ("was", "marketing:a:b"),
            ("row", "nonsense"),
            ("row", "other:x"),
            ("on", "marketing:never shown"),
        ]);
        let choice = |topic: &str, on| Choice { permits: Permits::Marketing, topic: topic.to_owned(), on };
        assert_eq!(changed(&sent), [choice("", true), choice("a:b", false)]);
    }
}
