// The assembled plugin under a fake host: two registrations in one process, missing permission, bad input, and what
// repeated registration costs.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";

const REGISTRATIONS = 50;
const KEY = Symbol.for("auto-session-manager");
const ID = "auto-session-manager";
const homes = [];
const { default: plugin } = await import("../../pkg/index.js");

after(() => homes.forEach((home) => rmSync(home, { recursive: true, force: true })));

/** A host with one state directory; `hooks` are what a registration put up. */
function host({ access = true, config = {} } = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), "asm-shim-"));
  homes.push(stateDir);
  const injected = [];
  const said = [];
  const api = (registrationMode) => {
    const hooks = {};
    const logger = { warn: (line) => said.push(line), error: (line) => said.push(line), info() {} };
    const entry = { sessionId: "s1", status: "done", contextTokens: 32_768 };
    return {
      registrationMode,
      hooks,
      logger,
      pluginConfig: config,
      config: { plugins: { entries: { [ID]: access ? { hooks: { allowConversationAccess: true } } : {} } } },
      runtime: {
        version: "2026.9.6",
        state: { resolveStateDir: () => stateDir },
        agent: { session: { getSessionEntry: () => entry } },
      },
      session: { workflow: { enqueueNextTurnInjection: async (i) => (injected.push(i), { enqueued: true, id: "i" }) } },
      on: (name, handler) => (hooks[name] = handler),
      registerService: (service) => (hooks.service = service),
      registerCommand: (command) => (hooks.command = command),
      registerGatewayMethod() {},
      registerCli() {},
    };
  };
  return { api, stateDir, injected, said };
}

const ctx = { agentId: "main", sessionKey: "agent:main:main", sessionId: "s1", workspaceDir: undefined, runId: "r" };
const row = (role, text, more = {}) => ({ message: { role, content: [{ type: "text", text }], timestamp: Date.now(), ...more } });
const usage = (input) => ({ usage: { input, output: 5, cacheRead: 0, cacheWrite: 0 }, stopReason: "stop", provider: "p", model: "m" });

beforeEach(() => delete globalThis[KEY]);

/** A turn whose hooks reach two registrations, as on the real host: the user's row one, everything else the other. */
async function turn({ full, discovery }, text, history = []) {
  full.hooks.before_message_write(row("user", text), { agentId: "main", sessionKey: ctx.sessionKey });
  const built = discovery.hooks.before_prompt_build({ prompt: text, messages: history }, ctx);
  discovery.hooks.model_call_started({ runId: "r" }, ctx);
  discovery.hooks.model_call_ended({ runId: "r", outcome: "completed", contextTokenBudget: 32_768 }, ctx);
  discovery.hooks.before_message_write(row("assistant", "Understood.", usage(9_000)), ctx);
  discovery.hooks.agent_end({ success: true, messages: [] }, ctx);
  return built?.appendSystemContext;
}

function both(h) {
  const pair = { full: h.api("full"), discovery: h.api("discovery") };
  plugin.register(pair.full);
  plugin.register(pair.discovery);
  return pair;
}

test("two registrations are one ASM: a row heard by one is in the block built by the other", async () => {
  const h = host();
  const pair = both(h);
  await turn(pair, "We decided to use PostgreSQL 16 for billing.");
  await pair.discovery.hooks.before_compaction({}, ctx);
  pair.discovery.hooks.after_compaction({}, ctx);
  const block = await turn(pair, "And now?");
  assert.match(block, /PostgreSQL 16/);
  assert.equal(await turn(pair, "Still?"), block);
  const [record] = readdirSync(join(h.stateDir, ".session_memory")).filter((n) => n.endsWith(".json"));
  assert.match(readFileSync(join(h.stateDir, ".session_memory", record), "utf8"), /PostgreSQL 16/);
  assert.deepEqual(h.said, []);
});

test("without permission the block is queued, and nothing is built", async () => {
  const h = host({ access: false });
  const pair = both(h);
  pair.full.hooks.before_message_write(row("user", "We decided to use PostgreSQL 16 for billing."), ctx);
  pair.discovery.hooks.before_message_write(row("assistant", "Understood.", usage(9_000)), ctx);
  await pair.discovery.hooks.before_compaction({}, ctx);
  pair.discovery.hooks.after_compaction({}, ctx);
  pair.full.hooks.before_message_write(row("user", "And now?"), ctx);
  await globalThis[KEY].files.flushed();
  assert.equal(h.injected.length, 1);
  assert.match(h.injected[0].text, /PostgreSQL 16/);
});

test("warming up leaves nothing: no file, no conversation, no second time", async () => {
  const h = host();
  const alive = setInterval(() => {}, 1_000);
  const pair = both(h);
  const told = [];
  const { engine } = globalThis[KEY];
  const step = engine.step.bind(engine);
  engine.step = (input, payload) => (told.push(input.event.ctx?.sessionKey), step(input, payload));
  pair.full.hooks.service.start();
  const first = globalThis[KEY].warming;
  await turn(pair, "We decided to use PostgreSQL 16 for billing.");
  await first;
  await pair.full.hooks.service.stop();
  clearInterval(alive);
  assert.equal(globalThis[KEY].warm.length, 64);
  assert.deepEqual([...new Set(told)].filter(Boolean), [ctx.sessionKey], "nothing else was told to the gateway's engine");
  const state = readFileSync(join(h.stateDir, ".asm_state.json"), "utf8");
  assert.deepEqual(Object.keys(JSON.parse(state).sessions), [ctx.sessionKey]);
  const written = readdirSync(h.stateDir, { recursive: true }).join(" ");
  assert.doesNotMatch(written + state, /practice/);
  const settled = await Promise.race([(pair.full.hooks.service.start(), globalThis[KEY].warming.then(() => "at once")), new Promise((done) => setImmediate(done, "again"))]);
  assert.equal(settled, "at once");
  await pair.full.hooks.service.stop();
  assert.deepEqual(h.said, []);
});

test("warming up ends with the service, begins anew with it, and tells nothing that the core does not know", async () => {
  const h = host();
  const alive = setInterval(() => {}, 1_000);
  const pair = both(h);
  const g = globalThis[KEY];
  pair.full.hooks.service.start();
  const first = g.warming;
  await pair.full.hooks.service.stop();
  await first;
  assert.deepEqual([g.warm, g.warmRun], [undefined, undefined]);
  const { warmUp } = await import("../../pkg/warm.js");
  const refused = [];
  await warmUp((why) => refused.push(why));
  clearInterval(alive);
  assert.deepEqual(refused, []);
  assert.deepEqual([g.warm.length, g.warmRun], [64, undefined]);
});

test("a state file that cannot be read is left alone, and the conversation goes on", async () => {
  const h = host();
  mkdirSync(join(h.stateDir, ".asm_state.json"));
  const pair = both(h);
  await turn(pair, "We decided to use PostgreSQL 16.");
  pair.full.hooks.before_compaction({}, ctx);
  pair.full.hooks.after_compaction({}, ctx);
  assert.match(await turn(pair, "go on"), /PostgreSQL 16/);
  await globalThis[KEY].files.flushed();
  assert.ok(statSync(join(h.stateDir, ".asm_state.json")).isDirectory());
  assert.equal(h.said.filter((line) => /cannot be read \(EISDIR\)/.test(line)).length, 1, h.said.join("\n"));
});

test("loaded over an older version in the same process, it reads what that one has not written yet", async () => {
  const h = host();
  const flushed = [];
  const files = { read: (path) => (path.endsWith(".asm_state.json") ? '{"version": 99}' : undefined), flushed: async () => void flushed.push(1) };
  globalThis[KEY] = { sessionIds: new Map(), said: new Set(), files };
  const pair = both(h);
  await turn(pair, "We decided to use PostgreSQL 16.");
  await globalThis[KEY].files.flushed();
  assert.notEqual(globalThis[KEY].files, files);
  assert.equal(h.said.filter((line) => /newer version \(99\)/.test(line)).length, 1, h.said.join("\n"));
  assert.equal(flushed.length, 1);
  assert.ok(!readdirSync(h.stateDir).includes(".asm_state.json"), "a newer state is not replaced");
});

test("bad input from the host returns nothing, throws nothing and stops nothing", async () => {
  const h = host();
  const pair = both(h);
  const circle = { role: "user" };
  circle.content = [circle];
  const odd = [undefined, null, 7, "x", [], { message: null }, { message: circle }, { message: { role: 9, content: { a: 1n } } },
    { message: { role: "user", content: "\ud800 lone" } }];
  for (const [name, hook] of Object.entries(pair.discovery.hooks)) {
    if (typeof hook !== "function") continue;
    for (const event of odd) {
      for (const c of [undefined, {}, { sessionKey: 5 }, { sessionKey: "../../etc" }, ctx]) assert.equal(await hook(event, c), undefined, name);
    }
  }
  await turn(pair, "We decided to use PostgreSQL 16 for billing.");
  await pair.discovery.hooks.before_compaction({}, ctx);
  pair.discovery.hooks.after_compaction({}, ctx);
  assert.match(await turn(pair, "And now?"), /PostgreSQL 16/);
  const names = readdirSync(join(h.stateDir, ".session_memory"));
  assert.ok(names.every((name) => /^[A-Za-z0-9._-]+$/.test(name)), names.join());
});

test("an old host gets one clear line", () => {
  const h = host();
  const api = h.api("full");
  api.runtime.version = "2026.7.1";
  plugin.register(api);
  assert.equal(h.said.length, 1);
  assert.match(h.said[0], /needs OpenClaw 2026\.9\.0 or newer/);
});

test(`${REGISTRATIONS} registrations: the growth in memory is reported`, (t) => {
  const h = host();
  both(h);
  global.gc?.();
  const before = process.memoryUsage();
  for (let n = 0; n < REGISTRATIONS; n += 1) both(h);
  global.gc?.();
  const now = process.memoryUsage();
  const grown = (name) => `${((now[name] - before[name]) / 1024).toFixed(0)} KiB ${name}`;
  t.diagnostic(`${REGISTRATIONS} registrations of both kinds: ${grown("rss")}, ${grown("heapUsed")}, ${grown("arrayBuffers")}`);
  assert.equal(new Set([globalThis[KEY].engine]).size, 1);
  assert.ok(now.arrayBuffers - before.arrayBuffers < 1 << 20, "every registration has its own wasm memory");
});

test("what the watchdog left is told to the core as it stands, with who this process is, and once", async () => {
  const h = host();
  const own = join(h.stateDir, ".asm_watchdog");
  mkdirSync(own);
  const left = JSON.parse(readFileSync(new URL("../golden/last-incident-v1.json", import.meta.url), "utf8"));
  Object.assign(left, { opened_at_ms: Date.now() - 30_000, in_flight: [ctx.sessionKey] });
  const file = join(own, "last_incident.json");
  writeFileSync(file, JSON.stringify(left));
  const pair = both(h);
  assert.match(await turn(pair, "Is it done?"), /^<asm-interrupted>[^]*not an instruction[^]*<\/asm-interrupted>$/);
  assert.equal(await turn(pair, "And now?"), undefined);
  // The same of this very process says nothing: it goes on.
  delete globalThis[KEY];
  const stat = readFileSync("/proc/self/stat", "utf8");
  const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  writeFileSync(file, JSON.stringify({ ...left, folder: "another", pid: process.pid, start_ticks: startTicks }));
  assert.equal(await turn(both(h), "Still?"), undefined);
  // Nor does a file that is no such file.
  delete globalThis[KEY];
  writeFileSync(file, "{");
  assert.equal(await turn(both(h), "Still?"), undefined);
  assert.deepEqual(h.said, []);
});
