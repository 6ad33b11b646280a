// What one message more costs on a long session, by the path the plugin takes; against counting the session anew.
import { nanoseconds, spread, takeTurns } from "../measure.mjs";
import { openCore, pkgUrl, progress } from "../places.mjs";
import { row, short } from "../row.mjs";
import { drawer } from "../texts/draw.mjs";
import { messagesOf } from "../texts/make.mjs";
import { textsOf } from "../texts/transcripts.mjs";

const MESSAGES = 2_000;
const MORE = 200;
const CTX = { agentId: "main", sessionKey: "agent:main:main", sessionId: "bench", workspaceDir: undefined, runId: "r", trigger: undefined };

/** A kilobyte of English a message, each a different one. */
function kilobytes(/** @type {string} */ seed) {
  const text = drawer("measured", seed);
  return Array.from({ length: MORE }, (_, at) => ({ role: at % 2 ? "assistant" : "user", content: [{ type: "text", text: text.piece("en", 1_000) }], timestamp: 1_790_000_000_000 + at * 1_000 }));
}

/** An engine that was told a whole session. @param {any} core @param {any[]} session */
function engineWith(core, session) {
  const faults = /** @type {string[]} */ ([]);
  const engine = core.openEngine({}, (/** @type {string} */ line) => faults.push(line));
  const step = (/** @type {any} */ event, /** @type {unknown} */ payload = undefined) => {
    const effects = engine.step({ nowMs: 1_790_000_000_000, day: "2026-10-01", event }, payload);
    for (const effect of effects) if (effect.type === "load") engine.step({ nowMs: 1_790_000_000_000, day: "2026-10-01", event: { type: "loaded", name: effect.name, text: undefined } });
    return effects;
  };
  step({ type: "boot", state: undefined, conversationAccess: true });
  step({ type: "prompt_build", ctx: CTX }, undefined);
  step({ type: "history", ctx: CTX }, session);
  return { step, faults };
}

/** That what was timed did its work: a decision told now is in the record that is saved before a compaction. @param {ReturnType<typeof engineWith>["step"]} step */
function prove(step) {
  step({ type: "message", ctx: CTX }, { role: "user", content: [{ type: "text", text: "We decided to use PostgreSQL 16 for billing." }], timestamp: 1_790_009_000_000 });
  const effects = step({ type: "compacting", ctx: CTX });
  if (!effects.some((/** @type {any} */ effect) => effect.type === "record" && Buffer.from(effect.text).includes("PostgreSQL 16"))) throw new Error("the engine did not take the messages in");
}

/** The meter without the reading for facts: one message more, and a whole recount, both with marshalling. @param {any} core @param {any[]} session */
async function meterAlone(core, session) {
  const meter = core.openMeter({ provider: "openai", model: "gpt-5" });
  meter.add({ ...session[1], role: "assistant", provider: "openai", model: "gpt-5", usage: { input: 9_000, output: 300, cacheRead: 0, cacheWrite: 0 } });
  for (const message of session) meter.add(message);
  const more = kilobytes("incremental-meter");
  let at = 0;
  const times = await takeTurns([
    { name: "one", run: () => nanoseconds(() => { for (let n = 0; n < 8; n += 1) meter.add(more[at++ % more.length]); }) / 8 },
    { name: "all", run: () => nanoseconds(() => meter.recount(session)) },
  ], 20, 5);
  const [one, all] = ["one", "all"].map((name) => spread(times.get(name) ?? []).median);
  const note = `one message ${short(one / 1e3)} µs, a whole recount ${short(all / 1e6)} ms; the meter with marshalling, both times`;
  return row({ id: "incremental", what: `one 1 KB message more on a ${MESSAGES}-message session, against our own full recount (one 500th)`, value: all / one, unit: "×", atLeast: 500, prototype: ["15–25 µs a turn", one <= 25_000], note });
}

export async function rows() {
  const { countTokens } = await import(pkgUrl("core.js"));
  const core = await openCore();
  const session = messagesOf("long").slice(0, MESSAGES);
  const texts = session.flatMap(textsOf);
  progress(`one message more on ${MESSAGES}`);
  const { step, faults } = engineWith(core, session);
  const more = kilobytes("incremental");
  let at = 0;
  // The step tells one more each time: the session really grows. The meter does nothing but count what is new.
  const one = () => step({ type: "message", ctx: CTX }, more[at++ % more.length]);
  const recount = () => texts.forEach((text) => countTokens(text));
  const again = () => engineWith(core, session);
  const times = await takeTurns([
    { name: "one", run: () => nanoseconds(() => { for (let n = 0; n < 8; n += 1) one(); }) / 8 },
    { name: "recount", run: () => nanoseconds(recount) },
  ], 20, 5);
  const anew = await takeTurns([{ name: "again", run: () => nanoseconds(again) }], 2);
  prove(step);
  if (faults.length > 0) throw new Error(faults.join("; "));
  const median = (/** @type {Map<string, number[]>} */ map, /** @type {string} */ name) => spread(map.get(name) ?? []).median;
  const [µs, ms, whole] = [median(times, "one") / 1e3, median(times, "recount") / 1e6, median(anew, "again") / 1e6];
  const path = "host object to effects: marshalling, counting, reading for facts";
  const note = `one message ${short(µs)} µs, the whole session anew ${short(whole)} ms; ${path}`;
  const alone = `reading for facts is on one side only: one message ${short(µs)} µs; counting all ${texts.length} texts ${short(ms)} ms; shown without a goal`;
  return [
    await meterAlone(core, session),
    row({ id: "incremental-engine", what: "the same by the plugin's whole path, against telling it the whole session anew", value: (whole * 1e3) / µs, unit: "×", atLeast: 500, note }),
    row({ id: "incremental-texts", what: "the whole path of one message against nothing but counting all texts", value: (ms * 1e3) / µs, unit: "×", note: alone }),
  ];
}
