import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DESCRIPTOR, doctorOutside, registerAsmCli } from "../../pkg/cli.js";
import { plan } from "../../pkg/repair.js";
import { TEXTS } from "../../pkg/wasm/texts.js";

// The host's own commander: what it makes of our options is what people meet.
const host = fileURLToPath(new URL("../../.tools/openclaw/node_modules/openclaw/package.json", import.meta.url));
const { Command } = createRequire(host)("commander");

let stateDir;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "asm-cli-"));
  process.env.OPENCLAW_STATE_DIR = stateDir;
});
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
  delete process.env.OPENCLAW_STATE_DIR;
  process.exitCode = 0;
});

// Names in the place of the catalogue's words: what is tested is which text is said.
const NAMED = {
  remote: "REMOTE", none: "NONE", noToken: "NO TOKEN", noAnswer: "NO ANSWER {0}", yesAlone: "YES ALONE", nothingToFix: "NOTHING",
  noTerminal: "NO TERMINAL", unchanged: "UNCHANGED", holds: "HOLDS", holdsNot: "HOLDS NOT {0}", failed: "FAILED {0}: {1}",
  willRun: "WILL RUN", byHand: "BY HAND", confirm: "CONFIRM", exits: "EXITS", fromFiles: "FROM FILES", doctor: "DOCTOR", sessions: "SESSIONS",
};
for (const [name, text] of Object.entries(NAMED)) TEXTS[name] = [text, text];

/** A core that answers as told; a session's record is asked for once. */
function core(answers, seen) {
  let loaded = false;
  const reply = (answer) => [{ type: "reply", text: JSON.stringify(answer) }];
  return {
    step({ event }, payload) {
      seen.push(event);
      if (event.type === "loaded") loaded = true;
      if (event.type !== "ask") return [{ type: "state", text: "never written" }];
      if (event.method === "status" && event.ctx.sessionKey === "a" && !loaded) return [{ type: "load", name: "rec" }];
      if (event.method === "status") return [{ type: "record", name: "rec", text: "never written" }, ...reply({ text: `status of ${event.ctx.sessionKey}` })];
      const answer = answers[event.method];
      if (answer === undefined) return [];
      return reply(typeof answer === "function" ? answer(payload) : answer);
    },
  };
}

/** Runs `openclaw asm <words>` with everything outside played by `ports`. */
async function asm(words, { answers = {}, config = {}, ...ports } = {}) {
  const told = { out: [], err: [], seen: [], codes: [], registration: undefined };
  const program = new Command().exitOverride().configureOutput({ writeOut: (t) => told.out.push(t), writeErr: (t) => told.err.push(t) });
  const given = {
    open: () => core(answers, told.seen),
    gather: async () => ({ gathered: true }),
    call: async () => assert.fail("no call was expected"),
    run: async () => assert.fail("nothing was to be run"),
    ask: async () => assert.fail("nobody was to be asked"),
    terminal: false,
    out: (text) => told.out.push(text),
    err: (text) => told.err.push(text),
    exit: (code) => told.codes.push(code),
    now: () => 1_795_224_419_000,
    pause: async () => {},
    ...ports,
  };
  let registrar;
  registerAsmCli({ registerCli: (run, options) => ([registrar, told.registration] = [run, options]) }, given);
  await registrar({ program, config, parentPath: [], logger: console });
  let thrown;
  await program.parseAsync(["node", "openclaw", "asm", ...words]).catch((error) => (thrown = error));
  return { ...told, text: told.out.join("\n"), errors: told.err.join("\n"), code: thrown ? thrown.exitCode : told.codes.at(-1) };
}

test("the command is announced for root help and machine output", async () => {
  const { registration } = await asm(["sessions"], { answers: { sessions: { sessions: [], text: "x" } } });
  const [descriptor] = registration.descriptors;
  assert.equal(descriptor.name, DESCRIPTOR.name);
  assert.equal(descriptor.machineOutput({ argv: ["asm", "doctor", "--json"], stdoutIsTTY: true }), true);
  assert.equal(descriptor.machineOutput({ argv: ["asm", "doctor"], stdoutIsTTY: true }), false);
});

test("sessions prints the core's text, or its JSON", async () => {
  const answers = { sessions: { sessions: [{ session_key: "a" }], text: "two lines" } };
  const plain = await asm(["sessions"], { answers });
  assert.deepEqual([plain.text, plain.code], ["two lines", 0]);
  const json = await asm(["sessions", "--json"], { answers });
  assert.deepEqual(JSON.parse(json.text), answers.sessions);
});

test("status reads the record that the core asks for and writes nothing", async () => {
  writeFileSync(join(stateDir, ".asm_state.json"), "STATE");
  mkdirSync(join(stateDir, ".session_memory"));
  writeFileSync(join(stateDir, ".session_memory", "rec.json"), "RECORD");
  const { text, code, seen } = await asm(["status", "a"]);
  assert.deepEqual([text, code], ["status of a\nFROM FILES", 0]);
  assert.equal(seen[0].type, "boot");
  assert.equal(seen[0].state, "STATE");
  assert.deepEqual(seen.find((event) => event.type === "loaded"), { type: "loaded", name: "rec", text: "RECORD" });
  assert.equal(readFileSync(join(stateDir, ".asm_state.json"), "utf8"), "STATE");
  assert.equal(readFileSync(join(stateDir, ".session_memory", "rec.json"), "utf8"), "RECORD");
  assert.deepEqual(readdirSync(stateDir).sort(), [".asm_state.json", ".session_memory"]);
});

test("status without a name takes the last used, and says where there is none", async () => {
  const answers = { sessions: { sessions: [{ session_key: "b" }, { session_key: "a" }], text: "" } };
  assert.equal((await asm(["status"], { answers })).text, "status of b\nFROM FILES");
  const none = await asm(["status"], { answers: { sessions: { sessions: [], text: "" } } });
  assert.deepEqual([none.errors, none.code], ["NONE", 1]);
});

test("status is the running gateway's where it answers", async () => {
  const config = { gateway: { auth: { token: "t" }, port: 18_701 } };
  const asked = [];
  const call = async (_access, method, params) => (asked.push([method, params.sessionKey]), { text: "live", row: {} });
  assert.equal((await asm(["status", "a"], { config, call })).text, "live");
  assert.deepEqual(asked, [["asm.status", "a"]]);
  const silent = async () => { throw new Error("refused"); };
  assert.equal((await asm(["status", "b"], { config, call: silent })).text, "status of b\nFROM FILES");
});

test("a core that gives no answer is a failure, not a hang", async () => {
  const { errors, code } = await asm(["sessions"]);
  assert.match(errors, /FAILED/);
  assert.equal(code, 1);
  const forever = { step: ({ event }) => (event.type === "ask" ? [{ type: "load", name: "x" }] : [{ type: "load", name: "x" }]) };
  assert.equal((await asm(["status", "a"], { open: () => forever })).code, 1);
});

const token = { gateway: { auth: { token: "t" }, port: 18_701 } };

test("save is the gateway's to make", async () => {
  const calls = [];
  const call = async (...args) => (calls.push(args.slice(0, 4)), { text: "saved" });
  const { text, code } = await asm(["save", "agent:main:main"], { config: token, call });
  assert.deepEqual([text, code], ["saved", 0]);
  assert.deepEqual(calls, [[{ url: "ws://127.0.0.1:18701", auth: { token: "t" } }, "asm.save", { sessionKey: "agent:main:main" }, "0"]]);
  const refused = await asm(["save", "x"], { config: token, call: async () => ({ error: "unknown session" }) });
  assert.deepEqual([refused.errors, refused.code], ["unknown session", 1]);
});

test("save says what is missing", async () => {
  const down = await asm(["save", "x"], { config: token, call: () => Promise.reject(new Error("no connection")) });
  assert.deepEqual([down.errors, down.code], ["NO ANSWER no connection", 1]);
  const none = await asm(["save", "x"]);
  assert.deepEqual([none.errors, none.code], ["NO TOKEN", 1]);
  for (const words of [["save", "x"], ["status", "x"], ["sessions"]]) {
    const remote = await asm(words, { config: { gateway: { mode: "remote" } } });
    assert.deepEqual([remote.errors, remote.code], ["REMOTE", 1]);
  }
  assert.deepEqual(JSON.parse((await asm(["save", "x", "--json"])).text), { error: "NO TOKEN" });
});

const RELOAD = ["openclaw", "plugins", "reload", "p"];
const SET = ["openclaw", "config", "set", "k", "true"];
const sick = {
  ok: false,
  text: "SICK\n- k: (not set)\n+ k: true",
  findings: [
    { code: "skill", level: "problem", text: "skill", fix: { commands: [["mv", "--", "a b", "c"]] } },
    { code: "access", level: "problem", text: "access", fix: { commands: [SET, RELOAD] } },
    { code: "inject", level: "problem", text: "inject", fix: { commands: [["openclaw", "config", "set", "j", "true"], RELOAD] } },
  ],
};
const healthy = { ok: true, text: "HEALTHY", findings: [{ code: "protected", level: "ok", text: "x" }] };

/** A host that keeps what it was asked, and answers the second look with `after`. */
function hostOf(after, fail = () => undefined) {
  const ran = [];
  const run = async (args) => {
    ran.push(args.join(" "));
    const failure = fail(args, ran);
    if (failure) return { code: 1, stdout: "", stderr: failure };
    return { code: 0, stdout: args[0] === "asm" ? `note before\n${JSON.stringify(after)}` : "", stderr: "" };
  };
  return { ran, run };
}

test("doctor judges what was gathered, and its exit code is the verdict", async () => {
  const answers = { doctor: (facts) => (assert.ok(facts.gathered), healthy) };
  const well = await asm(["doctor"], { answers });
  assert.deepEqual([well.text, well.code], ["HEALTHY", 0]);
  const ill = await asm(["doctor", "--json"], { answers: { doctor: sick } });
  assert.equal(ill.code, 1);
  assert.deepEqual(JSON.parse(ill.text), sick);
});

test("--fix asks first; no is no", async () => {
  const { text, errors, code } = await asm(["doctor", "--fix"], { answers: { doctor: sick }, terminal: true, ask: async () => "" });
  assert.match(text, /\+ k: true/);
  assert.match(text, /BY HAND\n {4}\$ mv -- 'a b' c/);
  assert.match(text, /WILL RUN\n {4}\$ openclaw config set k true/);
  assert.deepEqual([errors, code], ["UNCHANGED", 1]);
});

test("--fix without a terminal needs --yes, and --yes alone is wrong usage", async () => {
  const refused = await asm(["doctor", "--fix"], { answers: { doctor: sick } });
  assert.deepEqual([refused.errors, refused.code], ["NO TERMINAL", 1]);
  const alone = await asm(["doctor", "--yes"], { answers: { doctor: sick } });
  assert.deepEqual([alone.errors, alone.code], ["YES ALONE", 2]);
});

test("--fix runs each command once, the reload last, and looks again", async () => {
  const { ran, run } = hostOf(healthy);
  const { text, code } = await asm(["doctor", "--fix"], { answers: { doctor: sick }, terminal: true, ask: async () => "是", run });
  assert.deepEqual(ran, ["config set k true", "config set j true", "plugins reload p", "asm doctor --json"]);
  assert.match(text, /HOLDS\nHEALTHY/);
  assert.equal(code, 0);
});

test("--fix says what does not hold", async () => {
  const after = { ...sick, findings: [sick.findings[1]] };
  const { text, code } = await asm(["doctor", "--fix", "--yes"], { answers: { doctor: sick }, run: hostOf(after).run });
  assert.match(text, /HOLDS NOT access/);
  assert.equal(code, 1);
  // What it never set out to solve does not make it a failure to apply, but is a problem still.
  const rest = { ...sick, findings: [sick.findings[0]] };
  const partly = await asm(["doctor", "--fix", "--yes"], { answers: { doctor: sick }, run: hostOf(rest).run });
  assert.match(partly.text, /HOLDS\n/);
  assert.equal(partly.code, 1);
});

test("a busy gateway is asked again, a failure ends it", async () => {
  const busy = hostOf(healthy, (args, ran) => args[1] === "reload" && ran.length < 5 && "Plugin p still has active retained work; retry");
  const later = await asm(["doctor", "--fix", "--yes"], { answers: { doctor: sick }, run: busy.run });
  assert.equal(later.code, 0);
  assert.equal(busy.ran.filter((line) => line === "plugins reload p").length, 3);
  const refused = hostOf(healthy, (args) => args[0] === "config" && "x\nconfig is read-only");
  const failed = await asm(["doctor", "--fix", "--yes"], { answers: { doctor: sick }, run: refused.run });
  assert.deepEqual([failed.errors, failed.code], ["FAILED openclaw config set k true: config is read-only", 1]);
  assert.deepEqual(refused.ran, ["config set k true"]);
});

test("--fix --json prints one JSON value", async () => {
  const { out, code } = await asm(["doctor", "--fix", "--yes", "--json"], { answers: { doctor: sick }, run: hostOf(healthy).run });
  const result = JSON.parse(out.join("\n"));
  assert.deepEqual(result.after, healthy);
  assert.equal(result.applied.length, 3);
  assert.equal(code, 0);
});

test("nothing to fix runs nothing", async () => {
  const { text, code } = await asm(["doctor", "--fix"], { answers: { doctor: healthy } });
  assert.match(text, /NOTHING/);
  assert.equal(code, 0);
});

test("a command is planned once, as late as it is wanted, and only the host's are run", () => {
  const { host, byHand } = plan(sick.findings);
  assert.deepEqual(host.at(-1), RELOAD);
  assert.equal(host.length, 3);
  assert.deepEqual(byHand, [["mv", "--", "a b", "c"]]);
});

test("wrong usage ends with 2, help with 0 and the exit codes", async () => {
  for (const words of [["doctor", "--fx"], ["nonsense"], ["status", "a", "b", "--x"]]) assert.equal((await asm(words)).code, 2, words.join(" "));
  const help = await asm(["doctor", "--help"]);
  assert.equal(help.code, 0);
  assert.match(help.text, /DOCTOR[\s\S]*EXITS/);
});

test("from outside, the configuration is asked of the host", async () => {
  const ran = [];
  const entry = { enabled: false, config: { language: "zh" } };
  const run = async (args) => {
    ran.push(args.join(" "));
    return args[2] === "plugins" ? { code: 0, stdout: JSON.stringify({ entries: { "auto-session-manager": entry } }), stderr: "" } : { code: 1, stdout: "", stderr: "" };
  };
  let where;
  const said = [];
  const ports = { open: (section) => (assert.deepEqual(section, entry.config), core({ doctor: sick }, [])), gather: async (given) => ((where = given), {}), run, out: (text) => said.push(text), err: assert.fail, now: () => 0 };
  assert.equal(await doctorOutside({}, ports), 1);
  assert.deepEqual(where.config, { plugins: { entries: { "auto-session-manager": entry } } });
  assert.equal(ran.length, 4);
  assert.deepEqual(said, [sick.text]);
});
