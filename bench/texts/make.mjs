// Writes every text the benchmark counts to target/bench/texts/, once; the stamp holds what they were made from.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { OPENCLAW, TEXTS, progress, write } from "../places.mjs";
import { hash } from "../seed.mjs";
import { drawer } from "./draw.mjs";
import { hostile } from "./hostile.mjs";
import { transcript } from "./transcripts.mjs";

export const MEGABYTE = 1_000_000;
export const KINDS = /** @type {const} */ (["en", "zh", "code", "json", "mixed"]);
/** Texts of the first pass: so many of each kind, so many bytes. */
export const UNSEEN = { count: 5, bytes: 300_000 };

const here = new URL(".", import.meta.url).pathname;

function stamp() {
  const sources = readdirSync(here).sort().map((name) => readFileSync(join(here, name), "utf8"));
  const host = JSON.parse(readFileSync(join(OPENCLAW, "package.json"), "utf8")).version;
  return `${host} ${hash(sources.join("\0")).toString(16)}`;
}

export function makeTexts() {
  const done = join(TEXTS, ".stamp");
  const wanted = stamp();
  if (existsSync(done) && readFileSync(done, "utf8") === wanted) return;
  progress("making the texts");
  const corpus = drawer("corpus", "corpora");
  for (const kind of KINDS) write(join(TEXTS, "corpus", `${kind}.txt`), corpus.take(kind, MEGABYTE));
  const unseen = drawer("unseen", "unseen");
  for (const kind of KINDS) {
    for (let n = 0; n <= UNSEEN.count; n += 1) write(join(TEXTS, "unseen", `${kind}-${n}.txt`), unseen.take(kind, UNSEEN.bytes));
  }
  for (const language of /** @type {const} */ (["en", "zh", "mixed"])) {
    write(join(TEXTS, "transcripts", `measured-${language}.json`), JSON.stringify(transcript(language, "measured", 200)));
    write(join(TEXTS, "transcripts", `development-${language}.json`), JSON.stringify(transcript(language, "development", 200)));
  }
  write(join(TEXTS, "transcripts", "long.json"), JSON.stringify(transcript("mixed", "measured", 762, "long").slice(0, 2_000)));
  write(join(TEXTS, "hostile.json"), JSON.stringify(hostile(4_000)));
  const call = drawer("corpus", "calls");
  write(join(TEXTS, "calls.json"), JSON.stringify(Object.fromEntries(["en", "zh"].map((kind) => [kind, Array.from({ length: 512 }, () => call.piece(/** @type {any} */ (kind), 100))]))));
  write(done, wanted);
}

export const corpusText = (/** @type {string} */ kind) => readFileSync(join(TEXTS, "corpus", `${kind}.txt`), "utf8");
export const unseenText = (/** @type {string} */ kind, /** @type {number} */ n) => readFileSync(join(TEXTS, "unseen", `${kind}-${n}.txt`), "utf8");
export const readJson = (/** @type {string} */ path) => JSON.parse(readFileSync(join(TEXTS, path), "utf8"));
/** @returns {import("./transcripts.mjs").Message[]} */
export const messagesOf = (/** @type {string} */ name) => readJson(join("transcripts", `${name}.json`));
