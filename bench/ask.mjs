// Asks a script for one answer, in a process of its own. It is given the path of a file to leave the answer in.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OUT, write } from "./places.mjs";

/**
 * The answer; undefined where there was none.
 * @param {string} script beside this file
 * @param {string[]} words its arguments, behind the path of the answer
 * @param {{node?: string[], patienceMs?: number}} [how] options of Node; how long it may take
 */
export function ask(script, words, { node = [], patienceMs = 900_000 } = {}) {
  const path = join(OUT, `answer-${process.pid}.json`);
  write(path, "");
  rmSync(path);
  const file = fileURLToPath(new URL(script, import.meta.url));
  spawnSync(process.execPath, [...node, file, path, ...words], { stdio: ["ignore", "inherit", "inherit"], timeout: patienceMs, killSignal: "SIGKILL" });
  if (!existsSync(path)) return undefined;
  const answer = JSON.parse(readFileSync(path, "utf8"));
  rmSync(path);
  return answer;
}
