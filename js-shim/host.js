// @ts-check
// Whether this host can run the plugin, in one line where it cannot.

/** The oldest host whose hooks, instances and session ids are those this version was written for. */
const OLDEST_HOST = [2026, 9, 0];
const OLDEST_NODE = [24, 16, 0];

/** What registration calls on every host it supports. */
const CALLED = ["on", "registerService", "registerCommand"];

/** @param {string} version @returns {number[]} */
function parts(version) {
  return (version.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

/** @param {string} version @param {number[]} oldest */
function olderThan(version, oldest) {
  const is = parts(version);
  if (is.length < 2) return false;
  const differs = oldest.findIndex((number, at) => number !== (is[at] ?? 0));
  return differs >= 0 && (is[differs] ?? 0) < (oldest[differs] ?? 0);
}

/** The host's version; undefined where it does not tell. Some registration modes throw at any look at the runtime. */
function versionOf(/** @type {any} */ api) {
  try {
    const version = api?.runtime?.version;
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why the plugin stays inert here; undefined where it can run. A host that does not tell its
 * version is judged by what it can do.
 * @param {any} api as handed to `register`
 * @param {import("./texts.js").Say} say
 * @param {string} [node] version of Node
 * @returns {string | undefined}
 */
export function unsupported(api, say, node = process.versions.node) {
  if (olderThan(node, OLDEST_NODE)) return say("nodeTooOld", OLDEST_NODE.join("."), node);
  const host = versionOf(api);
  const wanted = OLDEST_HOST.join(".");
  if (host !== undefined && olderThan(host, OLDEST_HOST)) return say("hostTooOld", wanted, host);
  const lacking = CALLED.find((name) => typeof api?.[name] !== "function");
  return lacking && say("hostLacks", lacking, wanted);
}

/** Whether the host lets this plugin see conversations and build prompts. */
export function conversationAccess(/** @type {any} */ config, /** @type {string} */ name) {
  const hooks = config?.plugins?.entries?.[name]?.hooks;
  return hooks?.allowConversationAccess === true && hooks?.allowPromptInjection !== false;
}
