// @ts-check
// Host hooks become events; what the core answers becomes what the hook returns. Fields are forwarded by name. A hook
// that fails says so once and returns nothing: the reply goes on.
import { outline } from "./outline.js";
import { sayOnce } from "./say.js";
import { shared } from "./shared.js";
import { tell, tellWithHistory } from "./tell.js";

/** How long a hook that the host awaits may wait for files to reach the disk. The save itself goes on. */
const PATIENCE_MS = 2_000;

/**
 * @param {any} ctx the host's hook context
 * @param {any} [event] where a hook puts in its event what others put in their context
 * @returns {import("./wasm/asm.js").Context}
 */
function contextOf(ctx, event) {
  const sessionKey = ctx?.sessionKey ?? event?.sessionKey;
  const sessionId = ctx?.sessionId ?? event?.sessionId ?? shared().sessionIds.get(sessionKey) ?? entryOf(ctx)?.sessionId;
  if (sessionKey && sessionId) shared().sessionIds.set(sessionKey, sessionId);
  const { agentId, workspaceDir, runId, trigger, modelProviderId, modelId } = ctx ?? {};
  return { agentId, sessionKey, sessionId, workspaceDir, runId: runId ?? event?.runId, trigger, modelProviderId, modelId };
}

/** The host's session entry, without its bulky parts; undefined where the host has none. */
function entryOf(/** @type {any} */ ctx) {
  const { sessionKey, agentId } = ctx ?? {};
  if (!sessionKey) return undefined;
  try {
    const entry = shared().full?.runtime?.agent?.session?.getSessionEntry?.({ sessionKey, agentId });
    if (!entry) return undefined;
    const { skillsSnapshot, systemPromptReport, ...counters } = entry;
    return counters;
  } catch {
    return undefined;
  }
}

/** The session's messages, from the host; empty where it does not give them in time. */
async function historyOf(/** @type {any} */ { sessionKey }) {
  const read = shared().full?.runtime?.subagent?.getSessionMessages;
  if (!read) return [];
  let timer;
  const patience = new Promise((done) => (timer = setTimeout(done, PATIENCE_MS)));
  const reading = Promise.resolve()
    .then(() => read({ sessionKey }))
    .catch(() => undefined);
  const answer = /** @type {any} */ (await Promise.race([reading, patience]));
  clearTimeout(timer);
  return Array.isArray(answer) ? answer : (answer?.messages ?? []);
}

/** Waits until what was saved is on disk, or the patience ends. */
async function settled() {
  let timer;
  const patience = new Promise((done) => (timer = setTimeout(done, PATIENCE_MS)));
  await Promise.race([shared().files?.flushed(), patience]);
  clearTimeout(timer);
}

/** @type {Record<string, (event: any, ctx: any) => any>} */
const HOOKS = {
  before_message_write(event, ctx) {
    tell({ type: "message", ctx: contextOf(ctx) }, event.message);
  },
  before_prompt_build(event, ctx) {
    const history = outline(ctx?.sessionKey, event.messages);
    const effects = tellWithHistory({ type: "prompt_build", ctx: contextOf(ctx), history }, () => event.messages ?? []) ?? [];
    const text = effects.find((effect) => effect.type === "append_system_context")?.text;
    return text === undefined ? undefined : { appendSystemContext: text };
  },
  model_call_started(event, ctx) {
    tell({ type: "model_call", phase: "started", ctx: contextOf(ctx, event), outcome: undefined, window: event.contextTokenBudget });
  },
  model_call_ended(event, ctx) {
    tell({ type: "model_call", phase: "ended", ctx: contextOf(ctx, event), outcome: event.outcome, window: event.contextTokenBudget });
  },
  agent_end(event, ctx) {
    tell({ type: "turn_end", ctx: contextOf(ctx), success: event.success === true }, entryOf(ctx));
  },
  async before_compaction(_event, ctx) {
    const event = /** @type {const} */ ({ type: "compacting", ctx: contextOf(ctx) });
    // This hook brings no messages; a session found only now has a history that nobody has shown us.
    if (!tellWithHistory(event, () => undefined, entryOf(ctx))) {
      const history = await historyOf(ctx);
      tellWithHistory(event, () => history, entryOf(ctx));
    }
    await settled();
  },
  after_compaction(_event, ctx) {
    tell({ type: "compacted", ctx: contextOf(ctx) });
  },
  async before_reset(event, ctx) {
    tell({ type: "reset", ctx: contextOf(ctx, event), reason: event.reason }, event.messages);
    await settled();
  },
  async session_end(event, ctx) {
    tell({ type: "session_end", ctx: contextOf(ctx, event), reason: event.reason });
    await settled();
  },
  session_start(event, ctx) {
    tell({ type: "session_start", ctx: contextOf(ctx, event) });
  },
  gateway_start(event) {
    shared().port = event.port;
  },
  async gateway_stop() {
    tell({ type: "stopping" });
    await settled();
  },
};

/** Registers every hook; an older host ignores names it does not know. */
export function registerHooks(/** @type {any} */ api) {
  for (const [name, handle] of Object.entries(HOOKS)) {
    api.on(name, guarded(name, handle));
  }
}

/**
 * @param {string} name
 * @param {(event: any, ctx: any) => any} handle
 */
function guarded(name, handle) {
  const failed = (/** @type {unknown} */ error) => sayOnce(name, error);
  return (/** @type {any} */ event, /** @type {any} */ ctx) => {
    try {
      const result = handle(event ?? {}, ctx ?? {});
      return result instanceof Promise ? result.catch(failed) : result;
    } catch (error) {
      return failed(error);
    }
  };
}
