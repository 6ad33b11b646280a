// @ts-check
// The bytes a command reads, in pieces, as often as it needs them. What cannot be read twice (standard input, a pipe)
// is kept in a private temporary file that has no name any more once it is open, so that no way of ending leaves it.
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal, UNUSABLE } from "./refusal.js";

/** Bytes of one piece. */
const PIECE = 1024 * 1024;

/** @typedef {import("node:fs/promises").FileHandle} FileHandle */
/** @typedef {(name: string, ...values: (string | number)[]) => string} Say */
/** @typedef {{name: string, size: number | undefined, pieces: () => AsyncGenerator<Buffer>, close: () => Promise<void>}} Source */

/**
 * Opens a file, or standard input for `-`. With `twice`, `pieces` may be called again.
 * @param {string} path
 * @param {boolean} twice
 * @param {Say} say
 * @returns {Promise<Source>}
 */
export async function openSource(path, twice, say) {
  const name = path === "-" ? say("standardInput") : path;
  if (path === "-") {
    if (process.stdin.isTTY) process.stderr.write(`${say("fromTerminal")}\n`);
    return streamed(name, process.stdin, twice, say);
  }
  const file = await open(path).catch((error) => refuse(error, name, say));
  const stat = await file.stat();
  if (stat.isDirectory()) {
    await file.close();
    throw new Refusal(UNUSABLE, say(twice ? "directory" : "directoryForText", name));
  }
  // What says it is empty may not be: files of /proc have no size.
  if (!stat.isFile() || stat.size === 0) return streamed(name, file.createReadStream(), twice, say);
  return seekable(name, file, stat.size, say);
}

/**
 * @param {any} error
 * @param {string} name
 * @param {Say} say
 * @returns {never}
 */
function refuse(error, name, say) {
  const texts = { ENOENT: "missing", ENOTDIR: "missing", EISDIR: "directory", EACCES: "unreadable", EPERM: "unreadable" };
  const text = texts[/** @type {keyof typeof texts} */ (error?.code)];
  throw new Refusal(UNUSABLE, text ? say(text, name) : say("cannotRead", name, error?.message ?? String(error)));
}

/**
 * All readings see the file as long as it was when it was opened: one that grows meanwhile stays the same file.
 * @param {string} name
 * @param {FileHandle} file
 * @param {number} size
 * @param {Say} say
 * @returns {Source}
 */
function seekable(name, file, size, say) {
  async function* pieces() {
    for (let at = 0; at < size; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, size - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at).catch((error) => refuse(error, name, say));
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  }
  return { name, size, pieces, close: () => file.close() };
}

/**
 * @param {string} name
 * @param {AsyncIterable<any>} stream
 * @param {boolean} twice
 * @param {Say} say
 * @returns {Promise<Source>}
 */
async function streamed(name, stream, twice, say) {
  async function* pieces() {
    try {
      for await (const piece of stream) yield Buffer.from(piece);
    } catch (error) {
      refuse(error, name, say);
    }
  }
  if (!twice) return { name, size: undefined, pieces, close: async () => {} };
  const { file, size } = await spool(pieces(), say);
  return seekable(name, file, size, say);
}

/**
 * @param {AsyncIterable<Buffer>} pieces
 * @param {Say} say
 */
async function spool(pieces, say) {
  const failed = (/** @type {any} */ error) => {
    throw new Refusal(UNUSABLE, say("cannotSpool", tmpdir(), error?.message ?? String(error)));
  };
  const folder = await mkdtemp(join(tmpdir(), "asm-")).catch(failed);
  const file = await open(join(folder, "input"), "wx+", 0o600).catch(failed);
  await rm(folder, { recursive: true });
  let size = 0;
  for await (const piece of pieces) {
    await file.writeFile(piece).catch(failed);
    size += piece.length;
  }
  return { file, size };
}

/** What a file that is no session seems to be, as the name of a text; undefined where that cannot be told. */
export function guess(/** @type {Buffer | undefined} */ head) {
  const begins = (/** @type {number[]} */ ...bytes) => bytes.every((byte, at) => head?.[at] === byte);
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return "isZstd";
  if (begins(0x1f, 0x8b)) return "isGzip";
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) return "isUtf16";
  if (head?.subarray(0, 15).toString("latin1") === "SQLite format 3") return "isSqlite";
  return undefined;
}
