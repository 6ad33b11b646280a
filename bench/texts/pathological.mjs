// Input that hurts tokenizers: long runs without a break, and letters that no vocabulary knows.
import { choices } from "../seed.mjs";

const from = (/** @type {string[]} */ alphabet) => (/** @type {ReturnType<typeof choices>} */ r) => r.of(alphabet);
const range = (/** @type {number} */ low, /** @type {number} */ high) => (/** @type {ReturnType<typeof choices>} */ r) => String.fromCodePoint(r.between(low, high));
const always = (/** @type {string} */ text) => () => text;
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const base64 = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"];

/** Any character but surrogates and controls. @param {ReturnType<typeof choices>} r */
function anyCharacter(r) {
  const code = r.between(0x20, 0x2ffff);
  return code >= 0xd800 && code <= 0xdfff ? "\ufffd" : String.fromCodePoint(code);
}

/** Words of the Fibonacci sequence: no repeat is a period. */
function fibonacci() {
  let [a, b] = ["a", "ab"];
  while (b.length < 2_000_000) [a, b] = [b, b + a];
  return b;
}

/** What the prototype was measured on. @type {Record<string, (r: ReturnType<typeof choices>) => string>} */
const GIVEN = {
  "a": always("a"),
  "space": always(" "),
  "newline": always("\n"),
  "equals": always("="),
  "base64": from(base64),
  "random a-z": from(letters),
  "Han, no punctuation": range(0x4e00, 0x9fa5),
  "Thai": range(0x0e01, 0x0e2e),
  "random Unicode": anyCharacter,
  "tab": always("\t"),
  "digits": range(0x30, 0x39),
  "emoji with joiners": always("👩\u200d👩\u200d👧\u200d👦"),
  "CRLF": always("\r\n"),
  "hex": from([..."0123456789abcdef"]),
};

/** What we found besides. @type {Record<string, (r: ReturnType<typeof choices>) => string>} */
const OURS = {
  "random A-Z": from([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"]),
  "aA": always("aA"),
  "frequent letters": from([..."etaoinshr"]),
  "ab at random": from(["a", "b"]),
  "Hangul": range(0xac00, 0xd7a3),
  "Arabic": range(0x0621, 0x064a),
  "Cyrillic": range(0x0430, 0x044f),
  "Devanagari with marks": range(0x0900, 0x094f),
  "Hiragana": range(0x3041, 0x3096),
  "ideographs beyond the BMP": range(0x20000, 0x2a6d0),
  "combining marks": range(0x0300, 0x036f),
  "BOM": always("\ufeff"),
  "no-break space": always("\u00a0"),
  "random punctuation": from([..."!\"#$%&()*+,-./:;<=>?@[]^_{|}~"]),
  "apostrophes": always("'s"),
  "ideographic space": always("\u3000"),
  "white space of all widths": from([" ", "  ", "   ", "     ", "         ", "\n", "\n\n", "\t", "\t\t"]),
  "NUL": always("\0"),
  "replacement character": always("\ufffd"),
};

/** @param {(r: ReturnType<typeof choices>) => string} unit @param {string} name @param {number} bytes */
function repeat(unit, name, bytes) {
  const r = choices(`pathological:${name}`);
  const parts = [];
  for (let size = 0; size < bytes; ) {
    const part = unit(r);
    const length = Buffer.byteLength(part);
    if (size + length > bytes) break;
    parts.push(part);
    size += length;
  }
  return parts.join("");
}

/** `[name, text of at most that many bytes, whether it is of those the prototype was measured on]`. @param {number} bytes */
export function* pathological(bytes) {
  for (const [name, unit] of Object.entries(GIVEN)) yield /** @type {const} */ ([name, repeat(unit, name, bytes), true]);
  for (const [name, unit] of Object.entries(OURS)) yield /** @type {const} */ ([name, repeat(unit, name, bytes), false]);
  yield /** @type {const} */ (["Fibonacci word", fibonacci().slice(0, bytes), false]);
}
