// What the plugin's gateway tests share: the tarball, a main session, and looking at what ASM wrote.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageText } from "../model/server.mjs";
import { repository } from "./host.mjs";

export const ID = "auto-session-manager";
export const MAIN = { sessionKey: "agent:main:main" };

const packed = join(repository, "target", "pack");

/** The tarball that `make pack` made. */
export function tarball() {
  const name = existsSync(packed) && readdirSync(packed).find((n) => n.endsWith(".tgz"));
  if (!name) throw new Error("no tarball: run `make pack` first");
  return join(packed, name);
}

export const granted = { plugins: { entries: { [ID]: { hooks: { allowConversationAccess: true } } } } };

/** The blocks a request held. */
export const blocksIn = (request) => request.messages.map(messageText).join("\n").match(/<asm-memory [^]*?<\/asm-memory>/g) ?? [];

/** Ordinary talk that holds no fact. */
export const talk = (n, sentences = 30) => `Small talk ${n}: ${"It was a pleasant evening at the table with little of note. ".repeat(sentences)}`;

/** Everything of ASM's under a state directory: `{path: text}`. What is being written may be gone before it is read. */
export async function ours(stateDir) {
  const records = join(stateDir, ".session_memory");
  const names = (await readdir(records).catch(() => [])).map((n) => join(records, n));
  const own = (await readdir(stateDir)).filter((n) => n.startsWith(".asm_")).map((n) => join(stateDir, n));
  const files = [...names, ...own].filter((path) => !path.endsWith(".asm_watchdog"));
  const texts = await Promise.all(files.map(async (path) => [path, await readFile(path, "utf8").catch(() => undefined)]));
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
}

/** The record of the main session, or undefined. */
export async function mainRecord(stateDir) {
  const files = Object.entries(await ours(stateDir)).filter(([path]) => path.includes(".session_memory") && path.endsWith(".json"));
  return files.map(([, text]) => JSON.parse(text)).find((r) => r.session_key === MAIN.sessionKey);
}

/** The plugin's log, line by line. */
export function logLines(stateDir) {
  const path = join(stateDir, "logs", "asm_plugin.log");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line)) : [];
}

/** Polls until `look` gives something. */
export async function until(what, look, timeoutMs = 60_000) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not seen within ${timeoutMs / 1000} s`);
    await new Promise((again) => setTimeout(again, 100));
  }
}
