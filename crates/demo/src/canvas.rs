//! A small drawing surface with sixteen colors that can be written as PNG.

/// A picture in the making; every pixel is an index into the palette.
#[derive(Debug)]
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A surface of one color.
    #[must_use]
    pub fn new(width: usize, height: usize, color: u8) -> Self {
        Self { width, height, pixels: vec![color; width * height] }
    }

    fn dot(&mut self, x: i32, y: i32, color: u8) {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x < self.width
            && let Some(pixel) = self.pixels.get_mut(y * self.width + x)
        {
            *pixel = color;
        }
    }

    /// A filled rectangle.
    pub fn rect(&mut self, left: i32, top: i32, width: i32, height: i32, color: u8) {
        for y in top..top + height {
            for x in left..left + width {
                self.dot(x, y, color);
            }
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, middle_x: i32, middle_y: i32, radius: i32, color: u8) {
        for y in -radius..=radius {
            for x in -radius..=radius {
                if x * x + y * y <= radius * radius {
                    self.dot(middle_x + x, middle_y + y, color);
                }
            }
        }
    }

    /// A line of two pixels' width.
    pub fn line(&mut self, (from_x, from_y): (i32, i32), (to_x, to_y): (i32, i32), color: u8) {
        let steps = (to_x - from_x).abs().max((to_y - from_y).abs()).max(1);
        for step in 0..=steps {
            let x = from_x + (to_x - from_x) * step / steps;
            let y = from_y + (to_y - from_y) * step / steps;
            self.dot(x, y, color);
            self.dot(x + 1, y, color);
        }
    }

    /// A filled triangle.
    pub fn triangle(&mut self, a: (i32, i32), b: (i32, i32), c: (i32, i32), color: u8) {
        let side = |p: (i32, i32), q: (i32, i32), x: i32, y: i32| (q.0 - p.0) * (y - p.1) - (q.1 - p.1) * (x - p.0);
        for y in a.1.min(b.1).min(c.1)..=a.1.max(b.1).max(c.1) {
            for x in a.0.min(b.0).min(c.0)..=a.0.max(b.0).max(c.0) {
                let sides = [side(a, b, x, y), side(b, c, x, y), side(c, a, x, y)];
                if sides.iter().all(|side| *side >= 0) || sides.iter().all(|side| *side <= 0) {
                    self.dot(x, y, color);
                }
            }
        }
    }

    /// The picture as a PNG file of four bits per pixel.
    ///
    /// The pixels are stored, not compressed (RFC 1951, 3.2.4): at this size the
    /// few bytes saved are not worth an encoder.
    #[must_use]
    pub fn png(&self, palette: &[[u8; 3]; 16]) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.height * (self.width / 2 + 1));
        for row in self.pixels.chunks(self.width) {
            rows.push(0);
            rows.extend(row.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or(0)));
        }
        let mut packed = vec![0x78, 0x01];
        let count = rows.chunks(65_535).count();
        for (index, block) in rows.chunks(65_535).enumerate() {
            let length = block.len() as u16;
            packed.push(u8::from(index + 1 == count));
            packed.extend(length.to_le_bytes());
            packed.extend((!length).to_le_bytes());
            packed.extend(block);
        }
        packed.extend(adler32(&rows).to_be_bytes());

        let mut header = Vec::with_capacity(13);
        header.extend((self.width as u32).to_be_bytes());
        header.extend((self.height as u32).to_be_bytes());
        // Four bits per pixel, palette, and the only compression, filter and no interlace.
        header.extend([4, 3, 0, 0, 0]);
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut file, *b"IHDR", &header);
        chunk(&mut file, *b"PLTE", palette.as_flattened());
        chunk(&mut file, *b"IDAT", &packed);
        chunk(&mut file, *b"IEND", &[]);
        file
    }
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(data);
    let sum = crc32(&file[start..]);
    file.extend(sum.to_be_bytes());
}

/// CRC-32 as PNG wants it (ISO 3309), bit by bit: pictures are small.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

/// Adler-32 (RFC 1950, 9).
fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_published_ones() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }
}
