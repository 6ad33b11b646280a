import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { gather, wordsOfCrontab } from "../../js-shim/gather.js";
import { readOriginalSkill, setAsideOriginals } from "../../js-shim/original.js";

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "asm-gather-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path, content) {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, typeof content === "string" ? content : JSON.stringify(content));
  return whole;
}

/** Everything below the root with its content, to see that nothing was changed. */
function picture(folder = root) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path, readFileSync(path, "utf8"), statSync(path).mtimeMs]);
}

function look(extra = {}) {
  const where = { config: {}, stateDir: join(root, "state"), env: {}, home: join(root, "home"), proc: join(root, "proc"), program: join(root, "none"), packageDir: root };
  return gather({ ...where, ...extra });
}

test("an empty machine gives nulls, not failures", async () => {
  const facts = await look({ config: undefined });
  for (const name of ["lang", "host", "package", "plugin", "launchAgents", "watchdog"]) assert.equal(facts[name], null, name);
  assert.deepEqual(facts.files, { state: null, unwritable: [], records: null });
  assert.equal(facts.gateway.hasToken, null);
  assert.equal(facts.node, process.versions.node);
});

test("hostile configuration gives nulls, not failures", async () => {
  const config = { agents: { list: 7, defaults: { model: [1] } }, plugins: { entries: "x", allow: 3 }, models: { providers: { a: { models: 1 } } }, gateway: "g" };
  const facts = await look({ config });
  assert.equal(facts.settings.section, null);
  assert.equal(facts.models, null);
});

test("switches, models, engine and settings are read from the configuration", async () => {
  const config = {
    gateway: { mode: "local", port: 18_700, auth: { mode: "token", token: "sesame-sesame" } },
    plugins: {
      deny: ["x"],
      slots: { contextEngine: "lossless-claw" },
      entries: {
        "auto-session-manager": { enabled: false, hooks: { allowPromptInjection: false }, config: { language: "zh" } },
        other: {},
        off: { enabled: false },
      },
    },
    models: { providers: { acme: { models: [{ id: "a/b", contextWindow: 9, contextTokens: 8 }] } } },
    agents: { defaults: { model: { primary: "acme/a/b", fallbacks: ["acme/c"] } }, entries: { work: { model: "acme/c" } } },
  };
  const facts = await look({ config, env: { ASM_GATEWAY_TIMEOUT: "20", SECRET: "sesame-sesame", LANG: "zh_CN.UTF-8" } });
  assert.deepEqual(facts.plugin, { enabled: false, allowConversationAccess: null, allowPromptInjection: false, pluginsEnabled: null, allow: null, deny: ["x"], contextEngine: "lossless-claw" });
  assert.deepEqual(facts.models, { contextTokens: null, configured: [{ model: "acme/a/b", windowTokens: 8 }, { model: "acme/c", windowTokens: null }] });
  assert.deepEqual(facts.settings, { section: { language: "zh" }, env: { ASM_GATEWAY_TIMEOUT: "20" } });
  assert.deepEqual(facts.plugins, ["other"]);
  assert.equal(facts.gateway.hasToken, true);
  assert.equal(facts.lang, "zh_CN.UTF-8");
  assert.ok(!JSON.stringify(facts).includes("sesame"), "no secret leaves");
});

test("the gateway's answer, heartbeat and watchdog", async (t) => {
  const server = createServer((_, answer) => answer.writeHead(503).end("draining"));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const ticks = 4321;
  const stat = (pid) => put(`proc/${pid}/stat`, `${pid} (a (b) c) S ${"0 ".repeat(18)}${ticks} 0`);
  stat(process.pid);
  put("state/.asm_heartbeat.json", { version: 1, pid: process.pid, start_ticks: ticks, at_ms: 5 });
  put("state/.asm_watchdog/lock", `${process.pid} ${ticks + 1}\n`);
  const facts = await look({ config: { gateway: { port: server.address().port } } });
  assert.equal(facts.gateway.healthStatus, 503);
  assert.equal(facts.gateway.heartbeatAlive, true);
  assert.match(facts.gateway.heartbeat, /"at_ms":5/);
  // The same pid, another process.
  assert.deepEqual(facts.watchdog, { pid: process.pid, alive: false });
});

test("of a command line only program and script leave", async () => {
  put("proc/41/cmdline", ["/usr/bin/python3", "-u", "scripts/monitor.py", "--token", "sesame.sesame"].join("\0"));
  symlinkSync("/h/.openclaw/skills/auto-session-manager", join(root, "proc/41/cwd"));
  put("proc/42/cmdline", ["/bin/sleep", "sesame/sesame"].join("\0"));
  put("proc/43/cmdline", "");
  put("proc/self/cmdline", "x");
  const { processes } = await look();
  assert.deepEqual(processes, [
    { pid: 41, program: "python3", script: "/h/.openclaw/skills/auto-session-manager/scripts/monitor.py" },
    { pid: 42, program: "sleep", script: null },
  ]);
  const crontab = "MAILTO=a@b\n# x\n*/5 * * * * TOKEN=se/same /opt/w/openclaw-watchdog.sh --key abc:def >> /tmp/log 2>&1\n@reboot python3 asm_monitor.py\n";
  assert.deepEqual(wordsOfCrontab(crontab), ["/opt/w/openclaw-watchdog.sh", "/tmp/log", "asm_monitor.py"]);
});

test("skills of every workspace, units, packages and records", async () => {
  put("state/skills/auto-session-manager/SKILL.md", "x");
  put("state/auto-session-manager.original-skill/SKILL.md", "x");
  put("home/ws/skills/weather/SKILL.md", "x");
  put("home/.config/systemd/user/openclaw-watchdog.timer", "");
  put("home/.config/systemd/user/notes.txt", "");
  put("host/package.json", { name: "openclaw", version: "2026.9.6", engines: { node: ">=24" } });
  const program = put("host/bin/openclaw.mjs", "");
  put("package.json", { version: "0.1.0", openclaw: { compat: { pluginApi: ">=2026.9.6" } } });
  put("state/.session_memory/a.json", { version: 3 });
  put("state/.session_memory/b.json", "{");
  put("state/.session_memory/c.json", { no: "version" });
  mkdirSync(join(root, "state/.session_memory/d.json"));
  put("state/.asm_state.json", '{"version":1}');
  const before = picture();
  const facts = await look({ config: { agents: { list: [{ workspace: "~/ws" }] } }, program });
  assert.deepEqual(picture(), before, "nothing was written");
  const state = join(root, "state");
  assert.deepEqual(facts.skills, [
    { name: "auto-session-manager", path: join(state, "skills/auto-session-manager"), aside: join(state, "auto-session-manager.original-skill-2") },
    { name: "weather", path: join(root, "home/ws/skills/weather"), aside: join(root, "home/ws/weather.original-skill") },
  ]);
  assert.ok(facts.units.includes("openclaw-watchdog.timer") && !facts.units.includes("notes.txt"));
  assert.deepEqual(facts.host, { version: "2026.9.6", nodeRange: ">=24" });
  assert.deepEqual(facts.package, { version: "0.1.0", pluginApi: ">=2026.9.6", nodeRange: null });
  assert.deepEqual(facts.files.state, { text: '{"version":1}' });
  assert.deepEqual(facts.files.records, [
    { name: "a.json", readable: true, json: true, version: 3 },
    { name: "b.json", readable: true, json: false, version: null },
    { name: "c.json", readable: true, json: true, version: null },
    { name: "d.json", readable: false, json: false, version: null },
  ]);
});

test("the original skill's files are read and ours are not taken for theirs", () => {
  put("state/.longterm_memory/decision_0a1b2c3d4e5f.json", { id: "decision_0a1b2c3d4e5f", content: "x" });
  put("state/.longterm_memory/broken.json", "{");
  put("state/.longterm_memory/notes.txt", "x");
  put("state/.longterm_memory/huge.json", `{"content":"${"x".repeat(300_000)}"}`);
  put("state/.sessions/1a2b3c4d.json", { topic: "t" });
  put("state/.sessions/other.json", { topic: "t" });
  put("state/.session_memory/old.json", { decisions: [] });
  put("state/.session_memory/ours.json", '{\n  "version": 1,\n  "generations": []\n}');
  put("state/.session_memory/ours-damaged.json", '{"generations": [');
  put("state/.asm_state.json", { check_count: 1 });
  symlinkSync("/etc/passwd", join(root, "state/.longterm_memory/link.json"));
  const state = join(root, "state");
  const before = picture();
  const { files, occupied } = readOriginalSkill(state);
  assert.deepEqual(picture(), before, "reading changes nothing");
  const paths = [".longterm_memory/broken.json", ".longterm_memory/decision_0a1b2c3d4e5f.json", ".longterm_memory/huge.json", ".sessions/1a2b3c4d.json", ".session_memory/old.json", ".asm_state.json"];
  assert.deepEqual(files.map((file) => file.path), paths);
  assert.deepEqual(files.map((file) => file.json === null), [true, false, true, false, false, false]);
  assert.deepEqual(occupied, [".session_memory/old.json", ".asm_state.json"]);

  // A file of that name is there already: it stays, and so does the new one.
  put("state/.asm_state.json.original", "kept");
  assert.deepEqual(setAsideOriginals(state, occupied), []);
  assert.equal(readFileSync(join(state, ".asm_state.json.original"), "utf8"), "kept");
  assert.deepEqual(JSON.parse(readFileSync(join(state, ".asm_state.json.original-2"), "utf8")), { check_count: 1 });
  assert.deepEqual(JSON.parse(readFileSync(join(state, ".session_memory/old.json.original"), "utf8")), { decisions: [] });
  // A start that was killed before the core kept what it read finds all of it again.
  const next = readOriginalSkill(state);
  assert.deepEqual(next.occupied, []);
  assert.deepEqual(next.files.map((file) => file.path).slice(0, 5), paths.slice(0, 5));
  assert.deepEqual(next.files.find((file) => file.json?.check_count)?.path, ".asm_state.json");
});

test("a move that was cut between its two steps is finished", async () => {
  const { linkSync } = await import("node:fs");
  const path = put("state/.asm_state.json", { check_count: 1 });
  linkSync(path, `${path}.original`);
  const { occupied } = readOriginalSkill(join(root, "state"));
  assert.deepEqual(setAsideOriginals(join(root, "state"), occupied), []);
  assert.deepEqual(readdirSync(join(root, "state")), [".asm_state.json.original"]);
});

test("what cannot be moved is told and stays", () => {
  assert.deepEqual(readOriginalSkill(join(root, "absent")), { files: [], occupied: [] });
  mkdirSync(join(root, "state"));
  assert.deepEqual(setAsideOriginals(join(root, "state"), [".asm_state.json"]), [".asm_state.json"]);
});
