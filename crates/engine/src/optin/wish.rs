//! A page as a member wishes it, and what it must be before it is kept.

use super::OptinError;
use crate::consent::check_topic;
use domain::consent::{PAGE_DISCLOSURE_CHARS_MAX, Region, settled};
use domain::id::{InboxId, OptinPageId};
use domain::keyword;
use store::optin_page::OptinPageRow;

/// Most sites that may show a form.
const ORIGINS_MAX: usize = 20;
/// Most characters of an address of the web.
const URL_CHARS_MAX: usize = 500;
/// Most letters of the word that a text begins with.
const KEYWORD_CHARS_MAX: usize = 20;

/// A page as a member wishes it.
#[derive(Debug, Clone)]
pub struct PageWish {
    /// The inbox that texts whoever agrees.
    pub inbox: InboxId,
    /// Its heading.
    pub title: String,
    /// What stands below the heading.
    pub intro: String,
    /// How to reach the shop.
    pub contact: String,
    /// What they agree to; empty for every topic.
    pub topic: String,
    /// The word that a text to the number begins with; empty to offer none.
    pub keyword: String,
    /// Whose law its words are for.
    pub region: Region,
    /// The language of the shop's own words, a language tag; that of the preset where absent.
    pub locale: Option<String>,
    /// The shop's own words beside the box; the preset where absent.
    pub disclosure: Option<String>,
    /// Whether whoever holds the phone must confirm.
    pub double_opt_in: bool,
    /// Whether it takes anybody.
    pub active: bool,
    /// The shop's privacy policy.
    pub privacy_url: Option<String>,
    /// The shop's terms.
    pub terms_url: Option<String>,
    /// Sites that may show the form in a frame.
    pub origins: Vec<String>,
}

fn wrong(field: &'static str, code: &'static str, detail: impl Into<String>) -> OptinError {
    OptinError::Field { field, code, detail: detail.into() }
}

impl PageWish {
    /// Refuses what no page can be.
    ///
    /// # Errors
    /// [`OptinError::Field`].
    pub(super) fn check(&self) -> Result<(), OptinError> {
        if self.title.trim().is_empty() {
            return Err(wrong("title", "too_short", "A page needs a heading."));
        }
        check_topic(&self.topic).map_err(|error| wrong("topic", error.code(), format!("{error}.")))?;
        if self.region.needs_contact() && self.contact.trim().is_empty() {
            let detail = "Canada's law wants the shop's mailing address, and a telephone, e-mail or web address.";
            return Err(wrong("contact", "contact_missing", detail));
        }
        let words = self.disclosure.as_deref().map(settled);
        if words.as_ref().is_some_and(|words| words.chars().count() > PAGE_DISCLOSURE_CHARS_MAX) {
            let detail = format!("At most {PAGE_DISCLOSURE_CHARS_MAX} characters.");
            return Err(wrong("disclosure", "disclosure_too_long", detail));
        }
        if words.is_some_and(|words| words.is_empty()) {
            return Err(wrong("disclosure", "disclosure_missing", "The words beside the box cannot be empty."));
        }
        if !self.locale.as_deref().is_none_or(tag_plausible) {
            return Err(wrong("locale", "locale", "A language tag such as en-US."));
        }
        self.check_keyword()?;
        for (field, url) in [("privacy_url", &self.privacy_url), ("terms_url", &self.terms_url)] {
            if !url.as_deref().is_none_or(url_plausible) {
                return Err(wrong(field, "url", "An address that begins with https:// or http://."));
            }
        }
        if self.origins.len() > ORIGINS_MAX {
            return Err(wrong("origins", "count", format!("At most {ORIGINS_MAX} sites.")));
        }
        match self.origins.iter().find(|origin| !origin_plausible(origin)) {
            Some(origin) => {
                Err(wrong("origins", "origin", format!("{origin} is no site such as https://shop.example.")))
            }
            None => Ok(()),
        }
    }

    fn check_keyword(&self) -> Result<(), OptinError> {
        let word = self.keyword.trim();
        if word.is_empty() {
            return Ok(());
        }
        if word.chars().count() > KEYWORD_CHARS_MAX || !word.chars().all(char::is_alphanumeric) {
            let detail = format!("One word of at most {KEYWORD_CHARS_MAX} letters and digits.");
            return Err(wrong("keyword", "keyword_shape", detail));
        }
        match keyword::collides(word) {
            Some(collision) => Err(wrong("keyword", collision.code(), "This word asks for something else.")),
            None => Ok(()),
        }
    }

    /// The page's row, whose words are those of a shop of this brand.
    pub(super) fn row(&self, brand: &str, id: OptinPageId, token: String, now: i64) -> OptinPageRow {
        let contact = settled(&self.contact);
        let own = self.disclosure.as_deref().map(settled);
        let locale = own.as_ref().and(self.locale.clone()).unwrap_or_else(|| self.region.locale().to_owned());
        let disclosure = own.unwrap_or_else(|| settled(&self.region.disclosure(brand, &contact)));
        let origins: Vec<String> = self.origins.iter().map(|origin| origin.trim().to_lowercase()).collect();
        OptinPageRow {
            id,
            inbox: self.inbox,
            token,
            title: settled(&self.title),
            intro: settled(&self.intro),
            contact,
            topic: self.topic.trim().to_owned(),
            keyword: self.keyword.trim().to_uppercase(),
            region: self.region,
            locale,
            disclosure,
            version: 1,
            double_opt_in: self.double_opt_in,
            active: self.active,
            privacy_url: self.privacy_url.as_deref().map(|url| url.trim().to_owned()),
            terms_url: self.terms_url.as_deref().map(|url| url.trim().to_owned()),
            // Strings always serialise.
            origins: serde_json::to_string(&origins).unwrap_or_else(|_| "[]".to_owned()),
            signups: 0,
            created_at: now,
            changed_at: now,
        }
    }
}

fn tag_plausible(tag: &str) -> bool {
    (2..=35).contains(&tag.len())
        && tag
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn url_plausible(url: &str) -> bool {
    let url = url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    url.len() <= URL_CHARS_MAX
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`'))
}

/// Whether a text is a site as the header of a frame names it: nothing else may stand
/// there, since it would be read as another rule.
fn origin_plausible(origin: &str) -> bool {
    let origin = origin.trim();
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let Some(rest) = rest.filter(|_| origin.len() <= 255) else { return false };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_sites_alone() {
        for good in ["https://shop.example", "http://localhost:3000", "https://a-b.shop.example:8443", " https://x.y "]
        {
            assert!(origin_plausible(good), "{good}");
        }
        for bad in [
            "",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://*.example",
            "*",
            "'self'",
            "https://a.example; script-src *",
            "https://a.example https://b.example",
            "https://a..b",
            "https://a:b",
            "https://a:0",
            "javascript:alert(1)",
            "https://-a.example",
        ] {
            assert!(!origin_plausible(bad), "{bad}");
        }
    }

    #[test]
    fn links_are_of_the_web() {
        assert!(url_plausible("https://shop.example/privacy?a=1#b"));
        for bad in ["javascript:alert(1)", "https:///x", "//shop.example", "https://a\" onclick=\"x", "https://a b", ""]
        {
            assert!(!url_plausible(bad), "{bad}");
        }
        assert!(tag_plausible("en-US") && tag_plausible("fr") && tag_plausible("zh-Hant-TW"));
        assert!(!tag_plausible("e") && !tag_plausible("en_US") && !tag_plausible("en--US") && !tag_plausible(""));
    }
}
