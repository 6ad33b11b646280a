// @ts-check
// The files that the original skill left: read, and moved out of the way of ours before ours are written. Nothing of
// theirs is changed or deleted; where a name of theirs is one of ours, the file goes on as `<name>.original`.
import { closeSync, constants, copyFileSync, linkSync, lstatSync, openSync, readFileSync, readSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";

const MOST_FILES = 500;
const MOST_BYTES = 256 * 1024;
const MOST_TOTAL_BYTES = 8 * 1024 * 1024;

/** Folders of the original, with the names its programs gave; `ours` where ASM writes there too. */
const PLACES = [
  { folder: ".longterm_memory", name: /^[^/\\]{1,100}\.json$/, ours: false },
  { folder: ".sessions", name: /^[0-9a-f]{8}\.json$/, ours: false },
  { folder: ".session_memory", name: /^[^/\\]{1,140}\.json(\.original(-\d+)?)?$/, ours: true },
  { folder: "", name: /^\.asm_state\.json(\.original(-\d+)?)?$/, ours: true },
];

/**
 * Reads the files of the original skill, the ones it is given names for only, and says which of them lie where ASM
 * writes. `json` is null for a file that could not be read or parsed, or is too large.
 * @param {string} stateDir
 * @returns {{files: {path: string, json: unknown}[], occupied: string[]}} paths below `stateDir`
 */
export function readOriginalSkill(stateDir) {
  /** @type {{path: string, json: unknown}[]} */
  const files = [];
  /** @type {string[]} */
  const occupied = [];
  let total = 0;
  for (const { folder, name, ours } of PLACES) {
    for (const file of list(join(stateDir, folder)).filter((n) => name.test(n))) {
      const path = folder ? `${folder}/${file}` : file;
      const bytes = theirs(join(stateDir, path), ours);
      if (bytes === undefined) continue;
      if (ours && file.endsWith(".json")) occupied.push(path);
      if (files.length >= MOST_FILES) continue;
      const small = bytes <= MOST_BYTES && total + bytes <= MOST_TOTAL_BYTES;
      if (small) total += bytes;
      // Its own name tells the core the shape.
      files.push({ path: path.replace(/\.original(-\d+)?$/, ""), json: small ? parsed(join(stateDir, path)) : null });
    }
  }
  return { files, occupied };
}

/**
 * Gives each of these files its `.original` name, in whatever order a crash allows: there is never a moment without
 * the file, and no file is replaced. Returns what could not be moved.
 * @param {string} stateDir
 * @param {string[]} occupied as `readOriginalSkill` told
 * @returns {string[]}
 */
export function setAsideOriginals(stateDir, occupied) {
  return occupied.filter((path) => !moved(join(stateDir, path)));
}

function moved(/** @type {string} */ from) {
  for (let n = 1; n < 100; n++) {
    const to = n === 1 ? `${from}.original` : `${from}.original-${n}`;
    try {
      duplicate(from, to);
      unlinkSync(from);
      return true;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") return false;
    }
  }
  return false;
}

/** A second name for the same file; a copy on a file system without such names. Never onto another file. */
function duplicate(/** @type {string} */ from, /** @type {string} */ to) {
  try {
    linkSync(from, to);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") return copyFileSync(from, to, constants.COPYFILE_EXCL);
    const [a, b] = [statSync(from), statSync(to)];
    // Left by a crash between the two steps.
    if (a.ino !== b.ino || a.dev !== b.dev) throw error;
  }
}

/** @returns {string[]} */
function list(/** @type {string} */ folder) {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder).sort() : [];
  } catch {
    return [];
  }
}

/** Size of a regular file that is theirs, in bytes; undefined for anything else. */
function theirs(/** @type {string} */ path, /** @type {boolean} */ ours) {
  try {
    const told = lstatSync(path);
    if (!told.isFile()) return undefined;
    return ours && hasVersion(path, told.size) ? undefined : told.size;
  } catch {
    return undefined;
  }
}

/** Whether a file is one of ASM's, which all have a version, first where it was written by ASM itself. A file that is neither JSON nor ours is a
 * damaged one of ours: the core sets it aside and says so. */
function hasVersion(/** @type {string} */ path, /** @type {number} */ size) {
  if (/^\s*\{\s*"version"\s*:/.test(head(path)) || size > MOST_BYTES) return true;
  const json = parsed(path);
  return json === null || typeof json !== "object" || "version" in json;
}

function head(/** @type {string} */ path) {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(64);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** @returns {any} */
function parsed(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
