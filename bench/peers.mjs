// Every counter that is measured, by name. `load` does everything from import to being able to count, and gives a
// function from a text to its tokens; special tokens in a text are text wherever a peer allows to say so.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { OPENCLAW, npmFile, npmUrl, pkgUrl, wasmFile } from "./places.mjs";

/** @typedef {(text: string) => number} Count */
/** @typedef {{name: string, runs: "wasm" | "js" | "native", version: string, load?: (encoding: string) => Promise<Count>, native?: string, estimate?: true, share?: Partial<Record<string, number>>}} Peer */

const o200k = (/** @type {string} */ encoding) => encoding === "o200k_base";

/** Ours, as anybody calls it: through the package. @param {string} encoding @returns {Promise<Count>} */
async function ours(encoding) {
  const { countTokens } = await import(pkgUrl("core.js"));
  return (text) => countTokens(text, encoding);
}

/** A Rust crate as wasm, with the text written straight into its memory. @param {string} name */
const crate = (name) => async (/** @type {string} */ encoding) => {
  const module = new WebAssembly.Module(readFileSync(wasmFile(name)));
  const { memory, buffer, count } = /** @type {any} */ (new WebAssembly.Instance(module, {}).exports);
  const which = o200k(encoding) ? 0 : 1;
  return (/** @type {string} */ text) => {
    const room = text.length * 3;
    const at = buffer(room);
    const length = /** @type {any} */ (Buffer.from(memory.buffer, at, room)).utf8Write(text, 0);
    return count(length, which);
  };
};

/** @param {string} encoding @returns {Promise<Count>} */
async function gptTokenizer(encoding) {
  const { countTokens } = await import(npmUrl(`gpt-tokenizer/esm/encoding/${encoding}.js`));
  const options = { disallowedSpecial: new Set() };
  return (text) => countTokens(text, options);
}

/** @param {string} encoding @returns {Promise<Count>} */
async function tiktokenNpm(encoding) {
  const { get_encoding } = createRequire(npmFile("tiktoken/package.json"))("tiktoken");
  const tokenizer = get_encoding(encoding);
  return (text) => tokenizer.encode_ordinary(text).length;
}

/** @param {string} encoding @returns {Promise<Count>} */
async function jsTiktoken(encoding) {
  const { Tiktoken } = await import(npmUrl("js-tiktoken/dist/lite.js"));
  const { default: ranks } = await import(npmUrl(`js-tiktoken/dist/ranks/${encoding}.js`));
  const tokenizer = new Tiktoken(ranks);
  return (text) => tokenizer.encode(text, [], []).length;
}

/** @param {string} encoding @returns {Promise<Count>} */
async function aiTokenizer(encoding) {
  const { Tokenizer } = await import(npmUrl("ai-tokenizer/dist/index.js"));
  const data = await import(npmUrl(`ai-tokenizer/dist/encoding/${encoding}.js`));
  const tokenizer = new Tokenizer(data);
  return (text) => tokenizer.encode(text, [], []).length;
}

/** @param {string} encoding @returns {Promise<Count>} */
async function bpeLite(encoding) {
  const { openai, openaiO200k } = createRequire(npmFile("bpe-lite/package.json"))("bpe-lite");
  const tokenizer = o200k(encoding) ? openaiO200k() : openai();
  return (text) => tokenizer.count(text);
}

async function tokenx() {
  const { estimateTokenCount } = await import(npmUrl("tokenx/dist/index.mjs"));
  return estimateTokenCount;
}

/** The estimate OpenClaw takes its own decisions by. */
async function host() {
  const path = join(OPENCLAW, "dist", "normalization-core", "cjk-chars.js");
  const { estimateStringChars, estimateTokensFromChars } = await import(pathToFileURL(path).href);
  return (/** @type {string} */ text) => estimateTokensFromChars(estimateStringChars(text));
}

/** Of a corpus, the share that a slow peer is given; its figures are per megabyte all the same. */
const SLOW = { en: 0.25, zh: 0.1, code: 0.25, json: 0.25, mixed: 0.1 };

/** @type {Peer[]} */
export const PEERS = [
  { name: "ours (wasm)", runs: "wasm", version: "", load: ours },
  { name: "tiktoken-rs (wasm)", runs: "wasm", version: "0.12.1", load: crate("tiktoken-rs") },
  { name: "bpe-openai (wasm)", runs: "wasm", version: "0.3.2", load: crate("bpe-openai") },
  { name: "tiktoken crate (wasm)", runs: "wasm", version: "4.1.2", load: crate("tiktoken") },
  { name: "tiktoken npm (wasm)", runs: "wasm", version: "1.0.22", load: tiktokenNpm },
  { name: "gpt-tokenizer (js)", runs: "js", version: "4.0.0", load: gptTokenizer },
  { name: "ai-tokenizer (js)", runs: "js", version: "1.0.6", load: aiTokenizer },
  { name: "bpe-lite (js)", runs: "js", version: "0.5.2", load: bpeLite },
  { name: "js-tiktoken (js)", runs: "js", version: "1.0.21", load: jsTiktoken, share: SLOW },
  { name: "tokenx (js, estimate)", runs: "js", version: "2.2.0", load: tokenx, estimate: true },
  { name: "OpenClaw's estimate (js)", runs: "js", version: "2026.9.6", load: host, estimate: true },
  { name: "chars/4 (js, estimate)", runs: "js", version: "", load: async () => (text) => Math.ceil(text.length / 4), estimate: true },
  { name: "ours (native)", runs: "native", version: "", native: "ours" },
  { name: "tiktoken-rs (native)", runs: "native", version: "0.12.1", native: "tiktoken-rs" },
  { name: "bpe-openai (native)", runs: "native", version: "0.3.2", native: "bpe-openai" },
  { name: "tiktoken crate (native)", runs: "native", version: "4.1.2", native: "tiktoken" },
];

export const OURS = "ours (wasm)";
/** What users would pick in Rust, and what they do pick in JavaScript. */
export const TIKTOKEN_RS = "tiktoken-rs (wasm)";
export const GPT_TOKENIZER = "gpt-tokenizer (js)";

/** Those that count rather than estimate. */
export const COUNTERS = PEERS.filter((peer) => !peer.estimate);
/** Those that run in Node, which is where a plugin counts. */
export const IN_NODE = PEERS.filter((peer) => peer.load);
