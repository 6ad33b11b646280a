// Loaded into the gateway before anything else: kills the process at one exact point of ASM's writing. The point is read
// from the file that ASM_TEST_KILL names, `{"at": "rename" | "append", "path": <part of the target>, "nth": <1-based>}`;
// without the file nothing happens.
import fsp from "node:fs/promises";
import { readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const order = process.env.ASM_TEST_KILL;
let met = 0;

function due(at, path) {
  let point;
  try {
    point = JSON.parse(readFileSync(order, "utf8"));
  } catch {
    return false;
  }
  if (point.at !== at || !String(path).includes(point.path)) return false;
  met += 1;
  return met >= point.nth;
}

function die() {
  rmSync(order);
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

if (order) {
  const { rename, open } = fsp;
  fsp.rename = (from, to) => (String(from).endsWith(".asm-tmp") && due("rename", to) ? die() : rename(from, to));
  fsp.open = async (path, flags, ...rest) => {
    const file = await open(path, flags, ...rest);
    return flags === "a" && due("append", path) ? die() : file;
  };
  syncBuiltinESMExports();
}
