// One session of about 200,000 tokens through the assembled plugin under a fake host, with real files: answers how long
// each hook kept the gateway's thread. `whole` begins when the plugin has warmed up, as it does while a gateway starts;
// `cold` at once; `restart` with the whole history, as after a restart.
import { mkdtempSync, rmSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { leave } from "./leave.mjs";
import { onProcessor } from "./measure.mjs";
import { pkgUrl } from "./places.mjs";
import { messagesOf } from "./texts/make.mjs";
import { FRAMING, addedBy, truth } from "./truth.mjs";

const ID = "auto-session-manager";
/** A window at which a save falls due shortly before the session's end. */
const WINDOW = 250_000;
/** Tokens at which the session ends. */
const ENOUGH = 205_000;

const kind = process.argv[3];
const home = mkdtempSync(join(tmpdir(), "asm-bench-"));
const said = /** @type {string[]} */ ([]);
/** @type {any[]} */
const history = [];

/** @returns {any} */
function host() {
  const hooks = /** @type {Record<string, any>} */ ({});
  const logger = { warn: (/** @type {string} */ line) => said.push(line), error: (/** @type {string} */ line) => said.push(line), info() {} };
  const entry = { sessionId: "s1", status: "done", contextTokens: WINDOW };
  return {
    registrationMode: "full",
    hooks,
    logger,
    pluginConfig: {},
    config: { plugins: { entries: { [ID]: { hooks: { allowConversationAccess: true } } } } },
    runtime: {
      version: "2026.9.6",
      state: { resolveStateDir: () => join(home, "state") },
      agent: { session: { getSessionEntry: () => entry } },
      subagent: { getSessionMessages: async () => ({ messages: history }) },
    },
    session: { workflow: { enqueueNextTurnInjection: async () => ({ enqueued: true, id: "i" }) } },
    on: (/** @type {string} */ name, /** @type {any} */ handler) => (hooks[name] = handler),
    registerService: (/** @type {any} */ service) => (hooks.service = service),
    registerCommand() {},
    registerGatewayMethod() {},
    registerCli() {},
  };
}

const { default: plugin } = await import(pkgUrl("index.js"));
const api = host();
plugin.register(api);
if (kind !== "cold") {
  // As in a gateway, something else keeps the process: the plugin's own timers do not.
  const other = setInterval(() => {}, 1_000);
  api.hooks.service.start();
  await /** @type {any} */ (globalThis)[Symbol.for(ID)].warming;
  clearInterval(other);
}
const ctx = { agentId: "main", sessionKey: "agent:main:main", sessionId: "s1", workspaceDir: join(home, "workspace"), runId: "r" };
/** @type {{hook: string, ms: number, cpu: number}[]} */
const calls = [];

/** Calls a hook: its own time, and what ran on this thread until its promise was kept. @param {string} name @param {any} event */
async function hook(name, event) {
  const cpu = onProcessor();
  const begun = performance.now();
  const result = api.hooks[name]({ ...event }, ctx);
  const own = performance.now() - begun;
  const before = performance.eventLoopUtilization();
  if (result instanceof Promise) await result;
  const { active } = performance.eventLoopUtilization(before);
  const later = result instanceof Promise ? active : 0;
  calls.push({ hook: name, ms: own + later, cpu: (onProcessor() - cpu) / 1e6 });
  // The host goes on with other things, and files get written.
  if (calls.length % 5 === 0) await new Promise((done) => setImmediate(done));
}

/** The rows of the session, with the usage that a provider of o200k_base would report. */
function* rows() {
  const facts = truth("measured", "mixed").messages.map((message) => ({ ...message, tokens: { own: message.o200k } }));
  let prompt = FRAMING.system;
  for (const [at, message] of messagesOf("measured-mixed").entries()) {
    if (prompt > ENOUGH) return;
    const tokens = addedBy(facts[at], "own");
    const usage = { input: prompt, output: facts[at].o200k, cacheRead: 0, cacheWrite: 0 };
    yield message.role === "assistant" ? { ...message, usage } : message;
    prompt += tokens;
  }
}

async function turnsOf() {
  for (const message of rows()) {
    if (message.role === "user") await hook("before_prompt_build", { prompt: "", messages: [...history] });
    if (message.role === "assistant") {
      await hook("model_call_started", { runId: "r", contextTokenBudget: WINDOW });
      await hook("model_call_ended", { runId: "r", outcome: "completed", contextTokenBudget: WINDOW });
    }
    await hook("before_message_write", { message });
    history.push(message);
    if (message.role === "assistant" && message.stopReason === "stop") await hook("agent_end", { success: true, messages: [] });
  }
}

if (kind === "restart") {
  history.push(...rows());
  await hook("before_message_write", { message: { role: "user", content: [{ type: "text", text: "And now?" }], timestamp: Date.now() } });
  await hook("before_prompt_build", { prompt: "And now?", messages: [...history] });
} else {
  await turnsOf();
  await hook("before_compaction", {});
  await hook("after_compaction", {});
  await hook("before_prompt_build", { prompt: "", messages: history.slice(-20) });
  await hook("session_end", { reason: "idle" });
}
await /** @type {any} */ (globalThis)[Symbol.for(ID)].files.flushed();
const saved = kind === "restart" ? 1 : readdirSync(join(home, "state", ".session_memory")).length;
rmSync(home, { recursive: true, force: true });
leave(process.argv[2], { calls, said, saved });
