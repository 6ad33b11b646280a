// @ts-check
// Puts events to the core and performs what it asks for, in order.
import { perform } from "./effects.js";
import { shared } from "./shared.js";

/** @typedef {import("./wasm/asm.js").Event} Event */
/** @typedef {import("./wasm/asm.js").Effect} Effect */

/** A record may lead to another, a history to a record: more rounds than that is a fault, not a need. */
const MOST_ROUNDS = 6;

/** A calendar is kept this long: making one takes longer than all else a hook does here, and the machine may travel. */
const CALENDAR_MS = 60_000;

/** @type {{zone: string | undefined, madeMs: number, format: Intl.DateTimeFormat} | undefined} */
let calendar;

/** @param {string | undefined} zone the machine's own where there is none, or no such one */
function calendarOf(zone) {
  const format = (/** @type {string | undefined} */ timeZone) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  try {
    return format(zone);
  } catch {
    return format(undefined);
  }
}

/** The host's flush day: the date in the user's time zone. @param {number} nowMs */
function day(nowMs) {
  const zone = shared().timeZone || undefined;
  const age = nowMs - (calendar?.madeMs ?? 0);
  if (!calendar || calendar.zone !== zone || age < 0 || age > CALENDAR_MS) calendar = { zone, madeMs: nowMs, format: calendarOf(zone) };
  return calendar.format.format(nowMs);
}

/** @param {Event} event @param {unknown} [payload] */
function step(event, payload) {
  const nowMs = Date.now();
  return shared().engine?.step({ nowMs, day: day(nowMs), event }, payload) ?? [];
}

/**
 * Tells one event; what the core needs to know first is read and told on the way. Returns the effects that are the
 * caller's to act on.
 * @param {Event} event
 * @param {unknown} [payload]
 * @returns {Effect[]}
 */
export function tell(event, payload) {
  return tellWithHistory(event, () => [], payload) ?? [];
}

/**
 * The same, for events that may need the session's history: `history` gives its messages, or undefined where they are
 * not at hand. Then undefined is returned, and the event has to be told again.
 * @param {Event} event
 * @param {() => unknown[] | undefined} history
 * @param {unknown} [payload]
 * @returns {Effect[] | undefined}
 */
export function tellWithHistory(event, history, payload) {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    /** @type {Effect[]} */
    const effects = step(event, payload);
    let again = false;
    for (const effect of effects) {
      if (effect.type === "load") {
        loaded(effect.name);
        again = true;
      } else if (effect.type === "need_history") {
        const messages = history();
        if (!messages) return undefined;
        tell({ type: "history", ctx: /** @type {any} */ (event).ctx }, messages);
        again = true;
      } else {
        perform(effect);
      }
    }
    if (!again) return effects;
  }
  return [];
}

/** Reads a record file and tells its text; that may ask for another. */
function loaded(/** @type {string} */ name) {
  const { files } = shared();
  const { text, unreadable } = files.read(files.record(name));
  tell({ type: "loaded", name, text, unreadable });
}
