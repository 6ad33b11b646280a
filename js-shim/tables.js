// @ts-check
// The files of tables that text is counted by: read straight into the memory of the wasm that counts.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Names of the encodings that can be counted in, in the order by which the wasm knows them. */
export const ENCODINGS = ["o200k_base", "cl100k_base"];

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
      if (more === 0) throw new Error(`${encoding}.tables ends early`);
      read += more;
    }
  } finally {
    closeSync(file);
  }
}
