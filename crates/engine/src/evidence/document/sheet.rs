//! Pages that fill from the top: words wrap, what does not fit goes on overleaf.

use super::font::{Fonts, Weight, zlib};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const LEFT: f32 = 52.0;
const RIGHT: f32 = WIDTH - 52.0;
const TOP: f32 = HEIGHT - 54.0;
const BOTTOM: f32 = 62.0;
/// Where the second column of a pair begins, from the indent.
const LABEL: f32 = 96.0;
/// Lines are so much higher than letters.
const LEADING: f32 = 1.38;

/// A colour: red, green, blue.
pub(crate) type Ink = [f32; 3];
pub(crate) const BLACK: Ink = [0.10, 0.11, 0.13];
pub(crate) const GREY: Ink = [0.40, 0.42, 0.46];
pub(crate) const GREEN: Ink = [0.07, 0.42, 0.22];
pub(crate) const AMBER: Ink = [0.58, 0.36, 0.02];
pub(crate) const RED: Ink = [0.68, 0.11, 0.11];
const RULE: Ink = [0.84, 0.85, 0.87];
const PANEL: Ink = [0.957, 0.961, 0.969];

/// How words look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) ink: Ink,
}

pub(crate) const BODY: Look = Look { weight: Weight::Regular, size: 9.5, ink: BLACK };
pub(crate) const STRONG: Look = Look { weight: Weight::Bold, size: 9.5, ink: BLACK };
pub(crate) const SMALL: Look = Look { weight: Weight::Regular, size: 8.0, ink: GREY };
const TITLE: Look = Look { weight: Weight::Bold, size: 22.0, ink: BLACK };
const HEADING: Look = Look { weight: Weight::Bold, size: 13.0, ink: BLACK };

impl Look {
    pub(crate) const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    fn line(self) -> f32 {
        self.size * LEADING
    }
}

/// A document that is being written.
pub(crate) struct Sheet {
    fonts: Fonts,
    pages: Vec<Content>,
    y: f32,
    /// How far what follows is set in, in points.
    pub(crate) indent: f32,
}

impl Sheet {
    pub(crate) fn new() -> Self {
        Self { fonts: Fonts::read(), pages: vec![Content::new()], y: TOP, indent: 0.0 }
    }

    fn page(&mut self) -> &mut Content {
        if self.pages.is_empty() {
            self.pages.push(Content::new());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Begins a new page unless so much height is left.
    pub(crate) fn room(&mut self, height: f32) {
        if self.y - height < BOTTOM {
            self.pages.push(Content::new());
            self.y = TOP;
        }
    }

    pub(crate) fn gap(&mut self, height: f32) {
        self.y -= height;
    }

    fn put(&mut self, x: f32, y: f32, look: Look, words: &str) {
        let glyphs = self.fonts.glyphs(look.weight, words);
        let [red, green, blue] = look.ink;
        self.page()
            .set_fill_rgb(red, green, blue)
            .begin_text()
            .set_font(look.weight.name(), look.size)
            .next_line(x, y)
            .show(Str(&glyphs))
            .end_text();
    }

    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, [red, green, blue]: Ink) {
        self.page().set_fill_rgb(red, green, blue).rect(x, y, width, height).fill_nonzero();
    }

    /// Words cut into lines of a width; a word that is wider alone is broken.
    fn wrap(&self, look: Look, width: f32, words: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in words.split('\n') {
            let mut line = String::new();
            for word in self.fonts.settable(look.weight, paragraph).split_inclusive(' ') {
                let fits = |text: &str| self.fonts.width(look.weight, look.size, text.trim_end()) <= width;
                if fits(&format!("{line}{word}")) {
                    line.push_str(word);
                    continue;
                }
                if !line.trim().is_empty() {
                    lines.push(std::mem::take(&mut line).trim_end().to_owned());
                }
                line.clear();
                for letter in word.chars() {
                    if !line.is_empty() && !fits(&format!("{line}{letter}")) {
                        lines.push(std::mem::take(&mut line));
                    }
                    line.push(letter);
                }
            }
            lines.push(line.trim_end().to_owned());
        }
        lines
    }

    pub(crate) fn title(&mut self, over: &str, words: &str) {
        self.y -= 10.0;
        self.words(SMALL, over);
        self.gap(10.0);
        for line in self.wrap(TITLE, RIGHT - LEFT, words) {
            self.y -= TITLE.size;
            self.put(LEFT, self.y, TITLE, &line);
            self.y -= 6.0;
        }
    }

    pub(crate) fn heading(&mut self, words: &str) {
        self.indent = 0.0;
        // A heading alone at the foot of a page would be lost.
        self.room(96.0);
        self.gap(22.0);
        self.put(LEFT, self.y, HEADING, words);
        self.gap(7.0);
        self.fill(LEFT, self.y, RIGHT - LEFT, 0.7, RULE);
        self.gap(6.0);
    }

    /// A paragraph.
    pub(crate) fn words(&mut self, look: Look, words: &str) {
        let x = LEFT + self.indent;
        for line in self.wrap(look, RIGHT - x, words) {
            self.room(look.line());
            self.y -= look.line();
            self.put(x, self.y, look, &line);
        }
    }

    /// Words in the middle of the page's width, in lines no wider than `width` points.
    pub(crate) fn centre(&mut self, look: Look, width: f32, words: &str) {
        for line in self.wrap(look, width.min(RIGHT - LEFT), words) {
            self.y -= look.line();
            let taken = self.fonts.width(look.weight, look.size, &line);
            self.put((WIDTH - taken) / 2.0, self.y, look, &line);
        }
    }

    /// Dark squares on white, in the middle of the page's width, `side` points wide. A row
    /// is its runs: where each begins and how long it is, in squares of `count` across.
    pub(crate) fn squares(&mut self, side: f32, count: u16, rows: &[Vec<(u16, u16)>]) {
        let one = side / f32::from(count.max(1));
        self.y -= side;
        let (left, bottom) = ((WIDTH - side) / 2.0, self.y);
        for (row, runs) in (0_u16..).zip(rows) {
            let y = bottom + side - one * f32::from(row + 1);
            for (start, length) in runs {
                self.fill(left + one * f32::from(*start), y, one * f32::from(*length), one, [0.0; 3]);
            }
        }
    }

    /// The finished document of a page without a foot.
    pub(crate) fn finish_bare(mut self, title: &str) -> Vec<u8> {
        let pages: Vec<Vec<u8>> =
            std::mem::take(&mut self.pages).into_iter().map(|page| zlib(&page.finish())).collect();
        self.written(&pages, title)
    }

    /// A line with something at its right end.
    pub(crate) fn split(&mut self, look: Look, left: &str, right_look: Look, right: &str) {
        self.room(look.line() + 30.0);
        self.y -= look.line();
        let right = self.fonts.settable(right_look.weight, right);
        let taken = self.fonts.width(right_look.weight, right_look.size, &right);
        let x = LEFT + self.indent;
        let lines = self.wrap(look, RIGHT - x - taken - 12.0, left);
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                self.y -= look.line();
            }
            self.put(x, self.y, look, line);
            if number == 0 {
                self.put(RIGHT - taken, self.y, right_look, &right);
            }
        }
    }

    /// A name and what it is.
    pub(crate) fn pair(&mut self, label: &str, words: &str) {
        self.pair_in(BODY, label, words);
    }

    pub(crate) fn pair_in(&mut self, look: Look, label: &str, words: &str) {
        let (x, start) = (LEFT + self.indent, LEFT + self.indent + LABEL);
        let quiet = Look { size: look.size, ..SMALL };
        let label = self.fonts.settable(quiet.weight, label);
        let mut label = Some(label).filter(|label| !label.is_empty());
        if let Some(long) = label.take_if(|label| self.fonts.width(quiet.weight, quiet.size, label) > LABEL - 6.0) {
            // A name that would run into what stands beside it stands above.
            self.room(look.line() * 2.0);
            self.y -= look.line();
            self.put(x, self.y, quiet, &long);
        }
        for (number, line) in self.wrap(look, RIGHT - start, words).iter().enumerate() {
            self.room(look.line());
            self.y -= look.line();
            if let Some(label) = label.take().filter(|_| number == 0) {
                self.put(x, self.y, quiet, &label);
            }
            self.put(start, self.y, look, line);
        }
    }

    /// Words as somebody read them, on a panel.
    pub(crate) fn panel(&mut self, bar: Ink, words: &str) {
        let x = LEFT + self.indent;
        let lines = self.wrap(BODY, RIGHT - x - 22.0, words);
        let last = lines.len().saturating_sub(1);
        self.gap(4.0);
        for (number, line) in lines.iter().enumerate() {
            let (above, below) = (if number == 0 { 5.0 } else { 0.0 }, if number == last { 5.0 } else { 0.0 });
            self.room(BODY.line() + above + below);
            let height = BODY.line() + above + below;
            self.y -= height;
            self.fill(x, self.y, RIGHT - x, height + 0.2, PANEL);
            self.fill(x, self.y, 2.2, height + 0.2, bar);
            self.put(x + 12.0, self.y + below + 3.4, BODY, line);
        }
        self.gap(3.0);
    }

    pub(crate) fn rule(&mut self) {
        self.gap(8.0);
        self.room(30.0);
        let x = LEFT + self.indent;
        self.fill(x, self.y, RIGHT - x, 0.5, RULE);
        self.gap(3.0);
    }

    /// The finished document; `foot` stands at the foot of each page beside its number.
    pub(crate) fn finish(mut self, title: &str, foot: &str) -> Vec<u8> {
        let count = self.pages.len();
        let pages = std::mem::take(&mut self.pages);
        let mut finished = Vec::with_capacity(count);
        for (number, page) in (1..).zip(pages) {
            self.pages = vec![page];
            self.fill(LEFT, 46.0, RIGHT - LEFT, 0.5, RULE);
            let foot = self.fonts.settable(SMALL.weight, foot);
            self.put(LEFT, 33.0, SMALL, &foot);
            let numbered = format!("{number} / {count}");
            let taken = self.fonts.width(SMALL.weight, SMALL.size, &numbered);
            self.put(RIGHT - taken, 33.0, SMALL, &numbered);
            finished.extend(self.pages.pop().map(|page| zlib(&page.finish())));
        }
        self.written(&finished, title)
    }

    fn written(&self, finished: &[Vec<u8>], title: &str) -> Vec<u8> {
        let count = finished.len();
        let mut pdf = Pdf::new();
        let [catalog, tree, info] = [1, 2, 3].map(Ref::new);
        let (regular, bold) = (4, 9);
        self.fonts.embed(&mut pdf, Weight::Regular, regular);
        self.fonts.embed(&mut pdf, Weight::Bold, bold);
        let mut next = 14;
        let mut kids = Vec::with_capacity(count);
        for content in finished {
            let [page, stream] = [next, next + 1].map(Ref::new);
            next += 2;
            kids.push(page);
            let mut one = pdf.page(page);
            one.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(stream);
            let mut resources = one.resources();
            let mut fonts = resources.fonts();
            fonts.pair(Weight::Regular.name(), Ref::new(regular)).pair(Weight::Bold.name(), Ref::new(bold));
            fonts.finish();
            resources.finish();
            one.finish();
            let mut bytes = pdf.stream(stream, content);
            bytes.filter(Filter::FlateDecode);
            bytes.finish();
        }
        let mut root = pdf.catalog(catalog);
        root.pages(tree).lang(TextStr("en"));
        root.viewer_preferences().pair(Name(b"DisplayDocTitle"), true);
        root.finish();
        pdf.pages(tree).count(i32::try_from(count).unwrap_or(i32::MAX)).kids(kids);
        pdf.document_info(info).title(TextStr(title)).producer(TextStr("Hark"));
        pdf.finish()
    }
}
