//! A poster to print on A4: what is offered, the code, and the words that go with it.

use super::{Code, LeadsTo, Shown};
use crate::evidence::document::font::Weight;
use crate::evidence::document::sheet::{BLACK, GREY, Look, Sheet};

const HEADING: Look = Look { weight: Weight::Bold, size: 34.0, ink: BLACK };
const LEAD: Look = Look { weight: Weight::Regular, size: 15.0, ink: BLACK };
const HINT: Look = Look { weight: Weight::Bold, size: 13.0, ink: BLACK };
const PLAIN: Look = Look { weight: Weight::Regular, size: 11.0, ink: BLACK };
const FINE: Look = Look { weight: Weight::Regular, size: 8.5, ink: GREY };
/// A code is so wide, in points: 10 cm, which is read from a metre away; beside many words 7 cm.
const SIDE: f32 = 283.5;
const SIDE_LONG: f32 = 198.4;
/// From so many characters on, the words beside the box are many for a poster.
const LONG_CHARS: usize = 700;
/// Lines of words are so wide, in points.
const WIDTH: f32 = 420.0;

impl Shown {
    /// The poster as a PDF of one page; `url` is the page's address with the poster's token.
    #[must_use]
    pub fn poster(&self, code: &Code, leads: LeadsTo, url: &str) -> Vec<u8> {
        let page = &self.page;
        let long = page.disclosure.chars().count() > LONG_CHARS;
        let (side, fine) = if long { (SIDE_LONG, Look { size: 7.0, ..FINE }) } else { (SIDE, FINE) };
        let mut sheet = Sheet::new();
        sheet.gap(6.0);
        sheet.centre(LEAD, WIDTH, &self.brand);
        sheet.gap(10.0);
        sheet.centre(HEADING, WIDTH, &cut(&page.title, 60));
        if !page.intro.is_empty() {
            sheet.gap(8.0);
            sheet.centre(LEAD, WIDTH, &cut(&page.intro, 160));
        }
        sheet.gap(14.0);
        sheet.squares(side, code.count, &code.rows);
        let hint = match leads {
            LeadsTo::Page => "Point your phone's camera here and sign up".to_owned(),
            LeadsTo::Text => format!("Point your phone's camera here, or text {} to {}", page.keyword, self.number),
        };
        sheet.centre(HINT, WIDTH, &hint);
        sheet.gap(4.0);
        sheet.centre(PLAIN, WIDTH, url);
        sheet.gap(12.0);
        sheet.centre(fine, WIDTH, &page.disclosure.replace('\n', " "));
        for (name, link) in [("Privacy", &page.privacy_url), ("Terms", &page.terms_url)] {
            if let Some(link) = link {
                sheet.centre(fine, WIDTH, &format!("{name}: {link}"));
            }
        }
        sheet.finish_bare(&format!("{}: {}", self.brand, page.title))
    }
}

/// Words with an end, so that all of a poster stands on its page.
fn cut(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    let short: String = words.chars().take(most - 1).collect();
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::consent::Region;
    use domain::id::{InboxId, OptinPageId};
    use store::optin_page::OptinPageRow;
    use uuid::Uuid;

    #[test]
    fn a_poster_is_one_page_of_pdf_however_many_words() {
        for words in ["I agree.".to_owned(), "Many words about many things. ".repeat(66)] {
            let page = OptinPageRow {
                id: OptinPageId::new(Uuid::nil()),
                inbox: InboxId::new(Uuid::nil()),
                token: "0123456789abcdef0123".to_owned(),
                title: "Early access and offers by text, before anybody else hears of them at all".to_owned(),
                intro: "Short news. ".repeat(20),
                contact: String::new(),
                topic: String::new(),
                keyword: "JOIN".to_owned(),
                region: Region::Us,
                locale: "en-US".to_owned(),
                disclosure: words,
                version: 1,
                double_opt_in: true,
                active: true,
                privacy_url: Some("https://shop.example/privacy".to_owned()),
                terms_url: None,
                origins: "[]".to_owned(),
                signups: 0,
                created_at: 0,
                changed_at: 0,
            };
            let shown = Shown { page, brand: "Lumen Goods".to_owned(), number: "+12025550100".to_owned() };
            let code = Code::of("https://text.shop.example/o/0123456789abcdef0123")
                .unwrap_or(Code { count: 0, rows: Vec::new() });
            let pdf = shown.poster(&code, LeadsTo::Text, "https://text.shop.example/o/0123456789abcdef0123");
            assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{}", pdf.len());
            let pages = pdf.windows(12).filter(|window| window == b"/Type /Page\n").count();
            assert_eq!(pages, 1);
        }
    }
}
