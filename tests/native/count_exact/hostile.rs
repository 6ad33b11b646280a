//! Texts made to break a tokenizer: the same for the same seed and case.

#[path = "tables.rs"]
mod tables;

use tables::{ENDLESS, FRAGMENTS, JOINTS, RANGES};

/// A generator of texts.
pub struct Hostile {
    state: u64,
}

impl Hostile {
    pub fn new(seed: u64, case: u64) -> Self {
        Self { state: seed << 40 ^ case }
    }

    /// SplitMix64: every case has its own sequence, however near its number is to another's.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ a >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ b >> 31
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn character(&mut self, (low, high): (u32, u32)) -> char {
        char::from_u32(low + self.below((high - low) as usize + 1) as u32).unwrap_or('\u{fffd}')
    }

    /// A text of a few to a few hundred characters.
    pub fn text(&mut self) -> String {
        let mut out = String::new();
        for _ in 0..=self.below(14) {
            match self.below(10) {
                0..=5 => out.push_str(FRAGMENTS[self.below(FRAGMENTS.len())]),
                6 => self.run(&mut out),
                7 => self.word(&mut out),
                8 => {
                    let range = RANGES[self.below(RANGES.len())];
                    out.extend((0..=self.below(12)).map(|_| self.character(range)).collect::<Vec<_>>());
                }
                _ => out.push(self.character((0, 0x10_ffff))),
            }
        }
        out
    }

    /// A text of one to a few dozen characters: the most cases for the time.
    pub fn short_text(&mut self) -> String {
        let mut out = String::new();
        for _ in 0..=self.below(4) {
            match self.below(8) {
                0..=4 => out.push_str(FRAGMENTS[self.below(FRAGMENTS.len())]),
                5 => {
                    let range = RANGES[self.below(RANGES.len())];
                    out.extend((0..=self.below(5)).map(|_| self.character(range)).collect::<Vec<_>>());
                }
                6 => {
                    let fragment = FRAGMENTS[self.below(FRAGMENTS.len())];
                    out.push_str(&fragment.repeat(self.below(5)));
                }
                _ => {
                    let range = RANGES[self.below(3)];
                    out.extend((0..=self.below(9)).map(|_| self.character(range)).collect::<Vec<_>>());
                }
            }
        }
        out
    }

    /// A text of pieces of some hundred to some thousand bytes.
    pub fn endless(&mut self) -> String {
        let mut out = JOINTS[self.below(JOINTS.len())].to_owned();
        for _ in 0..=self.below(3) {
            let parts = ENDLESS[self.below(ENDLESS.len())];
            let most = if self.below(8) == 0 { 6_000 } else { 900 };
            let limit = out.len() + 50 + self.below(most);
            while out.len() < limit {
                out.push_str(parts[self.below(parts.len())]);
            }
            out.push_str(JOINTS[self.below(JOINTS.len())]);
        }
        out
    }

    /// The same fragment over and over.
    fn run(&mut self, out: &mut String) {
        let fragment = FRAGMENTS[self.below(FRAGMENTS.len())];
        let times = if self.below(8) == 0 { self.below(160) } else { self.below(9) };
        out.push_str(&fragment.repeat(times));
    }

    /// Letters of two scripts or cases in any order, now and then many.
    fn word(&mut self, out: &mut String) {
        let ranges = [RANGES[self.below(RANGES.len())], RANGES[1 + self.below(2)]];
        let length = if self.below(8) == 0 { self.below(150) } else { self.below(12) };
        for _ in 0..length {
            let range = ranges[self.below(2)];
            out.push(self.character(range));
        }
    }

    /// About `bytes` bytes of characters of `alphabet`.
    pub fn of_alphabet(&mut self, alphabet: &str, bytes: usize) -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        let mut out = String::with_capacity(bytes + 4);
        while out.len() < bytes {
            out.push(characters[self.below(characters.len())]);
        }
        out
    }

    /// A plain text of some hundred bytes.
    pub fn ascii(&mut self) -> String {
        (0..8).flat_map(|_| self.text().into_bytes()).filter(u8::is_ascii).map(char::from).collect()
    }

    /// A text with some bytes changed, dropped or put in, so that most are not UTF-8.
    pub fn bytes(&mut self) -> Vec<u8> {
        let mut out = self.text().into_bytes();
        for _ in 0..=self.below(6) {
            let at = self.below(out.len() + 1);
            let odd = [0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe4, 0xed, 0xf0, 0xf4, 0xf8, 0xff][self.below(11)];
            match self.below(4) {
                0 => out.truncate(at),
                1 => out.insert(at, odd),
                2 => drop(out.splice(at..at, [0xf0, 0x9f, 0x98].into_iter().take(self.below(4)))),
                _ if at < out.len() => out[at] = odd,
                _ => out.push(odd),
            }
        }
        out
    }
}
