// @ts-check
// V8 compiles the core when it runs, first quickly and then, on threads that compete with the gateway's own, well; until
// then a turn costs several times as much. So an engine that nobody uses is told of a conversation that nobody had, when
// the gateway has started and a few rows at a time. What it answers is dropped: nothing is written, nothing is known of
// it afterwards.
import { contentHash, openEngine, practice } from "./engine.js";
import { shared } from "./shared.js";

/** Turns between two compactions, and how often: as much as it takes until hardly anything is compiled in the session that
 * follows (measured by `make bench`). */
const TURNS = 40;
const ROUNDS = 6;
/** Rows that a history still has behind a compaction. */
const KEPT = 20;
/** The loop is given back behind each step that ends later than this, for a pause four times as long as was taken. */
const AT_ONCE_MS = 1;
const PAUSES = 4;

const CTX = /** @type {any} */ ({ agentId: "main", sessionKey: "agent:main:practice", sessionId: "practice", workspaceDir: "/practice", runId: "practice" });
const WINDOW = 200_000;
const ENTRY = { sessionId: "practice", status: "done", contextTokens: WINDOW };

/** What is told, one after another. @typedef {{event: any, payload?: unknown}} Told */
/** The rows so far: how many, and the last of them. @typedef {{count: number, last: any[]}} Rows */

/** One turn: what the host tells of it, as it does. @param {Rows} rows @returns {Generator<Told>} */
function* turn(rows) {
  const before = rows.count;
  for (let row = practice(before); rows.count === before || row.role !== "user"; row = practice(rows.count)) {
    if (row.role === "assistant") {
      for (const phase of ["started", "ended"]) yield { event: { type: "model_call", phase, ctx: CTX, outcome: "completed", window: WINDOW } };
    }
    yield { event: { type: "message", ctx: CTX }, payload: row };
    if (row.role === "user") yield { event: { type: "prompt_build", ctx: CTX, history: { rows: before, sum: before, rowsBefore: before, sumBefore: before } } };
    rows.last = [...rows.last.slice(1 - KEPT), row];
    rows.count++;
  }
  yield { event: { type: "turn_end", ctx: CTX, success: true }, payload: ENTRY };
}

/** A conversation, its compactions and its end. @param {Rows} rows @returns {Generator<Told>} */
function* conversation(rows) {
  yield { event: { type: "boot", state: undefined, conversationAccess: true } };
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < TURNS; n++) yield* turn(rows);
    yield { event: { type: "compacting", ctx: CTX }, payload: ENTRY };
    yield { event: { type: "compacted", ctx: CTX } };
    yield { event: { type: "prompt_build", ctx: CTX, history: { rows: KEPT, sum: 0, rowsBefore: 0, sumBefore: 0 } } };
  }
  yield { event: { type: "session_end", ctx: CTX, reason: "idle" } };
}

/** What the core asks for on the way is told before what made it ask is told again. @param {Told} told @param {any[]} effects @param {Rows} rows @returns {Told[]} */
function answers(told, effects, rows) {
  /** @type {Told[]} */
  const of = [];
  for (const effect of effects) {
    if (effect.type === "load") of.push({ event: { type: "loaded", name: effect.name, text: undefined } });
    if (effect.type === "need_history") of.push({ event: { type: "history", ctx: CTX }, payload: rows.last });
  }
  return of.length > 0 ? [...of, told] : [];
}

/**
 * Warms the core up, once per process and build of it. Resolves when that is done, has failed (it is no loss) or is to stop.
 * @param {(why: string) => void} [refused] told of what the core did not understand
 */
export async function warmUp(refused = () => {}) {
  const g = shared();
  const hash = contentHash();
  if (g.warm === hash) return;
  g.warm = hash;
  const run = (g.warmRun = {});
  await pause(0);

  // What goes wrong here goes wrong in the first turn as well, and is said there.
  const engine = openEngine({}, refused, g.say);
  const rows = { count: 0, last: [] };
  let begun = performance.now();
  try {
    for (const first of conversation(rows)) {
      for (const waiting = [first]; waiting.length > 0; ) {
        if (g.warmRun !== run || engine.broken) return;
        const told = /** @type {Told} */ (waiting.shift());
        const effects = engine.step({ nowMs: rows.count * 1_000, day: "1970-01-01", event: told.event }, told.payload);
        waiting.unshift(...answers(told, effects, rows));
        const took = performance.now() - begun;
        if (took < AT_ONCE_MS) continue;
        await pause(PAUSES * took);
        begun = performance.now();
      }
    }
    g.warmRun = undefined;
  } finally {
    engine.close();
  }
}

/** Stops warming up where it is under way; the next start begins anew. */
export function stopWarming() {
  const g = shared();
  if (g.warmRun) g.warm = g.warmRun = undefined;
}

function pause(/** @type {number} */ ms) {
  return new Promise((go) => setTimeout(go, ms).unref());
}
