//! How much of a piece is merged for good while its end has not come.
//!
//! Whatever comes, one token holds the last byte that is merged so far. It begins at one of the [`LONGEST_TOKEN`] last
//! bytes, and what is before it is merged as it would be alone. So what the merged prefixes that end there have in
//! common is merged for good. Each has a token in common with the whole and thereby all before it ([`super`]), so the
//! ends of these prefixes are enough.

use super::super::layout::LONGEST_TOKEN;
use super::super::vocabulary::Vocabulary;
use super::WindowMerger;

/// Bytes before the end of what is merged from which on prefixes are compared first: two of the longest tokens fit in
/// before the first of their ends.
const REACH: usize = 3 * LONGEST_TOKEN;

/// The last bytes that prefixes were compared in, and what was found.
#[derive(Default)]
pub struct Compared {
    bytes: Vec<u8>,
    common: Option<usize>,
}

impl WindowMerger {
    /// How many bytes of `piece`, of which there is more, are merged for good, and into how many tokens; `None` if that
    /// cannot be said of any.
    pub fn settle(&mut self, vocabulary: &Vocabulary, piece: &[u8]) -> Option<(usize, u64)> {
        let (count, limit) = self.windows(vocabulary, piece, true)?;
        let known = std::mem::take(&mut self.next);
        let near = known.partition_point(|&at| at <= limit.saturating_sub(REACH)).saturating_sub(1);
        let tokens = match self.common(vocabulary, piece, known.get(near..)?) {
            Some(tokens) => near.saturating_add(tokens),
            None => self.common(vocabulary, piece, &known)?,
        };
        Some((*known.get(tokens)?, count.saturating_add(tokens as u64)))
    }

    /// How many of the `known` tokens, which go up to where `piece` is merged, begin every prefix that ends no more than
    /// [`LONGEST_TOKEN`] before that; `None` if that is none.
    fn common(&mut self, vocabulary: &Vocabulary, piece: &[u8], known: &[usize]) -> Option<usize> {
        let bytes = piece.get(*known.first()?..*known.last()?)?;
        if bytes != self.compared.bytes {
            // They are the same as the last ones in a long run of one character.
            self.compared.common = self.compare(vocabulary, piece, known);
            self.compared.bytes.clear();
            self.compared.bytes.extend_from_slice(bytes);
        }
        self.compared.common
    }

    fn compare(&mut self, vocabulary: &Vocabulary, piece: &[u8], known: &[usize]) -> Option<usize> {
        let (&start, &limit) = (known.first()?, known.last()?);
        let from = limit.checked_sub(LONGEST_TOKEN)?;
        let mut common = known.partition_point(|&at| at <= from).checked_sub(1)?;
        // A prefix that a longer one begins with has in common what that has.
        let mut seen = [false; LONGEST_TOKEN];
        for end in (from..limit).rev() {
            if seen.get(end.saturating_sub(from)) == Some(&true) {
                continue;
            }
            self.boundaries(vocabulary, piece, start, end);
            for &at in &self.next {
                if let Some(seen) = at.checked_sub(from).and_then(|at| seen.get_mut(at)) {
                    *seen = true;
                }
            }
            let alike = known.iter().zip(&self.next).take_while(|(a, b)| a == b).count();
            common = common.min(alike.saturating_sub(1));
            if common == 0 {
                return None;
            }
        }
        Some(common)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tests::pieces;
    use super::*;
    use crate::count::bpe::Encoding;

    /// What is settled is what all prefixes have in common that end near the end, each merged as a whole.
    #[test]
    fn what_is_settled_is_common_to_all_prefixes_that_end_near_the_end() {
        let (mut settled, mut less) = (0, 0);
        for encoding in Encoding::ALL {
            let (vocabulary, mut window) = (encoding.vocabulary().unwrap(), WindowMerger::default());
            for (n, piece) in pieces().enumerate() {
                let held = &piece[..700 + 26 * n];
                let Some((bytes, tokens)) = window.settle(vocabulary, held) else { continue };
                let (_, limit) = window.windows(vocabulary, held, true).unwrap();
                window.boundaries(vocabulary, held, 0, limit);
                let whole = window.next.clone();
                let mut common = usize::MAX;
                for end in limit - LONGEST_TOKEN..limit {
                    window.boundaries(vocabulary, held, 0, end);
                    let alike = whole.iter().zip(&window.next).take_while(|(a, b)| a == b).count();
                    common = common.min(alike - 1);
                }
                assert_eq!((whole[common], common as u64), (bytes, tokens), "{encoding} {n}");
                settled += 1;
                let nearest = whole.partition_point(|at| *at <= limit - LONGEST_TOKEN) - 1;
                less += u32::from(common < nearest);
            }
        }
        assert!(settled > 200 && less > 5, "{settled} settled, {less} of them by more than their length");
    }
}
