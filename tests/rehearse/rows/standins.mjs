// Rows that no real gateway is needed for, or that it cannot show: each with a stand-in of its own, several at a time.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { freePort } from "../../gateway/lab.mjs";
import { command, hire } from "../watchdog.mjs";
import { acts } from "../play.mjs";
import { scaled, withinMs } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";
import { fill } from "./common.mjs";
import { killedRows } from "./killed.mjs";

const cannot = "stand-in: the real gateway does not do this";
const quick = "stand-in: it is about the owner's command, and three boots in a row would trip the host's breaker";

const ill = (mode) => async (s) => {
  await s.watch();
  s.lab.mode(mode);
  s.begin();
  await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
  s.lab.mode("ok");
  await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: 30_000 });
};

async function garbage(s) {
  await s.watch();
  s.lab.mode("garbage");
  s.begin();
  await s.watchdog.wait("alert", (l) => l.code === "stranger", { from: s.onset, timeoutMs: s.limitMs });
  await pass(scaled(60));
}

/** Dead, and a restart command that is no help: three tries, one escalation, one alert. */
const useless = (restart, settings, outcome) => async (s) => {
  await s.watch({ restart, settings });
  s.begin();
  await s.lab.owner.leave();
  await s.lab.owner.signal("SIGKILL");
  await s.watchdog.wait("escalate", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
  await pass(scaled(100));
  const { said } = s.watchdog;
  const all = acts(said, s.onset).map(({ act }) => act);
  const count = (name) => all.filter((act) => act === name).length;
  check(count("restart") === 3 && count("escalate") === 1, `not three tries and one escalation: ${all.join(", ")}`);
  check(count("alert:restart-useless") === 1, "not told once");
  const failed = said.filter((l) => l.event === "restart-failed");
  const how = failed.map((l) => l.outcome.how);
  check(how.length === 3 && how.every((h) => h === outcome), `counted as ${how.join(", ")}`);
  countedInTime(s, failed, outcome);
  const starts = said.filter((l) => l.event === "restart").map((l) => ((l.t - s.onset) / 1000).toFixed(0));
  return `restarts after ${starts.join(", ")} s, each counted as ${outcome}`;
};

/** Each was counted as failed within its own time: the command's deadline, or what a new boot may take. */
function countedInTime(s, failed, outcome) {
  const { said, settings } = s.watchdog;
  const limits = { "command-timed-out": settings.restartSeconds, "no-new-boot": settings.verifySeconds, "command-failed": 0 };
  const limit = scaled(limits[outcome] + settings.intervalSeconds);
  for (const line of failed) {
    const began = said.findLast((l) => l.event === "restart" && l.t <= line.t).t;
    s.inTime("counted as failed", line, began, limit);
  }
}

async function hangs(s) {
  const proved = await useless(["sleep", "987654"], { restartSeconds: 60 }, "command-timed-out")(s);
  const left = readdirSync("/proc").filter((n) => /^\d+$/.test(n) && sleeps(n));
  check(left.length === 0, "a command that hung was left behind");
  return proved;
}

function sleeps(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep\x00987654");
  } catch {
    return false;
  }
}

async function crashLoop(s) {
  await s.watch();
  s.lab.mode(`die ${scaled(20)}`);
  s.begin();
  await s.watchdog.wait("escalate", undefined, { from: s.onset, timeoutMs: s.limitMs });
  await pass(scaled(200));
  const verdicts = s.watchdog.said.filter((l) => l.event === "verdict" && l.t >= s.onset).map((l) => l.verdict);
  check(verdicts.every((v) => v === "flapping"), `called ${verdicts.join(", ")}, not flapping alone`);
  const all = acts(s.watchdog.said, s.onset).map(({ act }) => act);
  check(!all.includes("restart"), "it was restarted");
  check(all.filter((a) => a === "escalate").length === 1, "not escalated once");
  check(all.filter((a) => a === "alert:restart-useless").length === 1, `not told once: ${all.join(", ")}`);
}

async function second(s) {
  await s.watch();
  s.begin();
  const other = hire(s.lab, { keep: true });
  const code = await other.exited;
  check(code === 75, `the second one ended with ${code}: ${other.stderr}`);
  check(s.watchdog.exit === undefined, "the first one is gone");
  return other.stderr.trim();
}

async function corrupt(s) {
  writeFileSync(join(await folder(s.lab), "state.json"), "{ half a sta");
  await s.watch({ keep: true });
  s.begin();
  check(s.watchdog.event("state-set-aside"), "not said");
  check(readdirSync(s.watchdog.folder).some((n) => n.startsWith("state.json.corrupt-")), "not set aside");
  await pass(scaled(40));
}

/** It is left alone, and what has to be done is done beside it. */
async function newer(s) {
  const path = join(await folder(s.lab), "state.json");
  const theirs = JSON.stringify({ version: 99, news: true });
  writeFileSync(path, theirs);
  await s.watch({ keep: true });
  check(s.watchdog.event("state-newer"), "not said");
  s.begin();
  await s.lab.owner.signal("SIGSTOP");
  const act = await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 40_000 });
  const timely = s.inTime("frozen, and restarted", act, s.onset, withinMs(1, s.watchdog.settings));
  await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: 30_000 });
  await s.watchdog.stop();
  check(readFileSync(path, "utf8") === theirs, "a newer state was touched");
  const beside = readdirSync(s.watchdog.folder).find((n) => /^state\.v\d+\.json$/.test(n));
  check(beside, "no state beside the newer one");
  const { outcome } = JSON.parse(readFileSync(join(s.watchdog.folder, beside), "utf8")).history.incident.attempts[0];
  check(outcome.how === "verified", `noted beside it as ${outcome.how}`);
  return `${timely}, which ${beside} tells; state.json is byte by byte what it was`;
}

/** A boot without end; what the watchdog has learned of boots is put into its state, it takes too many to learn it here. */
async function learned(s) {
  const path = join(await folder(s.lab), "state.json");
  const state = JSON.parse(readFileSync(path, "utf8"));
  const boot = scaled(200);
  state.history.boots_ms = Array(20).fill(boot);
  writeFileSync(path, JSON.stringify(state));
  await s.watch({ keep: true });
  s.boundMs = 2 * boot + scaled(s.watchdog.settings.intervalSeconds);
  s.lab.mode("starting");
  await s.lab.owner.restart();
  s.begin();
  const act = await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
  check(act.t - s.onset >= 2 * boot, `restarted ${((act.t - s.onset) / 1000).toFixed(1)} s after its start, before what was learned`);
  s.lab.mode("ok");
  await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: 30_000 });
  return `learned: boots of ${boot / 1000} s at most, so a grace of ${(2 * boot) / 1000} s where ${scaled(s.watchdog.settings.graceSeconds) / 1000} s are the floor`;
}

/** Hung on a full disk: a person is told of the disk, and the gateway is restarted, noted where there is room. */
async function hungOnFullDisk(s) {
  check(s.lab.tmpfs, "no small file system could be mounted");
  await s.watch();
  const filler = join(s.lab.stateDir, "filler");
  try {
    fill(filler);
    const alert = await s.watchdog.wait("alert", (l) => l.code === "disk-full", { timeoutMs: 30_000 });
    // What its looks cost it cannot write down here: the fault comes amid two of them.
    await pass(scaled(10));
    s.begin();
    await s.lab.owner.signal("SIGSTOP");
    await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
    await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: 30_000 });
    return `told of before it hung: ${alert.text}`;
  } finally {
    rmSync(filler, { force: true });
  }
}

/** The watchdog's folder, made by a watchdog. */
async function folder(lab) {
  const w = hire(lab);
  await w.verdict("healthy");
  await w.stop();
  return w.folder;
}

/** Told of it, it lets an update take longer than any silence may: a drain, nobody there, a boot. */
async function maintenance(s) {
  await s.watch();
  const { code } = await command(s.lab, ["pause", "30"]);
  check(code === 0, "pause was refused");
  s.begin();
  s.lab.mode("draining");
  await s.watchdog.verdict("draining", { from: s.onset });
  await s.lab.owner.stop();
  await pass(scaled(400));
  s.lab.mode("starting");
  await s.lab.owner.start();
  await s.watchdog.verdict("starting", { from: s.onset });
  await pass(scaled(60));
  s.lab.mode("ok");
  await s.watchdog.verdict("healthy", { from: s.onset });
  const { reason } = s.watchdog.event("verdict", (l) => l.verdict === "dead", s.onset) ?? {};
  return `while nothing was there: dead, ${reason}`;
}

/** A webhook that is down, then breaks connections, then takes what comes. */
async function deafWebhook(s) {
  const [tries, taken] = [[], []];
  let well = false;
  const hook = createServer((request, response) => {
    let text = "";
    tries.push(performance.now());
    if (!well) return tries.length % 2 ? request.socket.destroy() : response.writeHead(503).end();
    request.on("data", (piece) => (text += piece)).on("end", () => (taken.push(JSON.parse(text)), response.end()));
  });
  const port = await freePort();
  const file = s.lab.configFile;
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.plugins.entries["auto-session-manager"].config.notify = { webhook: `http://127.0.0.1:${port}/hook` };
  writeFileSync(file, JSON.stringify(config));
  await s.watch();
  s.lab.mode("garbage");
  s.begin();
  try {
    await s.watchdog.wait("alert", (l) => l.code === "stranger", { timeoutMs: 40_000 });
    await pass(scaled(20));
    await new Promise((done) => hook.listen(port, "127.0.0.1", done));
    await until("tries while it fails", () => tries.length > 2, { timeoutMs: 60_000 });
    well = true;
    await until("the delivery", () => taken.length > 0, { timeoutMs: 90_000 });
    await pass(scaled(300));
    const same = taken.filter((letter) => JSON.stringify(letter).includes("stranger"));
    check(same.length === 1 && new Set(taken.map((l) => JSON.stringify(l))).size === taken.length, `${taken.length} letters were taken, ${same.length} of them this one`);
    const gaps = tries.slice(1).map((t, n) => ((t - tries[n]) / 1000).toFixed(1));
    return `delivered once, after refusals; between the tries ${gaps.join(", ")} s`;
  } finally {
    hook.closeAllConnections();
    hook.close();
  }
}

export function standInRows() {
  const row = (number, run, by = cannot, more = {}) => ({ row: number, by, run, ...more });
  const own = "stand-in: it is about the watchdog itself";
  return [
    row(8, ill("silent"), cannot, { case: "it hears its owner" }),
    row(8, ill("silent"), cannot, { case: "its heartbeat goes on", lab: { env: { ASM_STANDIN_BEATS: String(scaled(5)) } } }),
    row(12, learned, "stand-in: the learned boots are put into the watchdog's state", { case: "a learned grace" }),
    row(30, hungOnFullDisk, "stand-in: it is about the watchdog's own state", { case: "hung on a full disk", must: "restart", may: ["alert"], demands: ["hung"], lab: { diskMb: 8 } }),
    row(10, garbage),
    row(25, useless(["sh", "-c", "exit 3"], {}, "command-failed"), quick),
    row(26, hangs, quick),
    row(27, useless(["true"], { verifySeconds: 60 }, "no-new-boot"), quick),
    row(28, crashLoop, quick),
    row(38, deafWebhook, "stand-in: it is about the endpoint", { verdicts: ["unknown"] }),
    row(39, second, own),
    ...killedRows(),
    row(41, corrupt, own, { case: "corrupt" }),
    row(41, newer, own, { case: "newer", may: ["restart"], verdicts: ["hung"], due: true }),
    row(42, maintenance, "stand-in: nobody answers while it is worked on", { case: "maintenance", verdicts: ["dead"] }),
  ];
}
