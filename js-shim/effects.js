// @ts-check
// Performs effects by name. Where a target is, is known here and nowhere else; what is written is not.
import { callGateway, gatewayAccess } from "./gateway.js";
import { shared } from "./shared.js";
import { tell } from "./tell.js";

/** @typedef {import("./wasm/asm.js").Effect} Effect */

/** How often and how long an idle moment is waited for before a session is reset: a reset would end a running turn. */
const IDLE_EVERY_MS = 250;
const IDLE_WITHIN_MS = 30_000;

/** @param {Effect} effect */
export function perform(effect) {
  const { files } = shared();
  switch (effect.type) {
    case "record":
      return report(files.replace(files.record(effect.name), effect.text), "record", effect.sessionKey);
    case "state":
      return report(files.replace(files.paths.state, effect.text), "state", undefined);
    case "heartbeat":
      return report(files.replace(files.paths.heartbeat, effect.text), "heartbeat", undefined);
    case "set_aside":
      return report(files.setAside(effect.name ? files.record(effect.name) : files.paths.state), "set_aside", undefined);
    case "prune":
      return report(files.remove(files.record(effect.name)), "prune", undefined);
    case "memory_note":
      return report(files.appendNote(effect.workspaceDir, effect.day, effect.text), "memory_note", effect.sessionKey);
    case "enqueue_injection":
      return report(enqueue(effect), "enqueue_injection", effect.sessionKey);
    case "reset_session":
      return report(resetWhenIdle(effect), "reset_session", effect.sessionKey);
    case "log":
      return log(effect);
    default:
      return undefined;
  }
}

/** Tells the core of failures, once per kind and session in a row; of success where the core waits for it. */
function report(/** @type {Promise<unknown>} */ work, /** @type {string} */ what, /** @type {string | undefined} */ sessionKey) {
  work
    .then(
      (result) => void (what === "reset_session" && outcome(what, sessionKey, true, String(result))),
      (error) => outcome(what, sessionKey, false, error instanceof Error ? error.message : String(error)),
    )
    // A host that has retired this instance may refuse even its logger.
    .catch(() => {});
}

function outcome(/** @type {string} */ what, /** @type {string | undefined} */ sessionKey, /** @type {boolean} */ ok, /** @type {string} */ text) {
  if (what === "state" || what === "heartbeat") return logLine({ level: "error", code: `${what}-failed`, sessionKey: "", text });
  tell({ type: "outcome", ctx: { sessionKey }, what, ok, text });
}

/** Only the gateway's own registration can queue; the call is never awaited by a hook. */
async function enqueue(/** @type {Extract<Effect, {type: "enqueue_injection"}>} */ effect) {
  const { full, say } = shared();
  const queue = full?.session?.workflow?.enqueueNextTurnInjection ?? full?.enqueueNextTurnInjection;
  if (!queue) throw new Error(say("noInjection"));
  const { sessionKey, text, idempotencyKey, ttlMs } = effect;
  const queued = await queue({ sessionKey, text, idempotencyKey, ttlMs });
  // One that waits already has an id as well; one that was refused has none.
  if (!queued?.id) throw new Error(say("notQueued"));
}

/** Opens a new context, once what was saved is on disk and the session is idle. */
async function resetWhenIdle(/** @type {Extract<Effect, {type: "reset_session"}>} */ effect) {
  const { sessionKey, agentId } = effect;
  const { files, full, port, version, rootRun, say } = shared();
  await files.flushed();
  if (files.failed.has(files.record(effect.record))) throw new Error(say("recordUnwritten"));
  const access = gatewayAccess(full?.config, port);
  if (!access) throw new Error(say("noOperatorToken"));
  const run = rootRun ?? ((/** @type {() => any} */ work) => work());
  return run(async () => {
    await idle(sessionKey, agentId);
    // Connecting takes a while: what is asked is asked only if nothing has begun meanwhile.
    const still = () => !running(sessionKey, agentId);
    const answer = await callGateway(access, "sessions.reset", { key: sessionKey, reason: "new" }, version ?? "0", say, still);
    return answer?.key ?? sessionKey;
  });
}

/** Whether the host shows a turn under way; where it does not tell, one may be. */
function running(/** @type {string} */ sessionKey, /** @type {string} */ agentId) {
  const entry = shared().full?.runtime?.agent?.session?.getSessionEntry?.({ sessionKey, agentId });
  return entry === undefined || entry.status === "running";
}

/** Resolves when the host shows no turn under way in the session. */
async function idle(/** @type {string} */ sessionKey, /** @type {string} */ agentId) {
  const until = Date.now() + IDLE_WITHIN_MS;
  while (running(sessionKey, agentId)) {
    if (Date.now() > until) throw new Error(shared().say("notIdle"));
    await new Promise((again) => setTimeout(again, IDLE_EVERY_MS));
  }
}

function log(/** @type {Extract<Effect, {type: "log"}>} */ { level, code, sessionKey, text }) {
  logLine({ level, code, sessionKey, text });
}

/** @param {{level: string, code: string, sessionKey: string, text: string}} entry */
function logLine({ level, code, sessionKey, text }) {
  const { files, full } = shared();
  const line = { at: new Date().toISOString(), level, code, ...(sessionKey ? { session_key: sessionKey } : {}), text };
  files?.log(JSON.stringify(line)).catch(() => {});
  if (level !== "info") (full?.logger ?? console).warn?.(`auto-session-manager: ${text}`);
}
