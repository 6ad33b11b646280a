// What needs the machine for itself: full cores, another guardian. On the real gateway, after all other rows.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { scaled } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";

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

/** A program that restarts gateways runs beside us; the gateway is frozen, and we only watch. */
async function guardian(s) {
  const script = join(s.lab.home, "openclaw-watchdog.sh");
  writeFileSync(script, "sleep 600\n");
  const other = spawn("/bin/sh", [script], { stdio: "ignore", detached: true });
  try {
    await until("its command line", () => readFileSync(`/proc/${other.pid}/cmdline`, "utf8").includes("openclaw-watchdog"));
    s.begin();
    await s.watch({ armed: false });
    const alert = await s.watchdog.wait("alert", (l) => l.code === "guardian", { from: s.onset, timeoutMs: s.limitMs + 5000 });
    await s.watchdog.verdict("healthy");
    await s.lab.owner.signal("SIGSTOP");
    await pass(scaled(300));
    await s.lab.owner.signal("SIGCONT");
    check(s.watchdog.event("verdict", (l) => l.verdict === "hung"), "the freeze was not seen");
    check(other.exitCode === null && other.signalCode === null, "the other one was ended");
    return alert.text;
  } finally {
    process.kill(-other.pid, "SIGKILL");
    await s.lab.owner.signal("SIGCONT");
  }
}

export function aloneRows() {
  const row = (number, run, more = {}) => ({ row: number, by: "real", run, ...more });
  // One probe of a look may come in time and the next one not: then a part is said to fail, until none comes.
  return [row(34, overloaded, { verdicts: ["degraded"] }), row(46, guardian)];
}
