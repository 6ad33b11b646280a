// What the watchdog costs while all is well, with its default settings and no scale on its times.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { repository } from "../gateway/host.mjs";
import { binary } from "./watchdog.mjs";
import { pass } from "./wait.mjs";

const TICKS_PER_S = 100;
const WATCHED_MS = 120_000;

/** What is handed out, where it has been built. */
export const shipped = () => [process.env.ASM_SHIPPED, "target/pack/asm-watchdog", "target/watchdog/asm-watchdog", "target/release/asm-watchdog"].map((p) => p && resolve(repository, p)).find((p) => p && existsSync(p)) ?? binary;

/**
 * Runs one with the defaults on a healthy gateway; `sample` is called each second with `{resident_kb, cpu_ms}`, from the
 * start on and with every command that it has run.
 */
export async function watchQuietly(lab, forMs, sample) {
  rmSync(join(lab.stateDir, ".asm_watchdog"), { recursive: true, force: true });
  const words = ["run", "--port", String(lab.port), "--state-dir", lab.stateDir, "--config", lab.configFile];
  const meter = new Meter();
  const child = spawn("/bin/sh", ["-c", meter.begin, shipped(), ...words], { env: { ...lab.env, NODE_OPTIONS: "" }, stdio: "ignore", cwd: lab.home });
  const exited = new Promise((done) => child.once("exit", done));
  try {
    for (const end = performance.now() + forMs; performance.now() < end; ) {
      await pass(1000);
      sample({ resident_kb: residentKb(child.pid), cpu_ms: meter.read(child.pid) });
    }
  } finally {
    child.kill("SIGTERM");
    await exited;
    meter.close();
  }
  return meter.how;
}

const residentKb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

/** Processor time by a control group, which counts every nanosecond of every child; in ticks where there can be none. */
class Meter {
  begin = 'exec "$0" "$@"';
  how = "by ticks of the process and of its children";

  constructor() {
    const older = "/sys/fs/cgroup/cpuacct";
    this.folder = join(existsSync(older) ? older : "/sys/fs/cgroup", `asm-footprint-${process.pid}`);
    this.older = existsSync(older);
    try {
      mkdirSync(this.folder);
      this.begin = `echo $$ >${this.folder}/cgroup.procs && ${this.begin}`;
      this.how = "by a control group";
      this.from = this.#group();
    } catch {
      this.folder = undefined;
    }
  }

  #group() {
    const text = (name) => readFileSync(join(this.folder, name), "utf8");
    return this.older ? Number(text("cpuacct.usage")) / 1e6 : Number(/usage_usec (\d+)/.exec(text("cpu.stat"))[1]) / 1e3;
  }

  read(pid) {
    if (this.folder) return this.#group() - this.from;
    // utime, stime, and the same of children that have ended.
    const words = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ").slice(11, 15);
    return (words.reduce((sum, word) => sum + Number(word), 0) * 1000) / TICKS_PER_S;
  }

  close() {
    if (this.folder) rmdirSync(this.folder);
  }
}

/** Rows of the report. */
export async function footprint(lab) {
  const seen = [];
  const how = await watchQuietly(lab, WATCHED_MS, (u) => seen.push(u));
  const beats = existsSync(join(lab.stateDir, ".asm_heartbeat.json"));
  const most = Math.max(...seen.map((u) => u.resident_kb)) / 1024;
  const cpu = (100 * seen.at(-1).cpu_ms) / WATCHED_MS;
  const size = statSync(shipped()).size / 1e6;
  const row = (id, what, value, unit, goal, holds) => ({ id, what, value: Math.round(value * 10_000) / 10_000, unit, goal, holds, why: beats ? [] : ["the gateway's plugin tells no heartbeat"], peers: {} });
  const gateway = "a healthy gateway with a channel and the plugin's heartbeat";
  return [
    row("resident", `resident memory while it watches ${gateway} for ${WATCHED_MS / 60_000} minutes, at most`, most, "MiB", "< 6", beats && most < 6),
    row("cpu", `processor while it does, of a core, its start and the commands it runs counted, ${how}`, cpu, "%", "< 0.05", beats && cpu < 0.05),
    row("size", "the stripped binary", size, "MB", "< 3", size < 3),
    emptyRoot(),
  ];
}

/** Share of a core from the third second on: over an hour, the start says nothing. */
export function cpuPercent(seen, ms) {
  const [first, last] = [seen[2], seen.at(-1)];
  return (100 * (last.cpu_ms - first.cpu_ms)) / Math.max(1, ms - 3000);
}

/** Whether the static build runs where there is nothing else. */
function emptyRoot() {
  const places = ["target/pack/asm-watchdog", "target/x86_64-unknown-linux-musl/watchdog/asm-watchdog", "target/x86_64-unknown-linux-musl/debug/asm-watchdog"];
  const found = places.map((p) => join(repository, p)).find(existsSync);
  const row = (runs, why) => ({ id: "static", what: "the static build runs in an empty root", value: runs ? "runs" : "does not", unit: "", goal: "runs", holds: runs, why, peers: {} });
  if (!found) return row(false, ["no static build: this machine has not Rust's target for it"]);
  const root = mkdtempSync(join(tmpdir(), "asm-root-"));
  try {
    copyFileSync(found, join(root, "asm-watchdog"));
    chmodSync(join(root, "asm-watchdog"), 0o755);
    const { status, stdout, stderr, error } = spawnSync("chroot", [root, "/asm-watchdog", "check", "--json", "--state-dir", "/state", "--port", "9"], { encoding: "utf8" });
    const runs = [1, 3].includes(status) && JSON.parse(stdout).verdict !== undefined;
    return row(runs, runs ? [] : [String(stderr || error)]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
