// @ts-check
// What the module's instances share. The host evaluates this package several times in one process; they all meet here.
import { AsyncLocalStorage } from "node:async_hooks";
import { speaker } from "./texts.js";

const KEY = Symbol.for("auto-session-manager");

/**
 * @typedef {object} Shared
 * @property {any} [full] the gateway's own registration: the only one whose injections and sends work
 * @property {any} [files]
 * @property {any} [engine]
 * @property {string} [settings] what the engine was opened with
 * @property {number} [port] of the gateway
 * @property {Map<string, string>} sessionIds newest session id by session key
 * @property {<T>(work: () => T) => T} [rootRun] runs work outside the caller's scope, which the host closes behind a run
 * @property {Set<string>} said kinds of failure already logged
 * @property {import("./texts.js").Say} say the catalogue, in the operator's language
 * @property {string} [warm] the core that was warmed up last, by its content
 * @property {Promise<void>} [warming] settles when that is over
 * @property {string} [version] of this plugin
 * @property {string} [timeZone] in which the host's days begin
 */

/** @returns {Shared} */
export function shared() {
  const root = /** @type {any} */ (globalThis);
  const g = (root[KEY] ??= { sessionIds: new Map(), said: new Set() });
  // An earlier version of the plugin in this process may have begun it.
  g.say ??= speaker(process.env);
  return g;
}

/** Remembers the calling scope as the one for background work, if it is the first. */
export function rememberRoot() {
  shared().rootRun ??= AsyncLocalStorage.snapshot();
}
