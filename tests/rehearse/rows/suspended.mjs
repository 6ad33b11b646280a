// The watchdog is stopped together with everything else, as in a suspend, and wakes.
import { WAIT_MS, scaled, withinMs } from "../times.mjs";
import { check, pass } from "../wait.mjs";
import { BOOT_MS, wellAgain } from "./common.mjs";

export async function suspended(s) {
  await s.watch();
  const pids = [s.watchdog.child.pid, s.lab.owner.pid];
  s.begin();
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  await pass(scaled(600));
  for (const pid of pids.reverse()) process.kill(pid, "SIGCONT");
  const gap = await s.watchdog.verdict("suspended", { from: s.onset });
  await wellAgain(s);
  await pass(scaled(60));
  s.over();
  return `${gap.text}; ${await armedAgain(s)}`;
}

/** What was silent before the gap counts for nothing, and what is silent after it counts as ever. */
async function armedAgain(s) {
  const from = performance.now();
  await s.lab.owner.signal("SIGSTOP");
  const { timeoutSeconds } = s.watchdog.settings;
  const limit = withinMs(1, s.watchdog.settings);
  const act = await s.watchdog.wait("restart", undefined, { from, timeoutMs: limit + WAIT_MS });
  const timely = s.inTime("restarted", act, from, limit);
  const after = act.t - from;
  check(after >= scaled(timeoutSeconds), `restarted ${(after / 1000).toFixed(1)} s after a freeze, before the timeout`);
  await s.watchdog.wait("verified", undefined, { from, timeoutMs: BOOT_MS });
  await s.lab.ready();
  return `then frozen, and ${timely}`;
}
