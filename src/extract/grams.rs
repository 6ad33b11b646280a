//! Which phrases a text cannot hold. Hundreds of phrases are looked for in every clause, and nearly all are not there:
//! a set of the text's three-byte sequences says so without a search.

/// Words of 64 bits in the set: 4,096 bits keep a clause of 400 bytes under one bit in ten.
const WORDS: usize = 64;

/// The three-byte sequences of one text, some others with them (a Bloom filter of one hash).
#[derive(Clone, Debug)]
pub(super) struct Grams([u64; WORDS]);

impl Grams {
    pub(super) fn of(text: &str) -> Self {
        let mut bits = [0; WORDS];
        for gram in text.as_bytes().windows(3) {
            if let [a, b, c] = *gram {
                let (word, bit) = place(a, b, c);
                if let Some(bits) = bits.get_mut(word) {
                    *bits |= bit;
                }
            }
        }
        Self(bits)
    }

    /// False only where the text does not hold `phrase`.
    pub(super) fn may_hold(&self, phrase: &str) -> bool {
        let bytes = phrase.as_bytes();
        let (Some(&[a, b, c]), Some(&[x, y, z])) = (bytes.first_chunk(), bytes.last_chunk()) else {
            return true;
        };
        self.has(a, b, c) && self.has(x, y, z)
    }

    fn has(&self, a: u8, b: u8, c: u8) -> bool {
        let (word, bit) = place(a, b, c);
        self.0.get(word).is_none_or(|bits| bits & bit != 0)
    }
}

fn place(a: u8, b: u8, c: u8) -> (usize, u64) {
    let hash = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b1) >> 20;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_text_is_never_denied() {
        let text = " we must never deploy on friday , 我们决定用 postgresql 16 ";
        let grams = Grams::of(text);
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for (n, from) in ends.iter().enumerate() {
            for to in ends.iter().skip(n) {
                let part = text.get(*from..*to).unwrap();
                assert!(grams.may_hold(part), "{part:?}");
            }
        }
        let absent = ["budget is", "not allowed", "目标是", "必须", "at least", "instead of"];
        assert!(absent.iter().filter(|p| grams.may_hold(p)).count() <= 1);
    }
}
