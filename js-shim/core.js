// @ts-check
// Exact counts of tokens, by a small wasm that can do nothing else. The plugin's core counts by the same tables; a
// process that only counts never loads it.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";

/** Names of the encodings that can be counted in, in the order by which the wasm knows them. */
const ENCODINGS = ["o200k_base", "cl100k_base"];

/**
 * Reads the tables of an encoding to where `place` makes room for them.
 * @param {string} encoding
 * @param {WebAssembly.Memory} memory
 * @param {(size: number) => number} place gives where in `memory` to put so many bytes
 */
export function readTables(encoding, memory, place) {
  const file = openSync(`${import.meta.dirname}/wasm/${encoding}.tables`, "r");
  try {
    const { size } = fstatSync(file);
    const at = place(size);
    const bytes = new Uint8Array(memory.buffer, at, size);
    let read = 0;
    while (read < size) {
      const more = readSync(file, bytes, read, size - read, read);
      if (more === 0) throw new Error(`asm[tables]: ${encoding}.tables ends early; reinstall the plugin`);
      read += more;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * What src/counter/src/lib.rs exports; an encoding is its place in ENCODINGS.
 * @typedef {object} Counter
 * @property {WebAssembly.Memory} memory
 * @property {() => number} buffer
 * @property {() => number} units
 * @property {(length: number) => number} transcode
 * @property {(size: number) => number} tables
 * @property {(encoding: number) => number} load
 * @property {(length: number, encoding: number) => number} count
 * @property {(encoding: number) => number} begin
 * @property {(handle: number, length: number, checked: number) => void} push
 * @property {(handle: number) => number} finish
 */

/** Bytes of the kept buffer, as the wasm has it. */
const BUFFER = 65_536;
/** Characters that fit into it whatever they are: none takes more than three bytes for each unit of UTF-16. */
const FITS = Math.floor(BUFFER / 3);

/** @type {Counter | undefined} */
let counter;
/** The kept buffer. @type {any} */
let kept;
/** The buffer for UTF-16. @type {any} */
let parts;
/** Encodings whose tables are there. */
const ready = ENCODINGS.map(() => false);

/** Whether Node's own methods are there: undocumented, the same bytes, several times faster on short texts. */
const native = ["utf8Write", "ucs2Write"].every((name) => typeof Reflect.get(Buffer.prototype, name) === "function");
const utf8 = native ? undefined : new TextEncoder();

/** The counter, with the tables of an encoding. */
function prepare(/** @type {number} */ encoding) {
  if (!counter) {
    const module = new WebAssembly.Module(readFileSync(`${import.meta.dirname}/wasm/counter.wasm`));
    counter = /** @type {Counter} */ (/** @type {unknown} */ (new WebAssembly.Instance(module).exports));
  }
  const { memory, tables, load } = counter;
  const name = ENCODINGS[encoding] ?? "";
  readTables(name, memory, tables);
  if (load(encoding) !== 1) throw new Error(`asm[tables]: ${name}.tables is of another build; reinstall the plugin`);
  ready[encoding] = true;
}

/** Writes a text that fits into the kept buffer; lone surrogates become U+FFFD. Returns how many bytes it took. */
function write(/** @type {string} */ text) {
  // A memory that has grown has left its old buffer empty.
  if (kept === undefined || kept.length === 0) {
    const { memory, buffer } = /** @type {Counter} */ (counter);
    kept = Buffer.from(memory.buffer, buffer(), BUFFER);
  }
  return native ? kept.utf8Write(text, 0) : utf8?.encodeInto(text, kept).written;
}

/**
 * The same for a part of a long text. Where one character of it is beyond Latin-1, all of it lies in memory as UTF-16,
 * of which Node makes UTF-8 at little more than a gigabyte a second; the wasm is several times as fast.
 */
function writePart(/** @type {string} */ text) {
  const { memory, units, transcode } = /** @type {Counter} */ (counter);
  if (!native) return write(text);
  if (parts === undefined || parts.length === 0) parts = Buffer.from(memory.buffer, units(), 2 * FITS);
  return transcode(parts.ucs2Write(text, 0) / 2);
}

/** Begins a counter for a text in parts. */
function begin(/** @type {number} */ encoding) {
  const wasm = /** @type {Counter} */ (counter);
  return { wasm, handle: wasm.begin(encoding) };
}

/** Tokens of a text that does not fit. */
function countLong(/** @type {string} */ text, /** @type {number} */ encoding) {
  const { wasm, handle } = begin(encoding);
  let at = 0;
  while (at < text.length) {
    let end = Math.min(at + FITS, text.length);
    // The two halves of one character stay together.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
    wasm.push(handle, writePart(text.slice(at, end)), 1);
    at = end;
  }
  return wasm.finish(handle);
}

/** Forgets a wasm that has trapped: nothing is known of the state it is in. */
function forget() {
  counter = undefined;
  kept = parts = undefined;
  ready.fill(false);
}

/** Runs work in the wasm, and forgets it where it traps. @template T @param {() => T} work */
function trapped(work) {
  try {
    return work();
  } catch (error) {
    forget();
    throw error;
  }
}

/** The place of an encoding, once it can be counted in. */
function place(/** @type {string} */ encoding) {
  const at = ENCODINGS.indexOf(encoding);
  if (at < 0) throw new Error(`asm[encoding]: unknown encoding ${JSON.stringify(encoding)}; supported: ${ENCODINGS.join(", ")}`);
  if (!ready[at]) prepare(at);
  return at;
}

/**
 * Exact tokens of a text.
 * @param {string} text
 * @param {string} [encoding]
 * @returns {number}
 */
export function countTokens(text, encoding = "o200k_base") {
  const at = encoding === "o200k_base" && ready[0] ? 0 : place(encoding);
  try {
    if (text.length > FITS) return countLong(text, at);
    return /** @type {Counter} */ (counter).count(write(text), at);
  } catch (error) {
    forget();
    throw error;
  }
}

/** Exact tokens of a text that comes in pieces of bytes: `push` each, then `finish`. */
export function countStream(encoding = "o200k_base") {
  const { wasm, handle } = begin(place(encoding));
  return {
    push(/** @type {Uint8Array} */ piece) {
      for (let at = 0; at < piece.length; at += BUFFER) {
        const part = piece.subarray(at, at + BUFFER);
        new Uint8Array(wasm.memory.buffer, wasm.buffer(), BUFFER).set(part);
        trapped(() => wasm.push(handle, part.length, 0));
      }
    },
    finish: () => trapped(() => wasm.finish(handle)),
  };
}

/** Names of the encodings that can be counted in. */
export function encodings() {
  return [...ENCODINGS];
}
