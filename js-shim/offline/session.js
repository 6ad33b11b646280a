// @ts-check
// The commands over stored sessions: replay, breakdown, extract, continue.
import { openReplay, settingsFrom } from "../engine.js";
import { DIAGNOSTICS, OK, Refusal, UNUSABLE, USAGE } from "./refusal.js";
import { conclusion, factList, heading, readable } from "./report.js";
import { guess, openSource } from "./source.js";
import { progress, tell, write } from "./terminal.js";

/** Diagnostics told of a file that is no session at all: the reason is the same for every line. */
const SHOWN_OF_GARBAGE = 3;

/** @typedef {import("./source.js").Say} Say */
/** @typedef {{command?: string, json?: boolean, strict?: boolean, window?: string, threshold?: string}} Options */
/** @typedef {ReturnType<typeof openReplay>} Replay */
/** @typedef {{last: string, summary: any, diagnostics: any[]}} End */

/** @param {string} path @param {Options} options @param {Say} say */
export async function replay(path, options, say) {
  let headed = false;
  const show = (/** @type {string} */ ndjson) => {
    if (options.json) return write(ndjson);
    const text = (headed ? "" : heading(say)) + readable(ndjson, say);
    headed = true;
    return write(text);
  };
  return withSession(path, options, say, show, async (_reader, end) => {
    if (options.json) await write(end.last);
    else await write(readable(end.last, say) + conclusion(end.summary, say));
  });
}

/** @param {string} path @param {Options} options @param {Say} say */
export async function extract(path, options, say) {
  return withSession(path, options, say, undefined, async (reader, end) => {
    const facts = reader.facts();
    const diagnostics = end.diagnostics.map(({ type, ...diagnostic }) => diagnostic);
    await write(options.json ? `${JSON.stringify({ version: 1, facts, diagnostics })}\n` : factList(facts, say));
  });
}

/** @param {string} path @param {Options} options @param {Say} say */
export async function carryOn(path, options, say) {
  return withSession(path, options, say, undefined, async (reader) => {
    const block = reader.block();
    if (!block) throw new Refusal(UNUSABLE, say("noBlock", path));
    await write(`${block}\n`);
  });
}

/** @param {string} path @param {Options} options @param {Say} say */
export async function breakdown(path, options, say) {
  return withSession(path, options, say, undefined, async (reader, end) => {
    const told = reader.breakdown();
    if (!told && end.summary.messages > 0) throw new Refusal(UNUSABLE, say("noMessage", path));
    // A file that holds none is refused with what it is instead.
    if (!told) return;
    await write(options.json ? `${JSON.stringify(told.data)}\n` : `${told.text}\n`);
  });
}

/** @param {any[]} diagnostics @param {number} most @param {Say} say */
function complain(diagnostics, most, say) {
  for (const { line, code, text } of diagnostics.slice(0, most)) {
    tell(line === undefined ? `${code}: ${text}` : say("diagnosticAt", line, text));
  }
}

/**
 * Reads the session twice. What the second reading says goes to `show` as it comes; `done` gets the rest. With
 * `--json`, `done` runs even where the session holds nothing usable.
 * @param {string} path
 * @param {Options} options
 * @param {Say} say
 * @param {((ndjson: string) => Promise<void>) | undefined} show
 * @param {(reader: Replay, end: End) => Promise<void>} done
 */
async function withSession(path, options, say, show, done) {
  const reader = openReplay(...settings(options));
  judge(reader.rejected(), options, say);
  const source = await openSource(path, true, say);
  try {
    const { head, rows, lines } = await scan(reader, source, say);
    if (rows > 0) await follow(reader, source, say, show);
    const end = ended(reader);
    complain(end.diagnostics, rows > 0 ? Infinity : SHOWN_OF_GARBAGE, say);
    const unusable = unusableBecause(source, options.command ?? "", head, rows, lines, end, say);
    if (unusable === undefined || options.json) await done(reader, end);
    if (unusable !== undefined) throw new Refusal(UNUSABLE, unusable);
    return options.strict && end.diagnostics.length > 0 ? DIAGNOSTICS : OK;
  } finally {
    await source.close();
  }
}

/** @param {Replay} reader @param {import("./source.js").Source} source @param {Say} say */
async function scan(reader, source, say) {
  const bar = progress(say, 1, 2, source.size);
  /** @type {Buffer | undefined} */
  let head;
  try {
    for await (const piece of source.pieces()) {
      head ??= Buffer.from(piece.subarray(0, 16));
      reader.scan(piece);
      bar.step(piece.length);
    }
  } finally {
    bar.end();
  }
  return { head, ...reader.scanned() };
}

/**
 * @param {Replay} reader
 * @param {import("./source.js").Source} source
 * @param {Say} say
 * @param {((ndjson: string) => Promise<void>) | undefined} show
 */
async function follow(reader, source, say, show) {
  const bar = progress(say, 2, 2, source.size);
  try {
    for await (const piece of source.pieces()) {
      const lines = reader.follow(piece);
      if (show && lines) await show(lines);
      bar.step(piece.length);
    }
  } finally {
    bar.end();
  }
}

/** @param {Replay} reader @returns {End} */
function ended(reader) {
  const last = reader.finish();
  const rows = last.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { last, summary: rows.at(-1), diagnostics: rows.filter((row) => row.type === "diagnostic") };
}

/**
 * Why nothing can be made of a file; undefined where something can.
 * @param {import("./source.js").Source} source
 * @param {string} command
 * @param {Buffer | undefined} head its first bytes
 * @param {number} rows
 * @param {number} lines
 * @param {End} end
 * @param {Say} say
 */
function unusableBecause(source, command, head, rows, lines, end, say) {
  if (head === undefined) return say("empty", source.name);
  if (rows > 0) return end.summary.messages > 0 ? undefined : say("noMessage", source.name);
  const hint = guess(head);
  const text = say("noTranscript", source.name, lines);
  return hint ? `${text}. ${say(hint, source.name, command)}` : text;
}

/** Flags as the settings they stand for; the core judges them. @param {Options} options @returns {[unknown, Record<string, string>]} */
function settings({ window, threshold }) {
  const env = settingsFrom(process.env);
  // A variable set to nothing is not set; a flag without a value is a mistake, and quotes are no number.
  if (threshold !== undefined) env.ASM_CONTEXT_THRESHOLD = threshold.trim() || JSON.stringify(threshold);
  const windowTokens = window !== undefined && /^\d+$/.test(window) ? Number(window) : window;
  return [windowTokens === undefined ? {} : { context: { windowTokens } }, env];
}

/**
 * A refused flag is wrong usage; a refused variable of the environment is said and passed over.
 * @param {ReturnType<Replay["rejected"]>} rejected
 * @param {Options} options
 * @param {Say} say
 */
function judge(rejected, options, say) {
  for (const { key, value, accepted, used } of rejected) {
    const [least = "?", most = "?"] = accepted.match(/\d+/g) ?? [];
    if (key === "context.windowTokens") throw new Refusal(USAGE, say("badNumber", "window", options.window ?? "", least, most));
    if (key === "ASM_CONTEXT_THRESHOLD" && options.threshold !== undefined) {
      throw new Refusal(USAGE, say("badNumber", "threshold", options.threshold, least, most));
    }
    tell(say("badSetting", key, value, least, most, used));
  }
}
