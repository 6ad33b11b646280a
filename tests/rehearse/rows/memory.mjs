// Memory: a machine that swaps, and a gateway that the kernel kills for what it took.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scaled } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";
import { BOOT_MS } from "./common.mjs";

/** A control group that holds the gateway alone: the newer kind of group, or the older. */
function memoryGroup() {
  const newer = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const folder = join(newer ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory", `asm-rehearse-${process.pid}`);
  mkdirSync(folder);
  const file = (name) => join(folder, name);
  const limit = file(newer ? "memory.max" : "memory.limit_in_bytes");
  const free = newer ? "max" : "-1";
  return {
    join: (pid) => (writeFileSync(limit, free), writeFileSync(file("cgroup.procs"), String(pid))),
    squeeze: (bytes) => writeFileSync(limit, String(bytes)),
    kills: () => Number(/oom_kill (\d+)/.exec(readFileSync(file(newer ? "memory.events" : "memory.oom_control"), "utf8"))[1]),
    close: () => rmdirSync(folder),
  };
}

/** The gateway eats beyond its group's limit and is killed by the kernel. */
async function killForMemory(s, group) {
  const before = group.kills();
  const { pid } = s.lab.owner;
  group.join(pid);
  // The watchdog reads the group before the kill is counted in it.
  await pass(scaled(50));
  const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
  await s.lab.owner.leave();
  s.lab.ill("eat", resident);
  group.squeeze(Math.round(resident / 2));
  await until("the kill", () => group.kills() > before, { timeoutMs: 60_000 });
}

async function outOfMemory(s) {
  const group = memoryGroup();
  try {
    await s.watch();
    const onset = killForMemory(s, group).then(() => s.begin());
    s.begin();
    await onset;
    await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: BOOT_MS });
    await s.lab.ready();
    await killForMemory(s, group);
    const again = performance.now();
    const alert = await s.watchdog.wait("alert", (l) => l.code === "out-of-memory", { from: again, timeoutMs: s.limitMs + 20_000 });
    await pass(scaled(60));
    const reasons = s.watchdog.said.filter((l) => l.event === "verdict" && l.t >= s.onset).map((l) => `${l.verdict} (${l.reason})`);
    check(reasons.some((r) => r === "dead (out-of-memory)"), `the reason is not told: ${reasons.join(", ")}`);
    return `killed by the kernel twice, restarted once; then: ${alert.text}`;
  } finally {
    await pass(200);
    group.close();
  }
}

/** The machine swaps, and answers nothing for longer than the timeout; then all is well. */
async function swapping(s) {
  const folder = join(s.lab.home, "swapping");
  mkdirSync(folder, { recursive: true });
  const high = "some avg10=85.00 avg60=60.00 avg300=20.00 total=0\nfull avg10=80.00 avg60=50.00 avg300=15.00 total=0\n";
  for (const name of ["cpu", "memory"]) writeFileSync(join(folder, name), high);
  await s.watch({ env: { ASM_WATCHDOG_PRESSURE: folder } });
  s.lab.ill("block", scaled(400));
  s.begin();
  await pass(scaled(400));
  await until("healthy again", () => s.watchdog.said.findLast((l) => l.event === "verdict")?.verdict === "healthy", { timeoutMs: 60_000 });
  check(s.watchdog.event("verdict", (l) => l.verdict === "busy", s.onset), "not called busy");
}

export function memoryRows() {
  const told = "real; that the machine swaps is told in the kernel's place";
  return [
    { row: 35, by: told, run: swapping, case: "swapping", must: "none", demands: ["busy", "healthy"] },
    { row: 35, by: "real", run: outOfMemory, case: "killed for memory", verdicts: ["starting"] },
  ];
}
