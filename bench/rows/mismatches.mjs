// Whether counts are right: against tiktoken-rs, native, on pieces of every corpus and on hostile strings.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openNative } from "../native.mjs";
import { COUNTERS, OURS } from "../peers.mjs";
import { OUT, ROOT, progress, write } from "../places.mjs";
import { missing, row } from "../row.mjs";
import { KINDS, corpusText, messagesOf, readJson } from "../texts/make.mjs";
import { textsOf } from "../texts/transcripts.mjs";

const EXACTNESS = join(OUT, "exactness.json");
const STRINGS = join(OUT, "strings.json");

/** Characters of a piece of a corpus: small enough that errors do not cancel each other out. */
const PIECE = 2_000;

/** Pieces of all corpora. Cut anywhere: both sides count the same string. */
function pieces() {
  const out = [];
  for (const kind of KINDS) {
    const text = corpusText(kind);
    for (let at = 0; at < text.length; at += PIECE) out.push(text.slice(at, at + PIECE).toWellFormed());
  }
  return out;
}

/** Whole corpora and every text of the transcripts: only for those that are fast enough, which is ours. */
function whole() {
  const transcripts = ["measured-en", "measured-zh", "measured-mixed"].flatMap((name) => messagesOf(name).flatMap(textsOf));
  return [...KINDS.map(corpusText), ...transcripts];
}

/** @param {number[]} expected @param {(number | null)[]} found */
const different = (expected, found) => expected.filter((count, at) => count !== found[at]).length;

/** Counts of a peer; null where it throws. @param {import("../peers.mjs").Peer} peer @param {string} encoding @param {ReturnType<typeof openNative>} native @param {string[]} strings */
async function countsOf(peer, encoding, native, strings) {
  if (peer.native) return native.ask({ do: "counts", peer: peer.native, encoding, path: STRINGS });
  const count = await /** @type {NonNullable<typeof peer.load>} */ (peer.load)(encoding);
  return strings.map((text) => {
    try {
      return count(text);
    } catch {
      return null;
    }
  });
}

/** @param {string} encoding @param {ReturnType<typeof openNative>} native @param {import("../peers.mjs").Peer[]} peers @param {string[]} strings */
async function compare(encoding, native, peers, strings) {
  write(STRINGS, JSON.stringify(strings));
  const expected = await native.ask({ do: "counts", peer: "tiktoken-rs", encoding, path: STRINGS });
  /** @type {Record<string, number | null>} */
  const mismatches = {};
  for (const peer of peers) {
    try {
      mismatches[peer.name] = different(expected, await countsOf(peer, encoding, native, strings));
    } catch (error) {
      mismatches[peer.name] = null;
      progress(`${peer.name}, ${encoding}: ${/** @type {Error} */ (error).message}`);
    }
  }
  return mismatches;
}

/** Of other runs: what they left. @param {string} id @param {string} what @param {string} path @param {number} least cases @param {string} made */
function ofAnotherRun(id, what, path, least, made) {
  const file = join(ROOT, "target", path);
  if (!existsSync(file)) return { ...missing(id, what, "≤ 0", `not run: ${made} leaves target/${path}`), prototype: { figure: "0 of 49.5 million", state: /** @type {const} */ ("stretch") } };
  const { cases, mismatches, counter } = JSON.parse(readFileSync(file, "utf8"));
  const now = execFileSync("make", ["--silent", "counter-sum"], { cwd: ROOT, encoding: "utf8" }).trim();
  if (counter !== undefined && counter !== now) return missing(id, what, "≤ 0", `target/${path} is of another counter: ${made} runs this one`);
  const prototype = /** @type {[string, boolean]} */ (["0 of 49.5 million", mismatches === 0 && cases >= 49_500_000]);
  const made_ = row({ id, what, value: mismatches, unit: "", atMost: 0, prototype, note: `${mismatches} of ${cases.toLocaleString("en")} cases` });
  return cases >= least ? made_ : { ...made_, holds: false, note: `${made_.note}; fewer than the ${least.toLocaleString("en")} asked for` };
}

export async function rows() {
  const native = openNative();
  const strings = [...pieces(), ...readJson("hostile.json")];
  const table = await compare("o200k_base", native, COUNTERS, strings);
  write(EXACTNESS, JSON.stringify({ of: strings.length, mismatches: table }));
  const peers = COUNTERS.filter((peer) => peer.name !== OURS).map(({ name }) => ({
    name, figure: table[name], unit: `of ${strings.length}`, exact: table[name] === 0, ratio: null,
  }));
  const ours = COUNTERS.filter(({ name }) => name.startsWith("ours"));
  const made = [];
  for (const encoding of ["o200k_base", "cl100k_base"]) {
    const all = [...strings, ...whole()];
    const found = await compare(encoding, native, ours, all);
    const values = Object.values(found);
    const value = values.includes(null) ? null : Number(values[0]) + Number(values[1]);
    const note = value === null ? `not available yet: this build does not count in ${encoding}` : `wasm and native, ${all.length} strings each: pieces of the corpora, the corpora whole, the transcripts, 4,000 hostile strings`;
    made.push(row({ id: `mismatches-corpora-${encoding}`, what: `mismatches on the corpora, ${encoding}`, value, unit: "", atMost: 0, peers: encoding === "o200k_base" ? peers : [], prototype: ["0 of 49.5 million", value === 0], note }));
  }
  native.close();
  made.push(ofAnotherRun("mismatches-test", "mismatches of the 500,000 strings of make test", "fuzz-count/test.json", 500_000, "make test"));
  made.push(ofAnotherRun("mismatches-fuzz", "mismatches of make fuzz-count", "fuzz-count/summary.json", 50_000_000, "make fuzz-count"));
  return made;
}

/** Whether a peer is exact, from the run of this row; null where it has not run. @returns {(name: string) => boolean | null} */
export function exactness() {
  if (!existsSync(EXACTNESS)) return () => null;
  const { mismatches } = JSON.parse(readFileSync(EXACTNESS, "utf8"));
  return (name) => (mismatches[name] === undefined ? null : mismatches[name] === 0);
}
