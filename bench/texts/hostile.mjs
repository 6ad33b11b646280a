// Short strings on which tokenizers differ: contractions, white space of all kinds, BOM, case folding, new code points,
// special tokens as text.
import { choices } from "../seed.mjs";

const ATOMS = [
  "a", "Ab", "XML", "don", "'s", "'S", "'ſ", "'re", "'LL", "'", "it's", "İ", "ß", "é", "e\u0301", "\u0301", "Ǆ", "ǅ", "ʰ",
  "0", "12", "345", "6789", "٣", "Ⅷ", "²", " ", "  ", "\t", "\n", "\r\n", "\r", "\u0085", "\u00a0", "\u2028", "\u3000", "\ufeff", "\u200b", "\u180e",
  "!", "...", "//", "-->", "{\"", "\":", "<|endoftext|>", "<|endofprompt|>", "<|im_start|>", "中", "中文字符", "，", "。", "的", "カナ", "한국", "ไทย", "हिन्दी",
  "👍🏽", "👩\u200d👧", "\u{1f1e8}\u{1f1f3}", "\u{20000}", "\u{1e030}", "\u{11f02}", "\u{10d4a}", "\u{1c89}", "\0", "\u0001", "\u007f", "\ufffd", "\uffff", "_", "__init__", "camelCase", "SCREAMING_CASE",
];

/** @param {number} count @returns {string[]} */
export function hostile(count) {
  const r = choices("hostile");
  return Array.from({ length: count }, () => Array.from({ length: r.skewed(1, 60) }, () => r.of(ATOMS)).join(""));
}
