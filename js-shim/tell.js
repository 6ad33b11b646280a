// @ts-check
// Puts events to the core and performs what it asks for, in order.
import { perform } from "./effects.js";
import { shared } from "./shared.js";

/** @typedef {import("./wasm/asm.js").Event} Event */
/** @typedef {import("./wasm/asm.js").Effect} Effect */

/** A record may lead to another, a history to a record: more rounds than that is a fault, not a need. */
const MOST_ROUNDS = 6;

/** The host's flush day: the date in the user's time zone. */
function day() {
  const { timeZone } = shared();
  const format = (/** @type {string | undefined} */ zone) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
  try {
    return format(timeZone || undefined);
  } catch {
    return format(undefined);
  }
}

/** @param {Event} event @param {unknown} [payload] */
function step(event, payload) {
  return shared().engine?.step({ nowMs: Date.now(), day: day(), event }, payload) ?? [];
}

/**
 * Tells one event; what the core needs to know first is read and told on the way. Returns the effects that are the
 * caller's to act on.
 * @param {Event} event
 * @param {unknown} [payload]
 * @returns {Effect[]}
 */
export function tell(event, payload) {
  return tellWithHistory(event, () => [], payload);
}

/**
 * @param {Event} event
 * @param {() => unknown} history the session's messages, asked for at most once a round
 * @param {unknown} [payload]
 * @returns {Effect[]}
 */
export function tellWithHistory(event, history, payload) {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    /** @type {Effect[]} */
    const effects = step(event, payload);
    const needs = effects.filter((effect) => effect.type === "load" || effect.type === "need_history");
    for (const effect of effects) if (!(/** @type {Effect[]} */ (needs).includes(effect))) perform(effect);
    if (needs.length === 0) return effects;
    for (const need of needs) {
      if (need.type === "load") loaded(need.name);
      else tell({ type: "history", ctx: /** @type {any} */ (event).ctx }, history());
    }
  }
  return [];
}

/** Reads a record file and tells its text; that may ask for another. */
function loaded(/** @type {string} */ name) {
  const { files } = shared();
  tell({ type: "loaded", name, text: files.read(files.record(name)) });
}
