//! The photos customers send: small drawings, made from shapes, as PNG files.

use crate::canvas::Canvas;

macro_rules! pictures {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What a photo shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Picture { $($(#[$doc])* $name,)* }

        impl Picture {
            /// Every picture.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// Its stable id.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $word,)* } }
        }
    };
}

pictures! {
    /// A mug with a crack.
    CrackedMug = "cracked_mug",
    /// A parcel with a torn corner.
    TornParcel = "torn_parcel",
    /// A heap of shards.
    Shards = "shards",
    /// A cloth with a stain.
    StainedCloth = "stained_cloth",
    /// A lamp that leans.
    BentLamp = "bent_lamp",
    /// A board split along its grain.
    SplitBoard = "split_board",
    /// A candle melted to one side.
    MeltedCandle = "melted_candle",
    /// A shipping label.
    Label = "label",
    /// Something in another color than ordered.
    WrongColor = "wrong_color",
    /// An empty doorstep.
    EmptyPorch = "empty_porch",
    /// A room with the thing in its place.
    AtHome = "at_home",
    /// A happy plant in a planter.
    Plant = "plant",
}

/// Width of every picture in pixels.
pub const WIDTH: usize = 160;
/// Height of every picture in pixels.
pub const HEIGHT: usize = 120;

// The palette: a kitchen table in daylight.
const WALL: u8 = 0;
const TABLE: u8 = 1;
const SHADE: u8 = 2;
const INK: u8 = 3;
const CREAM: u8 = 4;
const CLAY: u8 = 5;
const MOSS: u8 = 6;
const LEAF: u8 = 7;
const CARD: u8 = 8;
const TAPE: u8 = 9;
const BRASS: u8 = 10;
const GLOW: u8 = 11;
const SEA: u8 = 12;
const PLUM: u8 = 13;
const OAK: u8 = 14;
const WHITE: u8 = 15;

const PALETTE: [[u8; 3]; 16] = [
    [226, 222, 213],
    [188, 164, 138],
    [142, 121, 100],
    [58, 52, 47],
    [240, 232, 216],
    [190, 106, 78],
    [104, 120, 84],
    [94, 150, 88],
    [200, 160, 112],
    [222, 196, 150],
    [192, 152, 72],
    [252, 232, 160],
    [96, 140, 160],
    [128, 84, 116],
    [166, 122, 78],
    [252, 251, 248],
];

impl Picture {
    /// The picture as a PNG file, [`WIDTH`] by [`HEIGHT`], a few kilobytes.
    #[must_use]
    pub fn png(self) -> Vec<u8> {
        let mut on = Canvas::new(WIDTH, HEIGHT, WALL);
        on.rect(0, 78, 160, 42, TABLE);
        match self {
            Self::CrackedMug => {
                mug(&mut on, CREAM);
                on.line((78, 40), (72, 54), INK);
                on.line((72, 54), (80, 64), INK);
                on.line((80, 64), (74, 88), INK);
                on.line((72, 54), (64, 58), INK);
            }
            Self::WrongColor => mug(&mut on, PLUM),
            Self::TornParcel => {
                parcel(&mut on);
                on.triangle((36, 36), (66, 36), (36, 62), SHADE);
                on.triangle((36, 36), (56, 40), (42, 54), INK);
            }
            Self::Label => {
                parcel(&mut on);
                on.rect(62, 54, 44, 28, WHITE);
                for (index, x) in (65..103).step_by(3).enumerate() {
                    on.rect(x, 58, if index % 3 == 0 { 2 } else { 1 }, 12, INK);
                }
                on.rect(66, 74, 30, 2, SHADE);
                on.rect(66, 78, 22, 2, SHADE);
            }
            Self::Shards => {
                on.triangle((44, 96), (70, 66), (78, 98), SEA);
                on.triangle((80, 100), (92, 60), (112, 92), SEA);
                on.triangle((60, 104), (88, 96), (70, 112), SHADE);
                on.triangle((104, 104), (122, 88), (126, 106), SEA);
                on.triangle((30, 104), (46, 98), (42, 110), SEA);
            }
            Self::StainedCloth => {
                on.rect(30, 34, 100, 70, CREAM);
                for y in (38..104).step_by(8) {
                    on.line((30, y), (129, y), WALL);
                }
                on.disc(88, 66, 15, CLAY);
                on.disc(100, 74, 8, CLAY);
                on.disc(76, 78, 4, CLAY);
            }
            Self::BentLamp => {
                on.disc(80, 98, 20, INK);
                on.rect(60, 98, 41, 22, TABLE);
                on.line((80, 96), (96, 56), BRASS);
                on.line((81, 96), (97, 56), BRASS);
                on.triangle((82, 58), (96, 26), (124, 62), GLOW);
                on.line((82, 58), (124, 62), BRASS);
            }
            Self::SplitBoard => {
                on.rect(30, 48, 96, 50, OAK);
                on.rect(124, 66, 16, 12, OAK);
                for y in [56, 64, 84, 91] {
                    on.line((32, y), (122, y + 1), SHADE);
                }
                on.triangle((30, 72), (30, 77), (92, 75), INK);
            }
            Self::MeltedCandle => {
                on.rect(64, 52, 28, 46, GLOW);
                on.triangle((88, 52), (112, 98), (84, 98), GLOW);
                on.disc(104, 97, 9, GLOW);
                on.line((76, 44), (78, 52), INK);
                on.rect(58, 96, 60, 4, SHADE);
            }
            Self::EmptyPorch => {
                on.rect(48, 10, 58, 74, MOSS);
                on.rect(54, 16, 46, 30, SEA);
                on.disc(98, 56, 3, BRASS);
                on.rect(38, 84, 78, 14, CARD);
                for x in (42..114).step_by(6) {
                    on.line((x, 86), (x, 96), SHADE);
                }
            }
            Self::AtHome => {
                on.rect(10, 60, 140, 6, OAK);
                on.rect(22, 34, 14, 26, CLAY);
                on.rect(40, 28, 10, 32, SEA);
                on.rect(52, 38, 12, 22, PLUM);
                on.disc(92, 46, 14, CREAM);
                on.disc(92, 46, 9, GLOW);
                on.rect(122, 44, 16, 16, CREAM);
                leaves(&mut on, 130, 44);
            }
            Self::Plant => {
                on.rect(60, 66, 42, 34, CLAY);
                on.rect(56, 62, 50, 8, CLAY);
                leaves(&mut on, 81, 62);
                leaves(&mut on, 68, 60);
                leaves(&mut on, 94, 60);
            }
        }
        on.png(&PALETTE)
    }
}

fn mug(on: &mut Canvas, color: u8) {
    on.disc(106, 64, 17, color);
    on.disc(106, 64, 10, WALL);
    on.rect(52, 38, 52, 58, color);
    on.rect(52, 92, 52, 4, SHADE);
    on.rect(52, 38, 52, 3, INK);
}

fn parcel(on: &mut Canvas) {
    on.rect(36, 36, 92, 64, CARD);
    on.rect(76, 36, 12, 64, TAPE);
    on.rect(36, 98, 92, 3, SHADE);
}

fn leaves(on: &mut Canvas, x: i32, y: i32) {
    on.triangle((x, y), (x - 16, y - 22), (x - 3, y - 16), LEAF);
    on.triangle((x, y), (x + 15, y - 24), (x + 4, y - 14), MOSS);
    on.triangle((x - 2, y), (x + 2, y - 34), (x + 4, y), LEAF);
}
