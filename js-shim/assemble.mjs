// @ts-check
// Builds pkg/ from scratch: exactly what is installed, and nothing else. Fails with one line where something is missing
// or the versions differ.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "pkg");

/** Of the shim's own folder, what is not for users. */
const OWN_USE = ["assemble.mjs", "tsconfig.json"];

/** From the repository's top to the package. */
const TOP = {
  "openclaw-plugin.json": "openclaw.plugin.json",
  "README.md": "README.md",
  "README.zh-CN.md": "README.zh-CN.md",
  "CHANGELOG.md": "CHANGELOG.md",
  LICENSE: "LICENSE",
};

/** From wasm-pack's folder to the package. */
const WASM = {
  "asm.js": "wasm/asm.js",
  "asm.d.ts": "wasm/asm.d.ts",
  "asm_opt.wasm": "wasm/asm_bg.wasm",
  "texts.js": "wasm/texts.js",
  "counter.wasm": "wasm/counter.wasm",
  "o200k_base.tables": "wasm/o200k_base.tables",
  "cl100k_base.tables": "wasm/cl100k_base.tables",
};

/** @param {string} line @returns {never} */
function fail(line) {
  process.stderr.write(`assemble: ${line}\n`);
  process.exit(1);
}

/** Every file below a folder, as paths within it, in order. @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1)).sort();
}

/** What goes where: from absolute paths to paths within the package. */
function plan() {
  const shim = join(root, "js-shim");
  const built = join(root, "target", "wasm-pack", "wasm");
  const own = filesBelow(shim).filter((file) => !OWN_USE.includes(file));
  return new Map([
    ...own.map((file) => /** @type {const} */ ([join(shim, file), file])),
    ...Object.entries(WASM).map(([from, to]) => /** @type {const} */ ([join(built, from), to])),
    ...Object.entries(TOP).map(([from, to]) => /** @type {const} */ ([join(root, from), to])),
  ]);
}

/** The package's version in each of the three places that state it. */
function versions() {
  const json = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, file), "utf8")).version;
  const cargo = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^version = "(.+)"$/m)?.[1];
  return { "Cargo.toml": cargo, "js-shim/package.json": json("js-shim/package.json"), "openclaw-plugin.json": json("openclaw-plugin.json") };
}

/** @param {Map<string, string>} files */
function check(files) {
  for (const [from] of files) {
    if (existsSync(from)) continue;
    fail(`${from.slice(root.length + 1)} is missing${from.includes("wasm-pack") ? "; scripts/build.sh makes it" : ""}`);
  }
  const stated = Object.entries(versions());
  if (new Set(stated.map(([, version]) => version)).size > 1) {
    fail(`versions differ: ${stated.map(([file, version]) => `${file} ${version}`).join(", ")}`);
  }
}

const files = plan();
check(files);
const partial = `${target}.partial`;
rmSync(partial, { recursive: true, force: true });
for (const [from, to] of files) {
  mkdirSync(dirname(join(partial, to)), { recursive: true });
  copyFileSync(from, join(partial, to));
}
rmSync(target, { recursive: true, force: true });
renameSync(partial, target);
