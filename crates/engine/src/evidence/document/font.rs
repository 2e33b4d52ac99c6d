//! The two faces of a document, and how words are set in them.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, Str};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use ttf_parser::{Face, GlyphId};

static REGULAR: &[u8] = include_bytes!("../../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../fonts/NotoSans-Bold.ttf");

const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    /// The name pages know it by.
    pub(crate) const fn name(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"R"),
            Self::Bold => Name(b"B"),
        }
    }

    const fn base(self) -> Name<'static> {
        match self {
            // A tag of six letters says that letters were left out.
            Self::Regular => Name(b"HARKEV+NotoSans-Regular"),
            Self::Bold => Name(b"HARKEV+NotoSans-Bold"),
        }
    }

    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Bold => BOLD,
        }
    }
}

/// Both faces, read.
pub(crate) struct Fonts {
    regular: Option<Face<'static>>,
    bold: Option<Face<'static>>,
}

impl Fonts {
    pub(crate) fn read() -> Self {
        // The files are part of the program; a test reads both.
        let face = |weight: Weight| Face::parse(weight.bytes(), 0).ok();
        Self { regular: face(Weight::Regular), bold: face(Weight::Bold) }
    }

    fn face(&self, weight: Weight) -> Option<&Face<'static>> {
        match weight {
            Weight::Regular => self.regular.as_ref(),
            Weight::Bold => self.bold.as_ref(),
        }
    }

    fn glyph(&self, weight: Weight, letter: char) -> Option<GlyphId> {
        self.face(weight)?.glyph_index(letter)
    }

    /// Words as they can be set: a letter that the faces lack, such as an emoji, is
    /// written as its number, and what only changes how the one before it looks is left out.
    pub(crate) fn settable(&self, weight: Weight, words: &str) -> String {
        let mut out = String::with_capacity(words.len());
        for letter in words.chars() {
            match letter {
                '\u{fe0e}' | '\u{fe0f}' | '\r' => {}
                '\t' => out.push_str("    "),
                letter if self.glyph(weight, letter).is_some() => out.push(letter),
                letter => {
                    let _ = write!(out, "[U+{:04X}]", u32::from(letter));
                }
            }
        }
        out
    }

    /// How wide settable words are, in points.
    pub(crate) fn width(&self, weight: Weight, size: f32, words: &str) -> f32 {
        let Some(face) = self.face(weight) else { return 0.0 };
        let units: u32 = words
            .chars()
            .filter_map(|letter| face.glyph_index(letter))
            .map(|glyph| u32::from(face.glyph_hor_advance(glyph).unwrap_or(0)))
            .sum();
        // A line has far fewer units than a float holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        let units = units as f32;
        units * size / f32::from(face.units_per_em())
    }

    /// Settable words as numbers of glyphs, which is how the document holds them.
    pub(crate) fn glyphs(&self, weight: Weight, words: &str) -> Vec<u8> {
        words.chars().filter_map(|letter| self.glyph(weight, letter)).flat_map(|glyph| glyph.0.to_be_bytes()).collect()
    }

    /// Writes a face into a document, under a number and the four after it.
    pub(crate) fn embed(&self, pdf: &mut Pdf, weight: Weight, first: i32) {
        let Some(face) = self.face(weight) else { return };
        let [font, cid, descriptor, file, cmap] = [0, 1, 2, 3, 4].map(|next| Ref::new(first + next));
        let scale = 1000.0 / f32::from(face.units_per_em());
        pdf.type0_font(font)
            .base_font(weight.base())
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap);
        let widths = (0..face.number_of_glyphs())
            .map(|glyph| f32::from(face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0)) * scale);
        let mut cid_font = pdf.cid_font(cid);
        cid_font
            .subtype(CidFontType::Type2)
            .base_font(weight.base())
            .system_info(IDENTITY)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        cid_font.widths().consecutive(0, widths);
        cid_font.finish();
        let bounds = face.global_bounding_box();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|edge| f32::from(edge) * scale);
        pdf.font_descriptor(descriptor)
            .name(weight.base())
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(f32::from(face.ascender()) * scale)
            .descent(f32::from(face.descender()) * scale)
            .cap_height(f32::from(face.capital_height().unwrap_or(0)) * scale)
            .stem_v(if weight == Weight::Bold { 140.0 } else { 80.0 })
            .font_file2(file);
        let packed = zlib(weight.bytes());
        let mut stream = pdf.stream(file, &packed);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), i32::try_from(weight.bytes().len()).unwrap_or(i32::MAX));
        stream.finish();
        let mut letters: BTreeMap<u16, char> = BTreeMap::new();
        for letter in (' '..='\u{ffff}').filter(|letter| *letter != '\u{ad}') {
            if let Some(glyph) = face.glyph_index(letter) {
                letters.entry(glyph.0).or_insert(letter);
            }
        }
        let mut map = UnicodeCmap::new(Name(b"HarkUnicode"), IDENTITY);
        for (glyph, letter) in letters {
            map.pair(glyph, letter);
        }
        let map = zlib(&map.finish());
        let mut stream = pdf.stream(cmap, &map);
        stream.filter(Filter::FlateDecode);
        stream.finish();
    }
}

/// Bytes made smaller, as documents hold them.
pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_know_what_people_write_and_tell_what_they_lack() {
        let fonts = Fonts::read();
        for weight in [Weight::Regular, Weight::Bold] {
            for words in [
                "¿Dónde está mi pedido? ¡Gracias!",
                "Ça a l’air français : œuvre, « déjà »",
                "Größe 5 € – 10 £",
                "Привет",
                "Ελλάδα",
            ] {
                assert_eq!(fonts.settable(weight, words), words);
            }
            assert_eq!(fonts.settable(weight, "ok 👍🏽 ❤️ 你\u{7}"), "ok [U+1F44D][U+1F3FD] [U+2764] [U+4F60][U+0007]");
            let (narrow, wide) = (fonts.width(weight, 10.0, "iii"), fonts.width(weight, 10.0, "mmm"));
            assert!(narrow > 5.0 && wide > 2.0 * narrow, "{narrow} {wide}");
        }
    }
}
