//! Hundreds of phrases looked for in one pass: a tree of their words (English) or characters (Chinese), found by hash.

use crate::shared::language::is_han;

/// Where every phrase begins.
const ROOT: u16 = 0;

/// A set of phrases in folded form (see `fold`), numbered in the order they were given; one given twice has one number.
/// Built once per process.
pub(super) struct Index {
    nodes: Vec<Node>,
    /// Numbers of nodes by hash, 0 (the root is nobody's child) where there is none; twice as many as nodes at least.
    slots: Vec<u16>,
    phrases: u16,
}

struct Node {
    above: u16,
    /// Of the step.
    hash: u32,
    /// A word of an English phrase, a character of a Chinese one.
    step: &'static str,
    /// The phrase that ends here.
    phrase: Option<u16>,
}

impl Index {
    pub(super) fn of(phrases: impl Iterator<Item = &'static str> + Clone) -> Self {
        let most = phrases.clone().map(|p| steps(p).count()).sum::<usize>() + 1;
        let slots = vec![0; (most * 2).next_power_of_two()];
        let root = Node { above: ROOT, hash: 0, step: "", phrase: None };
        let mut index = Self { nodes: Vec::with_capacity(most), slots, phrases: 0 };
        index.nodes.push(root);
        for phrase in phrases {
            index.add(phrase);
        }
        index
    }

    fn add(&mut self, phrase: &'static str) {
        let mut at = ROOT;
        for step in steps(phrase) {
            let hash = hash(step);
            at = match self.child(at, step, hash) {
                Ok(below) => below,
                Err(slot) => {
                    let below = u16::try_from(self.nodes.len()).unwrap_or(ROOT);
                    self.nodes.push(Node { above: at, hash, step, phrase: None });
                    self.slots.iter_mut().skip(slot).take(1).for_each(|free| *free = below);
                    below
                }
            };
        }
        let number = self.phrases;
        if let Some(node) = self.nodes.get_mut(usize::from(at)).filter(|node| node.phrase.is_none()) {
            node.phrase = Some(number);
            self.phrases += 1;
        }
    }

    /// The node of `step` below `above`, or the free slot where it would stand.
    fn child(&self, above: u16, step: &str, hash: u32) -> Result<u16, usize> {
        let mask = self.slots.len() - 1;
        let mixed = (hash ^ u32::from(above).wrapping_mul(0x0001_003d)).wrapping_mul(0x9e37_79b1);
        let mut slot = (mixed >> 15) as usize & mask;
        loop {
            match self.slots.get(slot) {
                None | Some(0) => return Err(slot),
                Some(&below) => match self.nodes.get(usize::from(below)) {
                    Some(node) if node.hash == hash && node.above == above && node.step == step => {
                        return Ok(below);
                    }
                    _ => slot = (slot + 1) & mask,
                },
            }
        }
    }

    fn phrase(&self, node: u16) -> Option<usize> {
        self.nodes.get(usize::from(node)).and_then(|n| n.phrase).map(usize::from)
    }

    /// How many phrases there are.
    pub(super) fn len(&self) -> usize {
        usize::from(self.phrases)
    }

    /// The number of a phrase.
    pub(super) fn number(&self, phrase: &'static str) -> Option<usize> {
        let mut node = ROOT;
        for step in steps(phrase) {
            node = self.child(node, step, hash(step)).ok()?;
        }
        self.phrase(node)
    }

    /// The number of a phrase of one word.
    pub(super) fn word(&self, word: &str) -> Option<usize> {
        self.phrase(self.child(ROOT, word, hash(word)).ok()?)
    }

    /// Every phrase in a folded text: where it begins, where it ends, its number. English ones as whole words, Chinese
    /// ones anywhere in a Han run.
    pub(super) fn find(&self, folded: &str, mut hit: impl FnMut(usize, usize, usize)) {
        let mut at = 0;
        while at < folded.len() {
            let (end, sum) = word_from(folded.as_bytes(), at);
            let word = folded.get(at..end).unwrap_or_default();
            if starts_han(word) {
                for (inside, _) in word.char_indices() {
                    self.chinese(folded, at + inside, &mut hit);
                }
            } else if let Ok(node) = self.child(ROOT, word, sum)
                && !word.is_empty()
            {
                self.english(folded, (at, end), node, &mut hit);
            }
            at = end + 1;
        }
    }

    /// The phrases that begin with a word, which is `node`.
    fn english(
        &self,
        folded: &str,
        (at, mut end): (usize, usize),
        mut node: u16,
        hit: &mut impl FnMut(usize, usize, usize),
    ) {
        loop {
            if let Some(number) = self.phrase(node) {
                hit(at, end, number);
            }
            let (next, sum) = word_from(folded.as_bytes(), end + 1);
            match self.child(node, folded.get(end + 1..next).unwrap_or_default(), sum) {
                Ok(below) => (node, end) = (below, next),
                Err(_) => return,
            }
        }
    }

    /// The Chinese phrases that begin at `at`.
    pub(super) fn chinese(&self, folded: &str, at: usize, hit: &mut impl FnMut(usize, usize, usize)) {
        let mut node = ROOT;
        let rest = folded.get(at..).unwrap_or_default();
        for (from, c) in rest.char_indices() {
            let to = from + c.len_utf8();
            let step = rest.get(from..to).unwrap_or_default();
            let Ok(below) = self.child(node, step, hash(step)) else { return };
            node = below;
            if let Some(number) = self.phrase(node) {
                hit(at, at + to, number);
            }
        }
    }
}

fn starts_han(text: &str) -> bool {
    text.as_bytes().first().is_some_and(|b| *b >= 0xe0) && text.starts_with(is_han)
}

/// The words of an English phrase, the characters of a Chinese one.
fn steps(phrase: &'static str) -> impl Iterator<Item = &'static str> {
    let pattern: &[char] = if starts_han(phrase) { &[] } else { &[' '] };
    let words = phrase.split(pattern).filter(move |_| !pattern.is_empty());
    let letters = phrase.char_indices().filter(move |_| pattern.is_empty());
    words.chain(letters.filter_map(|(at, c)| phrase.get(at..at + c.len_utf8())))
}

const SEED: u32 = 0x811c_9dc5;

fn hash(step: &str) -> u32 {
    step.bytes().fold(SEED, add)
}

fn add(sum: u32, byte: u8) -> u32 {
    (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// Where the word from `at` ends, and its hash.
fn word_from(folded: &[u8], at: usize) -> (usize, u32) {
    let (mut end, mut sum) = (at, SEED);
    while let Some(&byte) = folded.get(end).filter(|b| **b != b' ') {
        sum = add(sum, byte);
        end += 1;
    }
    (end, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &[&'static str], folded: &str) -> Vec<String> {
        let index = Index::of(phrases.iter().copied());
        let mut out = Vec::new();
        index.find(folded, |at, end, number| {
            assert_eq!(folded.get(at..end), phrases.get(number).copied());
            out.push(phrases.get(number).unwrap().to_string());
        });
        out
    }

    #[test]
    fn whole_words_and_parts_of_han_runs() {
        let phrases = ["we use", "use", "we used to", "no ,", "目标", "目标 :", "目标是", ":"];
        assert_eq!(found(&phrases, " we use mice , no , reuse "), ["we use", "use", "no ,"]);
        assert_eq!(found(&phrases, " the 新目标 : 目标是 x "), ["目标", "目标 :", ":", "目标", "目标是"]);
        assert_eq!(found(&phrases, " we used "), [""; 0]);
        assert_eq!(found(&phrases, " "), [""; 0]);
    }

    #[test]
    fn a_phrase_given_twice_has_one_number() {
        let index = Index::of(["a", "b c", "a", "d"].into_iter());
        assert_eq!((index.word("a"), index.word("b"), index.word("d")), (Some(0), None, Some(2)));
    }
}
