// The process and its event loop, on one real gateway: each row leaves it running for the next.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gate } from "../../model/server.mjs";
import { node, repository } from "../../gateway/host.mjs";
import { scaled } from "../times.mjs";
import { Truth, ageMs } from "../truth.mjs";
import { command } from "../watchdog.mjs";
import { check, pass, until } from "../wait.mjs";
import { BOOT_MS, MAIN, replied, restarted, wellAgain } from "./common.mjs";
import { profiles, sharedPort } from "./profiles.mjs";
import { suspended } from "./suspended.mjs";

const real = "real";

/** How long a process that could not hear its owner's stop lived on with it, as it is told. */
function ended(s) {
  const [restart, kill] = ["restart", "kill"].map((name) => s.watchdog.event(name, undefined, s.onset));
  return `ended ${((kill?.t - restart.t) / 1000).toFixed(1)} s after the restart began, where its owner would have waited ${scaled(330) / 1000} s`;
}

const die = async ({ lab }) => {
  await lab.owner.leave();
  await lab.owner.signal("SIGKILL");
};

/** Somebody else's server on the gateway's port. */
function stranger(lab) {
  writeFileSync(join(lab.home, "mode"), "foreign");
  const words = [join(repository, "tests/rehearse/standin.mjs"), String(lab.port), lab.home];
  return spawn(node, words, { env: { ...lab.env, NODE_OPTIONS: "", ASM_STANDIN_TITLE: "stranger-app" }, stdio: "ignore" });
}

async function portTaken(s) {
  const other = stranger(s.lab);
  try {
    await until("the stranger", async () => (await s.lab.probe("x")).status === undefined && (await fetch(s.lab.url).then((r) => r.ok, () => false)));
    await s.watch({ armed: false });
    s.begin();
    const alert = await s.watchdog.wait("alert", (l) => l.code === "port-taken", { timeoutMs: s.limitMs });
    check(/stranger-app/.test(alert.text) || /node/.test(alert.text), `the stranger is not named: ${alert.text}`);
    check(other.exitCode === null && other.signalCode === null, "the stranger was ended");
    return alert.text;
  } finally {
    other.kill("SIGKILL");
  }
}

async function neverHealthy(s) {
  await s.watch({ armed: false, settings: { graceSeconds: 150, timeoutSeconds: 120 } });
  s.begin();
  await restarted(s);
}

/** From the freeze to the first reply of a model through the new gateway; `wakes`: its owner wakes it to stop it. */
const frozen = (figures, wakes) => async (s) => {
  await s.watch();
  let started;
  s.lab.owner.on("started", () => (started = performance.now()));
  await s.lab.owner.wakes(wakes);
  try {
    await freeze(s);
  } finally {
    await s.lab.owner.wakes(true);
  }
  return replied(s, figures, started);
};

async function freeze(s) {
  await s.lab.owner.signal("SIGSTOP");
  s.begin();
  await restarted(s);
}

async function frozenAwhile(s) {
  await s.watch();
  await s.lab.owner.signal("SIGSTOP");
  s.begin();
  await pass(scaled(30));
  await s.lab.owner.signal("SIGCONT");
  await wellAgain(s);
  await pass(scaled(30));
}

/** Looks as often as may be: busy is what two looks see. */
async function blockedAwhile(s) {
  await s.watch({ settings: { intervalSeconds: 5 } });
  s.lab.ill("block", scaled(30));
  s.begin();
  await pass(scaled(30));
  await wellAgain(s);
  await pass(scaled(30));
}

async function blocked(s) {
  await s.watch();
  s.lab.ill("block", 600_000);
  s.begin();
  await restarted(s);
  return ended(s);
}

/** The kernel takes connections for it, and nothing turns in it any more. */
async function standsStill(s) {
  await s.watch();
  s.lab.ill("sleep", 600_000);
  s.begin();
  await restarted(s);
  return ended(s);
}

async function ownerActs(s) {
  await s.watch();
  const { pid } = s.lab.owner;
  s.begin();
  await s.lab.owner.signal("SIGKILL");
  await until("the owner's start", () => s.lab.owner.pid !== pid);
  await wellAgain(s);
}

/** The process is there, and stands still before it has loaded anything. */
async function bootsSlowly(s) {
  const { pid } = s.lab.owner;
  await s.lab.owner.signal("SIGKILL");
  await until("the owner's start", () => s.lab.owner.pid !== pid);
  s.begin();
  return new Truth(s.lab);
}

async function slowBoot(s) {
  await s.watch();
  s.lab.ill("slow-boot", scaled(240));
  const truth = await bootsSlowly(s);
  try {
    await pass(scaled(240));
    s.lab.ill("slow-boot");
    await wellAgain(s);
  } finally {
    truth.stop();
  }
  const started = truth.seen.find(({ says }) => says === "started");
  const before = truth.seen.filter(({ t }) => t < started.t);
  check(started.t - s.onset >= scaled(240), "it had started before its time");
  check(before.every(({ pid }) => pid === s.lab.owner.pid), "it was not one process that started");
  const [born, took] = [ageMs(s.lab.owner.pid), performance.now() - s.onset];
  check(Math.abs(born - took) < 1000, "its process is not as old as its boot");
  return `one process, ${((started.t - s.onset) / 1000).toFixed(1)} s old as it first said "started"; before that ${before.filter(({ says }) => says === "starting").length} times "starting", else no answer`;
}

async function endlessBoot(s) {
  await s.watch({ settings: { graceSeconds: 300 } });
  s.lab.ill("slow-boot", 600_000);
  const truth = await bootsSlowly(s);
  const { pid } = s.lab.owner;
  try {
    await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 20_000 });
  } finally {
    truth.stop();
    s.lab.ill("slow-boot");
  }
  check(truth.seen.every((x) => x.pid === pid && x.says !== "started"), "it did not start all the while");
  await restarted(s);
}

async function nobodyActs(s) {
  await s.watch();
  s.begin();
  await die(s);
  await restarted(s);
}

async function staleLock(s) {
  await s.watch();
  const { pid } = s.lab.owner;
  s.begin();
  await die(s);
  const locks = await s.lab.locks(pid);
  check(locks.length > 0, "the dead gateway left no lock");
  await restarted(s);
  return `left behind by the dead process and taken over: ${locks.join(", ")}`;
}

/** Every answer drips: the heartbeat goes on, a person is told, nothing is done. */
async function drips(s) {
  await s.watch();
  s.lab.ill("drip", 2 * scaled(180) + scaled(80));
  s.begin();
  await pass(2 * scaled(180) + scaled(60));
  await wellAgain(s);
}

/** Half an answer, and then the loop stands still for good: the heartbeat ends, and the process computes nothing. */
async function dripsAndStops(s) {
  await s.watch();
  s.lab.ill("drip", 600_000);
  s.begin();
  await pass(scaled(40));
  s.lab.ill("sleep", 600_000);
  await restarted(s);
  return ended(s);
}

async function deaf(s) {
  await s.watch();
  s.lab.ill("deaf", 1);
  await until("the port closed", async () => (await s.lab.probe("healthz", 300)).status === undefined);
  s.begin();
  await restarted(s);
}

/** A turn that the model holds open, and a stop that waits for it. */
async function drain(s, model) {
  await s.lab.connect();
  const held = gate();
  model.on(/hold this answer/, { text: "Late.", gate: held }, { times: 1 });
  const arrived = model.next(/hold this answer/);
  let answered = false;
  s.lab.client.chatSend("Please hold this answer.", MAIN).then(() => (answered = true), () => {});
  await arrived;
  await s.watch();
  s.begin();
  await s.lab.owner.signal("SIGTERM");
  await until("the drain", async () => (await s.lab.probe("startupz")).body?.status === "draining");
  const { watchdog, onset, lab } = s;
  const truth = new Truth(lab);
  // If no row follows that ends it.
  const { stop } = lab;
  lab.stop = async (how) => {
    truth.stop();
    held.release();
    await watchdog.stop();
    return stop.call(lab, how);
  };
  return { began: performance.now(), onset, watchdog, truth, pid: lab.owner.pid, release: () => held.release(), open: () => !answered };
}

/** A drain that one row leaves to the next, with who watches it. */
let drains;

async function draining(s, model) {
  drains = await drain(s, model);
  await pass(scaled(300));
  const said = drains.truth.said("draining", drains.began, scaled(300));
  check(drains.open() && s.lab.owner.pid === drains.pid, "the turn that it waits for is over");
  // It drains on, for the next row.
  s.watchdogs = [];
  return `${said}; the turn that it waits for is still open`;
}

/** The same drain goes on past the limit that the settings say: the owner tells none. */
async function drainsTooLong(s, model) {
  drains ??= await drain(s, model);
  const { began, onset, watchdog, truth, pid, release, open } = drains;
  drains = undefined;
  s.watchdog = watchdog;
  s.watchdogs.push(watchdog);
  s.begin(onset);
  const limit = scaled(watchdog.settings.drainSeconds);
  try {
    const act = await watchdog.wait("restart", undefined, { from: onset, timeoutMs: s.limitMs + 20_000 });
    const after = act.t - onset;
    check(after >= limit, `restarted ${(after / 1000).toFixed(1)} s after the drain began, before its limit of ${limit / 1000} s`);
    const said = truth.said("draining", began, limit);
    check(open() && s.lab.owner.pid === pid, "it drained no more");
    release();
    await restarted(s);
    return `${said}; restarted after ${(after / 1000).toFixed(1)} s, past the limit of ${limit / 1000} s`;
  } finally {
    release();
    truth.stop();
  }
}

async function exit78(s) {
  await s.watch();
  await until("a copy of the configuration", () => existsSync(join(s.watchdog.folder, "last_good", "openclaw.json")));
  await s.lab.editConfig({ gateway: { mode: "nonsense" } });
  s.begin();
  await s.lab.owner.signal("SIGKILL");
  const gaveUp = await until("the owner gives up", () => s.lab.owner.gaveUp, { timeoutMs: BOOT_MS });
  check(gaveUp.code === 78, `the gateway ended with ${gaveUp.code}, not with 78`);
  s.begin();
  const alert = await s.watchdog.wait("alert", (l) => l.code === "config-refused", { timeoutMs: s.limitMs });
  await pass(scaled(60));
  s.over();
  // What the alert offers puts the gateway right.
  const { code, stdout, stderr } = await command(s.lab, ["restore-config", "--yes"]);
  check(code === 0, `not restored: ${stdout}${stderr}`);
  check(!/nonsense/.test(readFileSync(s.lab.configFile, "utf8")), "the broken file is still in place");
  await s.lab.owner.start();
  await s.lab.ready({ timeoutMs: BOOT_MS });
  return `${alert.text} It was, and the gateway started.`;
}

/** The same, played where there is time for them. */
export function stuckRows({ figures }) {
  const row = (number, run, more = {}) => ({ row: number, by: real, run, ...more });
  return [
    row(1, frozen(figures, true), { case: "its owner wakes it, as systemd does" }),
    row(8, standsStill, { case: "its event loop stands still", kills: true }),
    row(33, suspended),
    row(11, slowBoot),
  ];
}

const beside = "real, beside a stand-in that has a state directory of its own: two real ones would prove no more";

/** In this order; `model` answers the turns, `figures` takes what is measured on the way. */
export function processRows({ model, figures }) {
  const row = (number, run, more = {}) => ({ row: number, by: real, run, ...more });
  return [
    row(23, portTaken),
    row(13, neverHealthy),
    row(44, profiles, { by: beside, case: "the other one dies" }),
    row(44, sharedPort, { by: beside, case: "one port by mistake", demands: ["hung"], must: "restart", verdicts: ["hung"] }),
    row(2, frozenAwhile),
    row(3, blockedAwhile),
    row(5, ownerActs),
    row(6, nobodyActs),
    row(7, deaf),
    row(9, drips, { case: "it makes progress", must: "none", may: ["alert"], demands: ["hung|busy", "healthy"] }),
    row(9, dripsAndStops, { case: "no progress", kills: true }),
    row(24, staleLock),
    row(1, frozen(figures, false), { case: "its owner does not wake it", kills: true }),
    row(4, blocked, { kills: true }),
    row(14, (s) => draining(s, model)),
    row(15, (s) => drainsTooLong(s, model)),
    row(12, endlessBoot),
    row(29, exit78, { stopped: true }),
  ];
}
