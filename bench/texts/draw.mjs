// Texts of a kind and size, drawn from the sources.
import { choices } from "../seed.mjs";
import { blocks } from "./sources.mjs";
import { toolOutput } from "./tools.mjs";

/** @typedef {import("./sources.mjs").Purpose} Purpose */
/** @typedef {"en" | "zh" | "code" | "json" | "mixed"} Kind */

/** Shares of Chinese. Of the interface there is too little for more of it in the unseen texts without a repeat. */
const CHINESE = /** @type {const} */ (["newspaper", "reviews", "interfaceTexts"]);
const sharesOf = (/** @type {Purpose} */ purpose) => (purpose === "unseen" ? [0.48, 0.48, 0.04] : [0.4, 0.4, 0.2]);

/** A sequence of blocks in an order of its own; begins again when all were given, except where nothing may come twice. */
export function* sequence(/** @type {string[]} */ list, /** @type {Purpose} */ purpose, /** @type {string} */ name) {
  for (let round = 0; ; round += 1) {
    yield* choices(`${purpose}:${name}:${round}`).shuffled(list);
    if (purpose === "unseen") throw new Error(`${name}: too little text for the unseen ones`);
  }
}

/**
 * Text of a kind, as long as asked for.
 * @param {Purpose} purpose
 * @param {string} name tells one sequence of draws from another
 */
export function drawer(purpose, name) {
  const random = choices(`draw:${purpose}:${name}`);
  const flow = (/** @type {import("./sources.mjs").Source} */ source) => sequence(blocks(source, purpose), purpose, `${name}:${source}`);
  const english = flow("english");
  const code = flow("code");
  const chinese = CHINESE.map((source, at) => ({ flow: flow(source), share: sharesOf(purpose)[at], given: 0 }));
  const tools = toolOutput(purpose, name);

  /** The next Chinese block, from the source that is furthest behind its share. */
  const nextChinese = () => {
    const [behind] = [...chinese].sort((a, b) => a.given / a.share - b.given / b.share);
    const text = String(behind.flow.next().value);
    behind.given += Buffer.byteLength(text);
    return `${text}\n`;
  };
  /** A window of a long block, cut at line ends. */
  const window = (/** @type {string} */ text, /** @type {number} */ most) => {
    if (text.length <= most) return text;
    const from = text.indexOf("\n", random.below(text.length - most)) + 1;
    return text.slice(from, from + most);
  };
  /** @type {Record<string, string>} */
  const rest = {};
  /** @param {Kind} kind @param {number} bytes of UTF-8, at most three fewer @returns {string} */
  const take = (kind, bytes) => {
    let text = rest[kind] ?? "";
    while (Buffer.byteLength(text) < bytes) text += next[kind]();
    const taken = cutAt(text, bytes);
    rest[kind] = text.slice(taken.length);
    return taken;
  };
  /** @type {Record<Kind, () => string>} */
  const next = {
    en: () => `${english.next().value}\n\n`,
    zh: nextChinese,
    code: () => `${code.next().value}\n`,
    json: () => tools.next(),
    mixed: () => take(random.of(/** @type {const} */ (["en", "zh", "code", "json"])), random.between(400, 4_000)),
  };
  return {
    take,
    /** A small piece that begins at a line of some block. @param {Kind} kind @param {number} bytes */
    piece(kind, bytes) {
      let text = window(next[kind](), Math.max(bytes * 2, 400));
      while (Buffer.byteLength(text) < bytes) text += next[kind]();
      return cutAt(text, bytes);
    },
  };
}

/** The longest beginning of a text that takes at most `bytes` bytes, whole characters. @param {string} text @param {number} bytes */
export function cutAt(text, bytes) {
  const all = Buffer.from(text.slice(0, bytes));
  if (all.length <= bytes) return all.toString();
  let end = bytes;
  while ((all[end] & 0xc0) === 0x80) end -= 1;
  return all.subarray(0, end).toString();
}
