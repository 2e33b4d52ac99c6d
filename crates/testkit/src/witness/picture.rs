//! The picture a customer sends: of noise, so that no store can press its bytes together.

use crate::sim::random::Random;

/// Pixels, each way.
const SIDE: u32 = 48;
/// What stands in the picture's metadata.
pub const METADATA: &str = "metadatasecret88";

/// A PNG that is the same each time, with a word in its metadata.
#[must_use]
pub fn png() -> Vec<u8> {
    let mut random = Random::new(0x70_69_63);
    let mut rows = Vec::new();
    for _ in 0..SIDE {
        rows.push(0);
        rows.extend((0..SIDE * 3).map(|_| random.next().to_le_bytes()[0]));
    }
    let mut header = [SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"tEXt", format!("Comment\0{METADATA}").as_bytes());
    chunk(&mut file, *b"IDAT", &stored(&rows));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let named = [&name[..], data].concat();
    file.extend(&named);
    file.extend(crc(&named).to_be_bytes());
}

/// One block that is not compressed (RFC 1950 and 1951): shorter than 64 KiB.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(0);
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(data);
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

/// The checksum of a chunk (ISO 3309).
fn crc(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
