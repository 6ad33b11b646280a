// `make bench`: every row, target/bench/report.json, and docs/bench.{json,md,svg}. ROWS=cold,transcript runs only those
// and leaves docs/ alone. Each group of rows has a process of its own, so that none starts on another's heap or caches.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ask } from "./ask.mjs";
import { OUT, ROOT, progress, write } from "./places.mjs";
import { plot } from "./plot.mjs";
import { circumstances, document, plain } from "./report.mjs";
import { missing } from "./row.mjs";
import { makeTexts } from "./texts/make.mjs";

/** Groups by name, and the module that makes their rows. The order is that of the report. */
const GROUPS = {
  mismatches: "mismatches",
  cold: "cold",
  transcript: "speed",
  first: "speed",
  call: "speed",
  steady: "speed",
  incremental: "incremental",
  pathological: "pathological",
  memory: "memory",
  prequential: "prequential",
  recount: "recount",
  hooks: "hooks",
};

/** @typedef {import("./row.mjs").Row} Row */

/** The groups asked for, or all. */
function wanted() {
  const asked = (process.env.ROWS ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const unknown = asked.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) {
    process.stderr.write(`bench: no rows called ${unknown.join(", ")}; there are ${Object.keys(GROUPS).join(", ")}\n`);
    process.exit(2);
  }
  return asked.length > 0 ? asked : Object.keys(GROUPS);
}

/** The rows of a group, from a process of its own. @param {string} group @returns {Row[]} */
function run(group) {
  progress(`rows ${group}`);
  const made = ask("worker.mjs", [GROUPS[/** @type {keyof typeof GROUPS} */ (group)], group], { node: ["--expose-gc", "--max-old-space-size=8192"] });
  return made ?? [missing(group, group, "measured", "the measurement failed")];
}

/** The commit that was measured; empty outside a repository. */
function commit() {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

makeTexts();
const groups = wanted();
const rows = groups.flatMap(run);
const when = new Date().toISOString().slice(0, 10);
const report = `${JSON.stringify({ when, commit: commit(), ...circumstances(), rows }, null, 1)}\n`;
write(join(OUT, "report.json"), report);
if (groups.length === Object.keys(GROUPS).length) {
  const docs = join(ROOT, "docs");
  write(join(docs, "bench.json"), report);
  write(join(docs, "bench.md"), document(rows, when, commit()));
  write(join(docs, "bench.svg"), plot(rows));
}
process.stdout.write(plain(rows));
