//! Texts and what they count as, for another program to count.

use super::hostile::Hostile;
use super::{Settings, expected, text};
use auto_session_manager::count::bpe::Encoding;
use std::io::{BufWriter, Result, Write};

/// Every so many cases a text is made of so many, longer than what crosses into wasm at once.
const LONG_EVERY: u64 = 2_000;
const LONG_OF: u64 = 600;

/// Writes for each case: length of the text in bytes, the text, its tokens in each encoding; numbers of 32 bits, the
/// lowest byte first.
pub fn tell(settings: &Settings) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    for case in settings.from..settings.from.saturating_add(settings.cases) {
        let of = |case: u64| text(&mut Hostile::new(settings.seed, case), case);
        let text = match case % LONG_EVERY {
            0 => (0..LONG_OF).map(|n| of(case.wrapping_mul(31).wrapping_add(n))).collect(),
            _ => of(case),
        };
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        out.write_all(&number(text.len() as u64))?;
        out.write_all(text.as_bytes())?;
        for &encoding in Encoding::ALL {
            out.write_all(&number(expected(&text, encoding)))?;
        }
    }
    out.flush()
}
