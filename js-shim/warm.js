// @ts-check
// V8 compiles the core when it runs, first quickly and then, behind the gateway's back, well; until then a turn costs
// several times as much. So an engine that nobody uses is told of a conversation that nobody had, when the gateway has
// started and a row at a time. What it answers is dropped: nothing is written, nothing is known of it afterwards.
import { contentHash, openEngine, practice } from "./engine.js";
import { shared } from "./shared.js";

/** Rows told: from about a hundred on, the code that runs at every turn is compiled well (measured by `make bench`). */
const ROWS = 150;
/** Between two rows, for whatever else the gateway has to do. */
const PAUSE_MS = 10;

const CTX = /** @type {any} */ ({ agentId: "main", sessionKey: "agent:main:practice", sessionId: "practice" });

/** @returns {Generator<[any, unknown?]>} what the engine is told: a conversation, its compaction and its end */
function* events() {
  const prompt = { type: "prompt_build", ctx: CTX };
  yield [{ type: "boot", state: undefined, conversationAccess: true }];
  yield [prompt];
  yield [prompt];
  yield [{ type: "history", ctx: CTX }, []];
  const rows = Array.from({ length: ROWS }, (_, n) => practice(n));
  for (const row of rows) yield [{ type: "message", ctx: CTX }, row];
  yield [{ type: "compacting", ctx: CTX }];
  yield [{ type: "compacted", ctx: CTX }];
  yield [prompt];
  yield [{ type: "history", ctx: CTX }, rows.slice(-20)];
  yield [{ type: "session_end", ctx: CTX, reason: "idle" }];
}

/** Warms the core up, once per process and build of it. Resolves when that is done, or has failed: it is no loss. */
export async function warmUp() {
  const g = shared();
  if (g.warm === contentHash()) return;
  g.warm = contentHash();

  // What goes wrong here goes wrong in the first turn as well, and is said there.
  const engine = openEngine({}, () => {}, g.say);
  const step = (/** @type {any} */ event, /** @type {unknown} */ payload) => engine.step({ nowMs: 0, day: "1970-01-01", event }, payload);
  try {
    for (const [event, payload] of events()) {
      for (const effect of step(event, payload)) if (effect.type === "load") step({ type: "loaded", name: effect.name, text: undefined }, undefined);
      await new Promise((go) => setTimeout(go, PAUSE_MS).unref());
    }
  } finally {
    engine.close();
  }
}
