//! The size of an image, read from the beginning of its encoded data. Only the header is decoded.

/// Bytes of an image looked at. Cameras put a preview of up to 64 KB before the size of a JPEG.
const LOOKED_AT: usize = 96 * 1024;

/// Width and height in pixels of an image given as base64, with or without `data:…;base64,` before it. `None` for a
/// link, for a format that is not PNG, JPEG, GIF or WebP, and for damaged data.
#[must_use]
pub fn size(encoded: &str) -> Option<(u32, u32)> {
    let data = match encoded.split_once(";base64,") {
        Some((_, data)) => data,
        None => encoded,
    };
    let bytes = decode(data.as_bytes(), LOOKED_AT);
    let (width, height) =
        png(&bytes).or_else(|| gif(&bytes)).or_else(|| webp(&bytes)).or_else(|| jpeg(&bytes))?;
    (width > 0 && height > 0).then_some((width, height))
}

/// The first `most` bytes that the base64 stands for; ends at the first character that is none of its own.
fn decode(text: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\r' | b'\n' => continue,
            _ => break,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
        if out.len() >= most {
            break;
        }
    }
    out
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    (header.get(4..8)? == b"IHDR").then_some(())?;
    Some((big(header.get(8..12)?), big(header.get(12..16)?)))
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    Some((little(rest.get(..2)?), little(rest.get(2..4)?)))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"RIFF").then_some(())?;
    match bytes.get(8..16)? {
        b"WEBPVP8X" => Some((little(bytes.get(24..27)?) + 1, little(bytes.get(27..30)?) + 1)),
        b"WEBPVP8 " => Some((little(bytes.get(26..28)?) & 0x3fff, little(bytes.get(28..30)?) & 0x3fff)),
        b"WEBPVP8L" => {
            let packed = little(bytes.get(21..25)?);
            Some(((packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// Walks the segments to the frame header.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let (marker, behind) = match rest {
            [0xff, 0xff, ..] => {
                rest = rest.get(1..)?;
                continue;
            }
            [0xff, marker, behind @ ..] => (*marker, behind),
            _ => return None,
        };
        match marker {
            0x01 | 0xd0..=0xd7 => rest = behind,
            0xd9 | 0xda => return None,
            // Frame headers; C4, C8 and CC are tables.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big(behind.get(5..7)?), big(behind.get(3..5)?)));
            }
            _ => rest = behind.get(big(behind.get(..2)?) as usize..)?,
        }
    }
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| (n << 8) | u32::from(*b))
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |n, b| (n << 8) | u32::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: Vec<bool> =
            bytes.iter().flat_map(|b| (0..8).rev().map(move |at| b >> at & 1 == 1)).collect();
        let six =
            |group: &[bool]| (0..6).fold(0, |n, at| n << 1 | usize::from(*group.get(at).unwrap_or(&false)));
        bits.chunks(6).map(|group| char::from(LETTERS[six(group)])).collect()
    }

    #[test]
    fn reads_the_size_of_each_format() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\x00\0\0\x03\x00\x08\x06\0\0\0";
        let gif = b"GIF89a\x40\x01\xf0\x00\xf7\0\0";
        let vp8x = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x03\0\xff\x02\0";
        let vp8 = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x02\xe0\x01";
        let vp8l = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x63\x80\x18\x00";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04JF\xff\xff\xc4\0\x03\0\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03";
        for (bytes, wanted) in [
            (&png[..], (1_024, 768)),
            (gif, (320, 240)),
            (vp8x, (1_024, 768)),
            (vp8, (640, 480)),
            (vp8l, (100, 99)),
            (jpeg, (640, 480)),
        ] {
            assert_eq!(size(&encode(bytes)), Some(wanted));
            assert_eq!(size(&format!("data:image/x;base64,{}", encode(bytes))), Some(wanted));
            for cut in 0..bytes.len() {
                // Damaged data is no size or the size; it is never a fault.
                let _ = size(&encode(&bytes[..cut]));
            }
        }
        for none in ["", "https://example.org/cat.png", "AAAA", "data:image/png;base64,", "/9g="] {
            assert_eq!(size(none), None, "{none}");
        }
    }
}
