// Memory: a machine that is short of it, and a gateway that the kernel kills for what it took.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scaled, withinMs } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";
import { BOOT_MS } from "./common.mjs";

/** A control group for memory: the newer kind of group, or the older. It goes with us, however we end. */
function memoryGroup(name) {
  const newer = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const root = newer ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
  const folder = join(root, `asm-rehearse-${process.pid}-${name}`);
  mkdirSync(folder);
  const file = (name) => join(folder, name);
  const limit = file(newer ? "memory.max" : "memory.limit_in_bytes");
  const free = newer ? "max" : "-1";
  const inside = () => readFileSync(file("cgroup.procs"), "utf8").split("\n").filter(Boolean);
  const close = () => {
    process.off("exit", close);
    for (let tries = 0; tries < 100 && existsSync(folder); tries += 1) if (!left(folder, inside, root)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  };
  process.once("exit", close);
  return {
    procs: file("cgroup.procs"),
    join: (pid) => (writeFileSync(limit, free), writeFileSync(file("cgroup.procs"), String(pid))),
    squeeze: (bytes) => writeFileSync(limit, String(bytes)),
    kills: () => Number(/oom_kill (\d+)/.exec(readFileSync(file(newer ? "memory.events" : "memory.oom_control"), "utf8"))[1]),
    close,
  };
}

/** Puts what is still in a group where it came from, and removes it; whether that is done. */
function left(folder, inside, root) {
  try {
    for (const pid of inside()) writeFileSync(join(root, "cgroup.procs"), pid);
    rmdirSync(folder);
    return true;
  } catch (error) {
    return error.code === "ENOENT";
  }
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
  const group = memoryGroup("gateway");
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
    s.note(s.inTime("killed again, and told", alert, again, withinMs(35, s.watchdog.settings)));
    await pass(scaled(60));
    check(s.watchdog.said.filter((l) => l.event === "restart" && l.t >= again).length === 0, "it was restarted on repeat");
    const reasons = s.watchdog.said.filter((l) => l.event === "verdict" && l.t >= s.onset).map((l) => `${l.verdict} (${l.reason})`);
    check(reasons.some((r) => r === "dead (out-of-memory)"), `the reason is not told: ${reasons.join(", ")}`);
    return `killed by the kernel twice, restarted once; then: ${alert.text}`;
  } finally {
    await pass(200);
    group.close();
  }
}

/** So many programs read more from the disk than their group may hold, so much each: all they read has to be read again. */
const [READERS, FILE_MB, GROUP_BYTES] = [24, 40, 12e6];
/** From this share of ten seconds on a machine counts as busy. */
const PRESSED_PERCENT = 50;
const FULL = "some avg10=85.00 avg60=60.00 avg300=20.00 total=0\nfull avg10=80.00 avg60=50.00 avg300=15.00 total=0\n";

const pressure = () => Number(/^some avg10=([\d.]+)/.exec(readFileSync("/proc/pressure/memory", "utf8"))[1]);

/** The machine reclaims memory without end, by its own word; undefined where it cannot be made to. */
async function scarce(disk) {
  let group;
  try {
    group = memoryGroup("scarce");
    group.squeeze(GROUP_BYTES);
  } catch {
    group?.close();
    rmSync(disk, { recursive: true, force: true });
    return undefined;
  }
  const read = `echo $$ >${group.procs}; dd if=/dev/zero of=${disk}/$$ bs=1M count=${FILE_MB} 2>/dev/null; while :; do cat ${disk}/$$ >/dev/null; done`;
  const readers = Array.from({ length: READERS }, () => spawn("sh", ["-c", read], { stdio: "ignore", detached: true }));
  const end = () => {
    process.off("exit", end);
    // They are ended once: their numbers may be others' afterwards.
    for (const { pid } of readers.splice(0)) process.kill(-pid, "SIGKILL");
    group.close();
    rmSync(disk, { recursive: true, force: true });
  };
  process.once("exit", end);
  try {
    await until("a machine short of memory", () => pressure() >= PRESSED_PERCENT, { timeoutMs: 60_000, everyMs: 500 });
    return { end };
  } catch {
    end();
    return undefined;
  }
}

/** The machine is short of memory, and the gateway answers nothing for longer than the timeout; then all is well. */
async function swapping(s) {
  const machine = await scarce(mkdtempSync("/var/tmp/asm-scarce-"));
  const folder = join(s.lab.home, "swapping");
  mkdirSync(folder, { recursive: true });
  for (const name of ["cpu", "memory"]) writeFileSync(join(folder, name), FULL);
  try {
    await s.watch(machine ? { pressed: true, armed: false } : { env: { ASM_WATCHDOG_PRESSURE: folder } });
    await s.watchdog.verdict("healthy");
    s.lab.ill("block", scaled(400));
    s.begin();
    await pass(scaled(400));
    const told = machine ? `the kernel told of ${pressure()} % memory pressure` : "no control group could be made short of memory: the pressure is a file in the kernel's place";
    machine?.end();
    await until("healthy again", () => s.watchdog.said.findLast((l) => l.event === "verdict")?.verdict === "healthy", { timeoutMs: 60_000 });
    check(s.watchdog.event("verdict", (l) => l.verdict === "busy", s.onset), "not called busy");
    return told;
  } finally {
    machine?.end();
  }
}

export function memoryRows() {
  return [
    { row: 35, by: "real; that the gateway is kept from answering is done to it", run: swapping, case: "swapping", must: "none", demands: ["busy", "healthy"] },
    { row: 35, by: "real", run: outOfMemory, case: "killed for memory" },
  ];
}
