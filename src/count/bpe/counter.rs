//! Counting of text that arrives in parts, as bytes that may not all be UTF-8.

use super::encoding::Encoding;
use super::tally::Classes;
use super::walk::{Coming, Stopped};
use super::worker;

/// Bytes taken in before pieces are counted.
const WINDOW: usize = 1 << 16;
/// Windows that a piece may fill before it is counted while it arrives.
const MOST: usize = 4;
/// What bytes that are not UTF-8 count as, one for each maximal invalid part.
const REPLACEMENT: &str = "\u{fffd}";

/// Counts a text in parts of any size: the same tokens as for the whole, in memory for a few windows.
///
/// Pieces are counted as soon as no text to come could change them, words without case (Chinese) as far as a place that
/// no token spans, and a piece larger than a few windows (a run of one letter or of white space, say) as far as what is
/// merged stays so whatever comes.
pub struct Counter {
    encoding: Encoding,
    /// Bytes of a window.
    size: usize,
    classes: Classes,
    stopped: Stopped,
    /// UTF-8 that is not counted yet.
    window: Vec<u8>,
    /// Length of `window` at which pieces are counted next. Doubled while it is one piece, so that none is scanned
    /// over and over.
    full: usize,
    /// The beginning of a character whose end has not arrived.
    split: Vec<u8>,
}

impl Counter {
    /// A counter of no text yet.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self::in_windows(encoding, WINDOW)
    }

    /// The same with windows of `size` bytes; small ones show in a short text what happens in a long one.
    #[must_use]
    pub fn in_windows(encoding: Encoding, size: usize) -> Self {
        let size = size.clamp(8, WINDOW);
        Self {
            encoding,
            size,
            classes: Classes::default(),
            stopped: Stopped::default(),
            window: Vec::new(),
            full: size,
            split: Vec::new(),
        }
    }

    /// Takes in the next part of the text. Parts may end inside a character.
    pub fn push(&mut self, bytes: &[u8]) {
        let rest = self.complete_split(bytes);
        for part in rest.chunks(self.size) {
            // The chunk before may have ended inside a character as well.
            let part = self.complete_split(part);
            self.push_unchecked(part);
        }
    }

    /// Tokens of the whole text.
    #[must_use]
    pub fn finish(self) -> u64 {
        self.finish_classes().total()
    }

    /// Tokens of the whole text by what they are made of.
    #[must_use]
    pub fn finish_classes(mut self) -> Classes {
        if !self.split.is_empty() {
            self.take(REPLACEMENT.as_bytes());
        }
        worker::add(self.encoding, &self.window, Coming::Nothing, &mut self.stopped, &mut self.classes);
        self.classes
    }

    /// Completes the character the last part ended in, and returns what is behind it.
    fn complete_split<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        while let (false, Some((&byte, behind))) = (self.split.is_empty(), bytes.split_first()) {
            self.split.push(byte);
            match std::str::from_utf8(&self.split).map_err(|error| error.error_len()) {
                Ok(_) => {
                    let character = std::mem::take(&mut self.split);
                    self.take(&character);
                }
                Err(None) => {}
                Err(Some(_)) => {
                    // What was there was invalid; the new byte is not part of it and may begin something.
                    self.split.clear();
                    self.take(REPLACEMENT.as_bytes());
                    return bytes;
                }
            }
            bytes = behind;
        }
        bytes
    }

    /// Takes in the next part of a text that is known to be UTF-8 and ends with a whole character. What is not is
    /// counted wrongly, and nothing else.
    pub fn push_checked(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let begins = |&at: &usize| rest.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
            let end = (self.size.min(rest.len())..=rest.len()).find(begins).unwrap_or(rest.len());
            let (part, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            self.take(part);
            rest = behind;
        }
    }

    fn push_unchecked(&mut self, mut bytes: &[u8]) {
        while let Err(error) = std::str::from_utf8(bytes) {
            let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
            self.take(valid);
            let Some(invalid) = error.error_len() else {
                self.split.extend_from_slice(rest);
                return;
            };
            self.take(REPLACEMENT.as_bytes());
            bytes = rest.get(invalid..).unwrap_or_default();
        }
        self.take(bytes);
    }

    fn take(&mut self, text: &[u8]) {
        if self.window.capacity() < self.window.len().saturating_add(text.len()) {
            // In few steps: linear memory of wasm never shrinks, and what a step leaves behind is too small for the next.
            let windows = if self.window.capacity() < 2 * self.size { 2 } else { MOST + 1 };
            self.window.reserve_exact(windows * self.size);
        }
        self.window.extend_from_slice(text);
        if self.window.len() >= self.full {
            let coming = Coming::More { limit: MOST * self.size };
            let counted =
                worker::add(self.encoding, &self.window, coming, &mut self.stopped, &mut self.classes);
            self.window.drain(..counted);
            self.full = self.window.len().saturating_mul(2).max(self.size);
        }
    }
}
