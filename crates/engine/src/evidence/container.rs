//! The one file that holds a pack's files: a zip, as little of it as a pack needs.
//!
//! Names are plain, no file is split or encrypted, and all stay below 4 GiB.

use domain::evidence::pack::PackFile;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{Read as _, Write as _};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// The bytes of a local header, a central header and the end, without names.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1980-01-01, which says nothing: the list of contents tells when a pack was made.
const DAY: u16 = 0x21;
/// More than any pack has; a file made to exhaust memory is refused.
const FILES_MAX: usize = 10_000;
/// Bytes of all files together, at most.
const BYTES_MAX: u64 = 2 << 30;

/// Bytes that are no pack's container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file is no pack of evidence: {0}")]
pub struct ContainerError(&'static str);

/// Why a pack cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the pack would have more than 4 GiB")]
pub struct TooLarge;

/// Writes files into one.
///
/// # Errors
/// [`TooLarge`].
pub fn write(files: &[PackFile]) -> Result<Vec<u8>, TooLarge> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    for file in files {
        let packed = deflate(&file.content);
        // Pictures are packed already: what does not shrink is stored as it is.
        let (method, data) =
            if packed.len() < file.content.len() { (DEFLATED, packed.as_slice()) } else { (STORED, &*file.content) };
        let mut crc = Crc::new();
        crc.update(&file.content);
        let mut shared = Vec::with_capacity(26);
        for number in [20, UTF8, method, 0, DAY] {
            put16(&mut shared, number);
        }
        put32(&mut shared, crc.sum());
        put32(&mut shared, size(data.len())?);
        put32(&mut shared, size(file.content.len())?);
        put16(&mut shared, u16::try_from(file.name.len()).map_err(|_| TooLarge)?);
        put16(&mut shared, 0);
        let offset = size(out.len())?;
        put32(&mut out, LOCAL);
        out.extend_from_slice(&shared);
        out.extend_from_slice(file.name.as_bytes());
        out.extend_from_slice(data);
        put32(&mut central, CENTRAL);
        put16(&mut central, 20);
        central.extend_from_slice(&shared);
        // No comment, first disk, no attributes.
        central.extend_from_slice(&[0; 10]);
        put32(&mut central, offset);
        central.extend_from_slice(file.name.as_bytes());
    }
    let (offset, length) = (size(out.len())?, size(central.len())?);
    let count = u16::try_from(files.len()).map_err(|_| TooLarge)?;
    out.extend_from_slice(&central);
    put32(&mut out, END);
    put32(&mut out, 0);
    put16(&mut out, count);
    put16(&mut out, count);
    put32(&mut out, length);
    put32(&mut out, offset);
    put16(&mut out, 0);
    Ok(out)
}

/// Reads the files back.
///
/// # Errors
/// [`ContainerError`].
pub fn read(bytes: &[u8]) -> Result<Vec<PackFile>, ContainerError> {
    let broken = |what| ContainerError(what);
    let last = bytes.len().checked_sub(END_BYTES).ok_or(broken("it is too short"))?;
    // Only a comment, which packs have none of, could stand behind the end.
    if get32(bytes, last) != Some(END) {
        return Err(broken("it is no whole zip"));
    }
    let count = usize::from(get16(bytes, last + 10).unwrap_or(0));
    if count > FILES_MAX {
        return Err(broken("it has too many files"));
    }
    let mut at = index(get32(bytes, last + 16)).ok_or(broken("its directory is out of place"))?;
    let (mut files, mut total) = (Vec::with_capacity(count), 0_u64);
    for _ in 0..count {
        if get32(bytes, at) != Some(CENTRAL) {
            return Err(broken("its directory is damaged"));
        }
        let [name_bytes, extra, comment] = [28, 30, 32].map(|place| usize::from(get16(bytes, at + place).unwrap_or(0)));
        let name = bytes.get(at + CENTRAL_BYTES..at + CENTRAL_BYTES + name_bytes).ok_or(broken("a name is cut off"))?;
        let name = String::from_utf8(name.to_vec()).map_err(|_| broken("a name is no text"))?;
        let length = get32(bytes, at + 24).unwrap_or(0);
        total += u64::from(length);
        if total > BYTES_MAX {
            return Err(broken("its files are too large"));
        }
        let content = content(bytes, at, length).ok_or(broken("a file in it is damaged"))?;
        files.push(PackFile { name, content });
        at += CENTRAL_BYTES + name_bytes + extra + comment;
    }
    Ok(files)
}

/// The content of the file whose directory entry stands at a place.
fn content(bytes: &[u8], entry: usize, length: u32) -> Option<Vec<u8>> {
    let (method, packed) = (get16(bytes, entry + 10)?, index(get32(bytes, entry + 20))?);
    let local = index(get32(bytes, entry + 42))?;
    if get32(bytes, local)? != LOCAL {
        return None;
    }
    let names = usize::from(get16(bytes, local + 26)?) + usize::from(get16(bytes, local + 28)?);
    let start = local + LOCAL_BYTES + names;
    let data = bytes.get(start..start.checked_add(packed)?)?;
    let content = match method {
        STORED => data.to_vec(),
        DEFLATED => {
            let mut out = Vec::new();
            // One byte more than it says: then it said less than it holds.
            flate2::read::DeflateDecoder::new(data).take(u64::from(length) + 1).read_to_end(&mut out).ok()?;
            out
        }
        _ => return None,
    };
    (u32::try_from(content.len()).ok()? == length).then_some(content)
}

/// Bytes made smaller.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn size(length: usize) -> Result<u32, TooLarge> {
    u32::try_from(length).map_err(|_| TooLarge)
}

fn index(number: Option<u32>) -> Option<usize> {
    usize::try_from(number?).ok()
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn get16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn get32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<PackFile> {
        let file = |name: &str, content: &[u8]| PackFile { name: name.to_owned(), content: content.to_vec() };
        vec![file("a.txt", &b"hello ".repeat(1000)), file("b.bin", &[7]), file("leer.txt", b"")]
    }

    #[test]
    fn what_is_written_reads_back() {
        let bytes = write(&files()).unwrap();
        assert!(bytes.len() < 1000, "packed");
        assert_eq!(read(&bytes).unwrap(), files());
    }

    #[test]
    fn damage_is_refused_and_nothing_panics() {
        let bytes = write(&files()).unwrap();
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for place in 0..bytes.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bent = bytes.clone();
                bent[place] ^= flip;
                // Either it is refused, or files come out: what they hold is for the list of contents to judge.
                let _ = read(&bent);
            }
        }
    }
}
