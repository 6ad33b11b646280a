// Each next request of a real session, predicted before its report: by `asm.mjs replay`, and by a heuristic that is given
// the same reports.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quantile, sort, spread } from "../measure.mjs";
import { PKG, ROOT } from "../places.mjs";
import { row, short } from "../row.mjs";

const SESSION = join(ROOT, "tests", "data", "large-session.jsonl");

/** Turns as the replay tells them: what was predicted and what was reported, by line of the file. */
function replayed() {
  const out = execFileSync(process.execPath, [join(PKG, "asm.mjs"), "replay", SESSION, "--json"], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
  const lines = out.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return new Map(lines.filter((line) => line.type === "turn").map((turn) => [turn.line, turn]));
}

/** Characters of all texts of a message. @param {any} message */
function characters(message) {
  if (typeof message.content === "string") return message.content.length;
  const sizes = (message.content ?? []).map((/** @type {any} */ part) => (part.text ?? part.thinking ?? (part.type === "toolCall" ? part.name + JSON.stringify(part.arguments) : "")).length);
  return sizes.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
}

/**
 * Every report of the file with what was known before it: the report before, and what joined the context since.
 * `heuristic` is characters/3 + 10 for each message since.
 */
function reports() {
  /** @type {{line: number, base: number | undefined, prompt: number, heuristic: number, messages: number}[]} */
  const out = [];
  let base;
  let heuristic = 0;
  let messages = 0;
  for (const [at, text] of readFileSync(SESSION, "utf8").split("\n").entries()) {
    const message = text ? JSON.parse(text).message : undefined;
    if (!message) continue;
    const usage = message.role === "assistant" ? message.usage : undefined;
    const prompt = usage ? usage.input + usage.cacheRead + usage.cacheWrite : 0;
    const failed = ["error", "aborted"].includes(message.stopReason);
    if (prompt > 0) out.push({ line: at + 1, base, prompt, heuristic, messages });
    if (prompt > 0 && !failed) {
      base = prompt + usage.output;
      heuristic = messages = 0;
    } else if (!failed) {
      heuristic += characters(message) / 3 + 10;
      messages += 1;
    }
  }
  return out;
}

/** Median and 95th percentile of errors over prompts, and the median error of what is new. @param {{prompt: number, base: number, predicted: number}[]} calls */
function errors(calls) {
  const share = sort(calls.map(({ prompt, predicted }) => (100 * Math.abs(predicted - prompt)) / prompt));
  const growing = calls.filter(({ prompt, base }) => prompt > base);
  const fresh = growing.map(({ prompt, base, predicted }) => (100 * Math.abs(predicted - prompt)) / (prompt - base));
  return { median: spread(share).median, p95: quantile(share, 0.95), fresh: spread(fresh).median, growing: growing.length };
}

export async function rows() {
  const turns = replayed();
  const known = reports().filter((report) => report.base !== undefined && turns.get(report.line)?.predicted_tokens != null);
  const calls = (/** @type {(report: typeof known[number]) => number} */ predicted) => known.map((report) => ({ prompt: report.prompt, base: Number(report.base), predicted: predicted(report) }));
  const ours = errors(calls(({ line }) => turns.get(line).predicted_tokens));
  const other = errors(calls(({ base, heuristic }) => Number(base) + heuristic));
  const make = (/** @type {"median" | "p95" | "fresh"} */ which, /** @type {string} */ what, /** @type {number} */ atMost, note = "") => {
    const beside = [{ name: "chars/3 + 10 per message", figure: short(other[which]), unit: "%", exact: false, ratio: short(other[which] / ours[which]) }];
    const made = row({ id: `prequential-${which}`, what: `prediction of the next request on a real session: ${what}`, value: ours[which], unit: "%", atMost, peers: beside, note: `${known.length} requests; heuristic ${short(other[which])} %${note}` });
    made.goal = `${made.goal}, heuristic beaten`;
    if (ours[which] >= other[which]) made.holds = false;
    return made;
  };
  return [
    make("median", "median error as a share of the prompt", 0.01),
    make("p95", "95th percentile of the error as a share of the prompt", 0.08),
    make("fresh", "median error on the new tokens", 15, `; ${ours.growing} requests that grew`),
  ];
}
