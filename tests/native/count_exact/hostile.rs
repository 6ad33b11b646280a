//! Texts made to break a tokenizer: the same for the same seed and case.

/// Fragments where a rule of the pattern begins, ends or gives way to another.
const FRAGMENTS: &[&str] = &[
    "'s",
    "'S",
    "'ſ",
    "'t",
    "'T",
    "'re",
    "'RE",
    "'rE",
    "'ve",
    "'Ve",
    "'m",
    "'ll",
    "'lL",
    "'l",
    "'r",
    "'d",
    "''",
    "’s",
    "don't",
    "I'M",
    "WE'LL",
    "\u{212a}'\u{17f}",
    "ß",
    "ẞ",
    "İ",
    "ı",
    "ǅ",
    "ǆ",
    "ʰ",
    "ª",
    "º",
    "ſt",
    "ﬁ",
    "Σς",
    " ",
    "  ",
    "   ",
    "\t",
    "\t\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\n\r",
    " \n",
    "\n ",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{a0}",
    "\u{1680}",
    "\u{2003}",
    "\u{2028}",
    "\u{2029}",
    "\u{202f}",
    "\u{3000}",
    "\u{180e}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{2060}",
    "\u{feff}",
    "\u{ad}",
    "\u{0}",
    "\u{1}",
    "\u{7}",
    "\u{1b}[0m",
    "\u{7f}",
    "\u{80}",
    "\u{9f}",
    "\u{301}",
    "\u{308}\u{301}",
    "e\u{301}",
    "\u{20e3}",
    "\u{903}",
    "\u{fe0f}",
    "\u{e0100}",
    "0",
    "7",
    "42",
    "123",
    "1234",
    "3.14",
    "1,000,000",
    "٣",
    "९",
    "²",
    "½",
    "Ⅷ",
    "①",
    "〇",
    "一二三",
    "𝟘",
    "0x1F",
    "/",
    "//",
    "///",
    "/\n",
    "\n/",
    "!/\r\n/",
    "!",
    "!!",
    "...",
    "…",
    "。",
    "，",
    "「」",
    "——",
    "_",
    "__init__",
    "#",
    "-",
    "--",
    "=====",
    "*/",
    "->",
    "=>",
    "::",
    "</",
    "/>",
    "{}",
    "();",
    "\"\"",
    "\\n",
    "\\u0000",
    "$",
    "€",
    "+",
    "<|endoftext|>",
    "<|endofprompt|>",
    "<|",
    "|>",
    "http://",
    "https://example.com/a?b=c&d",
    "C:\\Users\\",
    "a/b/c",
    "Hello",
    " world",
    "HTTPServer",
    "camelCase",
    "snake_case",
    "XMLHttpRequest",
    "iPhone",
    "McDonald",
    "A",
    "a",
    "Z",
    "中文",
    "的",
    "他说：",
    "你好",
    "我們",
    "日本語",
    "カタカナ",
    "ｶﾀｶﾅ",
    "ひらがな",
    "々",
    "한국어",
    "ㄱ",
    "ไทย",
    "ก็",
    "العربية",
    "לָשׁוֹן",
    "हिन्दी",
    "क्ष",
    "தமிழ்",
    "ქართული",
    "Ελληνικά",
    "Русский",
    "ЁЖ",
    "Ђ",
    "Ω",
    "Å",
    "ꙮ",
    "𐐷𐐏",
    "𝒜𝓫",
    "𠀀",
    "😀",
    "👍🏽",
    "👨\u{200d}👩\u{200d}👧",
    "🇨🇳",
    "🏴\u{e0067}\u{e007f}",
    "❤\u{fe0f}",
    "☃",
    "\u{fffd}",
    "\u{ffff}",
    "\u{378}",
    "\u{e000}",
    "\u{10ffff}",
    "\u{1f9ff}\u{1faf8}",
    "aGVsbG8gd29ybGQ=",
    "deadbeef",
    "\"key\": \"value\",\n  ",
    "fn main() {\n\tprintln!(\"{}\", x);\n}",
    "SELECT * FROM t;",
    "```rust\n",
    "| a | b |\n",
    "- [ ] ",
    "aaaaaaaa",
];

/// Ranges that single characters are taken from; the last is everything.
const RANGES: &[(u32, u32)] = &[
    (0x20, 0x7e),
    (0x61, 0x7a),
    (0x41, 0x5a),
    (0, 0x20),
    (0x80, 0x24f),
    (0x2b0, 0x36f),
    (0x370, 0x5ff),
    (0x600, 0x8ff),
    (0x900, 0xdff),
    (0xe00, 0x11ff),
    (0x1680, 0x20ff),
    (0x2100, 0x2bff),
    (0x3000, 0x33ff),
    (0x4e00, 0x9fff),
    (0xa000, 0xabff),
    (0xac00, 0xd7ff),
    (0xe000, 0xffff),
    (0x1_0000, 0x1_2fff),
    (0x1_d400, 0x1_d7ff),
    (0x1_f000, 0x1_faff),
    (0x2_0000, 0x3_ffff),
    (0, 0x10_ffff),
];

/// What long pieces are made of: fragments that go on in one piece, or nearly.
const ENDLESS: &[&[&str]] = &[
    &["AV"],
    &["亚洲", "AV", "AV", "AV"],
    &["a"],
    &["A"],
    &["a", "b", "é"],
    &["A", "B", "Σ"],
    &["A", "あ"],
    &["A", "A", "A", "A", "A", "A", "A", "A", "\u{301}"],
    &["a", "的", "\u{301}"],
    &["的", "一", "是", "了"],
    &["的"],
    &["ก็", "ที่", "การ"],
    &["\u{301}"],
    &["\u{301}", "\u{20e3}", "\u{fe0f}"],
    &[" "],
    &[" ", "  ", "     ", "\t"],
    &[" ", " ", " ", " ", " ", " ", " ", " ", " ", " ", "\n"],
    &["\n", "\r\n", " ", "\u{3000}"],
    &["\n"],
    &["="],
    &["=", "-", "/", "!", "*"],
    &["/", "\n", "\r"],
    &["/", "/\n/"],
    &["。", "！", "\u{301}", "—"],
    &["😀", "👍🏽", "\u{200d}"],
    &["th", "e", "in", "g"],
    &["ab", "aab", "abb"],
];

/// What such a piece may begin or end with, or be broken by.
const JOINTS: &[&str] = &[
    "",
    "",
    "",
    "亚洲",
    "亚洲AV",
    "亚洲AVa",
    " ",
    "'s",
    "'LL",
    "'ſ",
    "'",
    "a",
    "A",
    "b's",
    "Ab",
    "中",
    "\u{301}",
    "1",
    "\n",
    "\r\n",
    "/",
    ".",
    "。",
    "!",
    "\u{3000}",
    "😀",
];

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
