// What needs the machine for itself: full cores, another guardian. On the real gateway, after all other rows.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { acts } from "../play.mjs";
import { WAIT_MS, scaled, withinMs } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";
import { BOOT_MS } from "./common.mjs";

/** So many programs for each core want all of it. */
const SPINNERS = 24;

/**
 * All cores busy, many times over: each program in a session of its own, as the kernel shares a core between sessions
 * first. The gateway gets a part of what is left, and answers late.
 */
async function overloaded(s) {
  await s.watch({ pressed: true });
  const busy = Array.from({ length: cpus().length * SPINNERS }, () => spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore", detached: true }));
  s.begin();
  const took = [];
  const asking = setInterval(async () => {
    const began = performance.now();
    await s.lab.probe("healthz", 20_000);
    took.push(performance.now() - began);
  }, 1000);
  try {
    await pass(scaled(300));
  } finally {
    clearInterval(asking);
    for (const child of busy) child.kill("SIGKILL");
  }
  await until("healthy again", () => (s.watchdog.said.findLast((l) => l.event === "verdict")?.verdict === "healthy"), { timeoutMs: 60_000 });
  const sorted = took.sort((a, b) => a - b).map((ms) => Math.round(ms));
  return `${busy.length} programs on ${cpus().length} cores; /healthz took ${sorted[sorted.length >> 1]} ms in the middle, ${sorted.at(-1)} ms at most`;
}

/** A program that restarts gateways, as its command line says. */
async function otherGuardian(lab) {
  const script = join(lab.home, "openclaw-watchdog.sh");
  writeFileSync(script, "sleep 600\n");
  const other = spawn("/bin/sh", [script], { stdio: "ignore", detached: true });
  const end = () => process.kill(-other.pid, "SIGKILL");
  process.once("exit", end);
  await until("its command line", () => readFileSync(`/proc/${other.pid}/cmdline`, "utf8").includes("openclaw-watchdog"));
  return { runs: () => other.exitCode === null && other.signalCode === null, end: () => (process.off("exit", end), end()) };
}

/** It runs beside us; the gateway is frozen, and we only watch. */
async function guardian(s) {
  const other = await otherGuardian(s.lab);
  try {
    s.begin();
    await s.watch({ armed: false });
    const alert = await s.watchdog.wait("alert", (l) => l.code === "guardian", { from: s.onset, timeoutMs: s.limitMs + 5000 });
    await s.watchdog.verdict("healthy");
    await s.lab.owner.signal("SIGSTOP");
    await pass(scaled(300));
    await s.lab.owner.signal("SIGCONT");
    check(s.watchdog.event("verdict", (l) => l.verdict === "hung"), "the freeze was not seen");
    check(!acted(s.watchdog.said, s.onset), "something was done beside the other one");
    check(other.runs(), "the other one was ended");
    return alert.text;
  } finally {
    other.end();
    await s.lab.owner.signal("SIGCONT");
  }
}

const acted = (said, from) => acts(said, from).some(({ act }) => !act.startsWith("alert"));

/** The same, and somebody has said that we act beside others: the other one is named, and the gateway is restarted. */
async function besideOthers(s) {
  const before = readFileSync(s.lab.configFile, "utf8");
  const other = await otherGuardian(s.lab);
  try {
    await s.lab.editConfig({ plugins: { entries: { "auto-session-manager": { config: { watchdog: { besideOthers: true } } } } } });
    s.begin();
    await s.watch({ armed: false });
    await s.watchdog.wait("alert", (l) => l.code === "guardian", { from: s.onset, timeoutMs: s.limitMs + 5000 });
    await s.watchdog.verdict("healthy");
    const frozen = performance.now();
    await s.lab.owner.signal("SIGSTOP");
    const limit = withinMs(1, s.watchdog.settings);
    const act = await s.watchdog.wait("restart", undefined, { from: frozen, timeoutMs: limit + WAIT_MS });
    const timely = s.inTime("frozen, and restarted", act, frozen, limit);
    await s.watchdog.wait("verified", undefined, { from: frozen, timeoutMs: BOOT_MS });
    check(other.runs(), "the other one was ended");
    return `${timely}, beside the other one`;
  } finally {
    writeFileSync(s.lab.configFile, before, { mode: 0o600 });
    other.end();
    await s.lab.owner.signal("SIGCONT");
  }
}

export function aloneRows() {
  const row = (number, run, more = {}) => ({ row: number, by: "real", run, ...more });
  return [row(34, overloaded), row(46, guardian, { case: "only watched", due: true }), row(46, besideOthers, { case: "beside others", may: ["restart"], due: true })];
}
