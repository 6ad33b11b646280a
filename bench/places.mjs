// Where things are. Everything the benchmark makes lies under target/bench/ and is never committed.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const OUT = join(ROOT, "target", "bench");
export const PKG = join(ROOT, "pkg");
export const OPENCLAW = join(ROOT, ".tools", "openclaw", "node_modules", "openclaw");
export const TEXTS = join(OUT, "texts");

/** A file of the ignored folder into which the npm peers are installed. */
export const npmFile = (/** @type {string} */ path) => join(OUT, "npm", "node_modules", path);
export const npmUrl = (/** @type {string} */ path) => pathToFileURL(npmFile(path)).href;
export const pkgUrl = (/** @type {string} */ path) => pathToFileURL(join(PKG, path)).href;
/** The plugin's core: what opens an engine or a meter stands beside what only counts, or with it. */
export const openCore = async () => import(pkgUrl(existsSync(join(PKG, "engine.js")) ? "engine.js" : "core.js"));
/** A wasm peer, built by `bench/setup.sh`. */
export const wasmFile = (/** @type {string} */ name) => join(OUT, "wasm", `${name}.wasm`);
export const NATIVE = join(OUT, "cargo", "release", "bench-native");

/** Writes a file below `OUT`, with its folders. @param {string} path @param {string | Uint8Array} data */
export function write(path, data) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
}

/** A line of progress for whoever waits. @param {string} line */
export function progress(line) {
  process.stderr.write(`bench: ${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
}
