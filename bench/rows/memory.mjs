// What counting keeps: linear memory after 100 MB in each encoding, and the size of what is shipped for it.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { watchMemories } from "../memories.mjs";
import { PKG, pkgUrl, progress } from "../places.mjs";
import { row, short } from "../row.mjs";
import { KINDS, MEGABYTE, corpusText } from "../texts/make.mjs";
import { pathological } from "../texts/pathological.mjs";

const TOTAL = 100 * MEGABYTE;

/** Counts 100 MB, the corpora in turn and now and then a pathological megabyte; reports memory on the way. @param {(text: string) => unknown} count @param {() => number} bytes */
function fill(count, bytes) {
  const texts = [...KINDS.map(corpusText), ...[...pathological(MEGABYTE)].slice(0, 8).map(([, text]) => text)];
  const marks = [];
  for (let done = 0, at = 0; done < TOTAL; at += 1) {
    const text = texts[at % texts.length];
    count(text);
    done += Buffer.byteLength(text);
    if (at % texts.length === texts.length - 1) marks.push(bytes());
  }
  return marks;
}

/** What counting in o200k_base needs of the package, and its size as gzip: the counter and its tables where they stand alone. */
function artefact() {
  const files = readdirSync(PKG, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const binary = files.filter((file) => !/\.(js|mjs|ts|json|md)$|LICENSE$/.test(file) && !basename(file).includes("cl100k"));
  const alone = binary.filter((file) => !basename(file).startsWith("asm"));
  return (alone.length > 0 ? alone : binary).map((file) => ({ name: basename(file), bytes: gzipSync(readFileSync(file), { level: 9 }).length }));
}

export async function rows() {
  const memories = watchMemories();
  const { countTokens, encodings } = await import(pkgUrl("core.js"));
  countTokens("");
  const bytes = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  const before = bytes();
  const wanted = ["o200k_base", "cl100k_base"];
  const counted = wanted.filter((encoding) => encodings().includes(encoding));
  const marks = counted.map((encoding) => {
    progress(`linear memory: 100 MB in ${encoding}`);
    return fill((text) => countTokens(text, encoding), bytes);
  });
  const after = bytes();
  // Flat: nothing grew any more once every text had been counted once.
  const flat = marks.every((list) => list.every((size) => size === list[0]));
  const lacking = wanted.filter((encoding) => !counted.includes(encoding));
  const memoryRow = row({ id: "memory-linear", what: "linear memory after both encodings counted 100 MB", value: after / 1e6, unit: "MB", atMost: 8, prototype: ["4.0 MB", after <= 4e6], note: `${short(before / 1e6)} MB before; ${flat ? "flat" : `not flat: ${marks.map((list) => `${short(list[0] / 1e6)} → ${short(Number(list.at(-1)) / 1e6)}`).join(", ")}`}${lacking.length ? `; not available yet: ${lacking.join(", ")}` : ""}` });
  memoryRow.goal = "≤ 8 MB and flat";
  if (!flat || lacking.length > 0) memoryRow.holds = false;
  const parts = artefact();
  const size = parts.reduce((sum, part) => sum + part.bytes, 0) / 1e6;
  const listed = parts.map((part) => `${part.name} ${short(part.bytes / 1e6)} MB`).join(", ");
  return [memoryRow, row({ id: "memory-artefact", what: "what is shipped for o200k_base, as gzip", value: size, unit: "MB", atMost: 1.8, prototype: ["1.80 MB", size <= 1.8], note: parts.some(({ name }) => name.startsWith("asm")) ? `${listed}; the wasm holds all of ASM, not the counter alone` : listed })];
}
