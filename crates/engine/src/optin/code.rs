//! QR codes of pages, as pictures to print.

use super::Shown;
use crate::Engine;
use image::{GrayImage, ImageFormat};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use std::io::Cursor;
use store::optin_page::PosterRow;

/// Light squares around a code, without which no reader finds it (ISO/IEC 18004, 9.1).
const QUIET: u16 = 4;
/// A picture of dots is at least so wide, in dots: 10 cm at 300 dpi.
const DOTS_MIN: u32 = 1_181;

/// Where a code leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadsTo {
    /// To the page.
    Page,
    /// To a text with the page's keyword, ready to be sent.
    Text,
}

/// A QR code: the runs of dark squares of each row, quiet zone and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Squares across.
    pub count: u16,
    /// For each row, where each run of dark squares begins and how long it is.
    pub rows: Vec<Vec<(u16, u16)>>,
}

impl Code {
    /// A code of some words; none where they are too long for one.
    #[must_use]
    pub fn of(words: &str) -> Option<Self> {
        // A quarter of it may be dirty or torn: it hangs in shops.
        let code = QrCode::encode_text(words, QrCodeEcc::Quartile).ok()?;
        let side = u16::try_from(code.size()).ok()?;
        let dark = |x: u16, y: u16| code.get_module(i32::from(x), i32::from(y));
        let row = |y: u16| {
            let mut runs: Vec<(u16, u16)> = Vec::new();
            for x in (0..side).filter(|x| dark(*x, y)) {
                match runs.last_mut() {
                    Some((start, length)) if *start + *length == x + QUIET => *length += 1,
                    _ => runs.push((x + QUIET, 1)),
                }
            }
            runs
        };
        let margin = || std::iter::repeat_n(Vec::new(), usize::from(QUIET));
        let rows = margin().chain((0..side).map(row)).chain(margin()).collect();
        Some(Self { count: side + 2 * QUIET, rows })
    }

    /// A drawing of lines, sharp at any size. `name` says what it is to who cannot see it.
    #[must_use]
    pub fn svg(&self, name: &str) -> String {
        let count = self.count;
        let name = name.replace('&', "&amp;").replace('<', "&lt;");
        let mut path = String::new();
        for (y, runs) in self.rows.iter().enumerate() {
            for (x, length) in runs {
                // Writing into memory does not fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {count} {count}\" width=\"100mm\" height=\"100mm\" \
             role=\"img\" shape-rendering=\"crispEdges\"><title>{name}</title><rect width=\"{count}\" height=\"{count}\" \
             fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>\n"
        )
    }

    /// A picture of dots, at least 10 cm wide at 300 dpi; none where memory has no room for it.
    #[must_use]
    pub fn png(&self) -> Option<Vec<u8>> {
        let count = u32::from(self.count);
        let dots = DOTS_MIN.div_ceil(count);
        let mut picture = GrayImage::from_pixel(count * dots, count * dots, image::Luma([255]));
        for (y, runs) in (0_u32..).zip(&self.rows) {
            for (x, length) in runs {
                for down in 0..dots {
                    for right in 0..u32::from(*length) * dots {
                        picture.put_pixel(u32::from(*x) * dots + right, y * dots + down, image::Luma([0]));
                    }
                }
            }
        }
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Png).ok()?;
        Some(out.into_inner())
    }
}

impl Engine {
    /// What a code of a page says: its address, or a text to its number. None where the
    /// page offers no keyword or its sender takes no texts.
    #[must_use]
    pub fn optin_code_words(&self, shown: &Shown, poster: Option<&PosterRow>, leads: LeadsTo) -> Option<String> {
        match leads {
            LeadsTo::Page => Some(self.optin_page_url(&shown.page, poster)),
            LeadsTo::Text => text_link(&shown.number, &shown.page.keyword),
        }
    }
}

/// A link that opens a text (RFC 5724). Phones of one maker read the words behind `?` and
/// those of the other behind `&`; both understand `?&`.
fn text_link(number: &str, keyword: &str) -> Option<String> {
    let takes = number.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()) && number.len() > 1;
    let escaped: String = keyword.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            // Writing into memory does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    });
    (takes && !keyword.is_empty()).then(|| format!("sms:{number}?&body={escaped}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_quiet_zone_and_its_corners() {
        let code = Code::of("https://text.shop.example/o/0123456789abcdef0123?p=89abcdef");
        let code = code.unwrap_or(Code { count: 0, rows: Vec::new() });
        assert_eq!((usize::from(code.count), code.rows.len() > 30), (code.rows.len(), true));
        let quiet = |rows: &[Vec<(u16, u16)>]| rows.iter().all(Vec::is_empty);
        assert!(quiet(&code.rows[..4]) && quiet(&code.rows[code.rows.len() - 4..]));
        // The finder pattern of seven squares begins and ends the first row.
        assert_eq!((code.rows[4].first(), code.rows[4].last()), (Some(&(4, 7)), Some(&(code.count - 11, 7))));
        assert!(code.svg("a < b & c").contains("<title>a &lt; b &amp; c</title>"));
        assert!(Code::of(&"x".repeat(5_000)).is_none());
    }

    #[test]
    fn a_text_link_needs_a_number_and_a_word() {
        assert_eq!(text_link("+12025550100", "JOIN").as_deref(), Some("sms:+12025550100?&body=JOIN"));
        assert_eq!(text_link("55555", "ÉTÉ").as_deref(), Some("sms:55555?&body=%C3%89T%C3%89"));
        assert_eq!(
            (text_link("LUMEN", "JOIN"), text_link("+12025550100", ""), text_link("", "JOIN")),
            (None, None, None)
        );
    }
}
