// @ts-check
// V8 compiles the core when it runs, first quickly and then, on threads that compete with the gateway's own, well; until
// then a turn costs several times as much. So an engine that nobody uses is told of a conversation that nobody had, when
// the gateway has started and a few rows at a time. What it answers is dropped: nothing is written, nothing is known of
// it afterwards.
import { contentHash, openEngine, practice } from "./engine.js";
import { shared } from "./shared.js";

/** Rows of a turn, turns between two compactions, compactions: as much as it takes until hardly anything is compiled in
 * the session that follows (measured by `make bench`). */
const TURN = 6;
const TURNS = 40;
const ROUNDS = 6;
/** Rows that a history still has behind a compaction. */
const KEPT = 20;
/** Events told at once, and the pause behind them for whatever else the gateway has to do: on a slow machine four times as
 * long as they took. */
const AT_ONCE = 4;
const PAUSE_MS = 10;
const PAUSES = 4;

const CTX = /** @type {any} */ ({ agentId: "main", sessionKey: "agent:main:practice", sessionId: "practice", workspaceDir: "/practice", runId: "practice" });
const WINDOW = 200_000;
const ENTRY = { sessionId: "practice", status: "done", contextTokens: WINDOW };

/** @typedef {{event: any, payload?: unknown, history?: any[]}} Told `history`: what there is of one, where it is asked for */

/** One turn: what the host tells of it, as it does. @param {any[]} rows those before; the turn's are added @returns {Generator<Told>} */
function* turn(rows) {
  const before = rows.length;
  const first = practice(rows.length);
  yield { event: { type: "message", ctx: CTX }, payload: first };
  const history = { rows: before, sum: before, rowsBefore: before - TURN, sumBefore: before - TURN };
  yield { event: { type: "prompt_build", ctx: CTX, history }, history: rows };
  rows.push(first);
  for (let n = 1; n < TURN; n++) {
    const row = practice(rows.length);
    if (row.role === "assistant") {
      for (const phase of ["started", "ended"]) yield { event: { type: "model_call", phase, ctx: CTX, outcome: "completed", window: WINDOW } };
    }
    yield { event: { type: "message", ctx: CTX }, payload: row };
    rows.push(row);
  }
  yield { event: { type: "turn_end", ctx: CTX, success: true }, payload: ENTRY };
}

/** @returns {Generator<Told>} what the engine is told: a conversation, its compactions and its end */
function* conversation() {
  yield { event: { type: "boot", state: undefined, conversationAccess: true } };
  /** @type {any[]} */
  const rows = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < TURNS; n++) yield* turn(rows);
    yield { event: { type: "compacting", ctx: CTX }, payload: ENTRY, history: rows };
    yield { event: { type: "compacted", ctx: CTX } };
    const rest = rows.slice(-KEPT);
    yield { event: { type: "prompt_build", ctx: CTX, history: { rows: KEPT, sum: 0, rowsBefore: 0, sumBefore: 0 } }, history: rest };
  }
  yield { event: { type: "session_end", ctx: CTX, reason: "idle" } };
}

/** Warms the core up, once per process and build of it. Resolves when that is done, or has failed: it is no loss. */
export async function warmUp() {
  const g = shared();
  if (g.warm === contentHash()) return;
  g.warm = contentHash();

  // What goes wrong here goes wrong in the first turn as well, and is said there.
  const engine = openEngine({}, () => {}, g.say);
  let told = 0;
  let begun = performance.now();
  const step = (/** @type {any} */ event, /** @type {unknown} */ payload) => engine.step({ nowMs: told * 1_000, day: "1970-01-01", event }, payload);
  try {
    for (const { event, payload, history = [] } of conversation()) {
      const asked = step(event, payload).filter((effect) => effect.type === "load" || effect.type === "need_history");
      for (const effect of asked) {
        if (effect.type === "load") step({ type: "loaded", name: effect.name, text: undefined }, undefined);
        else step({ type: "history", ctx: CTX }, history);
      }
      if (asked.length > 0) step(event, payload);
      told++;
      if (told % AT_ONCE !== 0) continue;
      const pause = Math.max(PAUSE_MS, PAUSES * (performance.now() - begun));
      await new Promise((go) => setTimeout(go, pause).unref());
      begun = performance.now();
    }
  } finally {
    engine.close();
  }
}
