// What the watchdog costs while all is well, with its default settings and no scale on its times.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { repository } from "../gateway/host.mjs";
import { binary } from "./watchdog.mjs";
import { pass } from "./wait.mjs";

const TICKS_PER_S = 100;

/** What is handed out, where it has been built. */
export const shipped = () => [process.env.ASM_SHIPPED, "target/pack/asm-watchdog", "target/watchdog/asm-watchdog", "target/release/asm-watchdog"].map((p) => p && resolve(repository, p)).find((p) => p && existsSync(p)) ?? binary;

/** Runs one with the defaults on a healthy gateway; `sample` is called each second with `{resident_kb, cpu_ms}`. */
export async function watchQuietly(lab, forMs, sample) {
  const state = join(lab.home, "footprint");
  mkdirSync(state, { recursive: true });
  const words = ["run", "--port", String(lab.port), "--state-dir", state, "--config", lab.configFile];
  const child = spawn(shipped(), words, { env: { ...lab.env, NODE_OPTIONS: "" }, stdio: "ignore", cwd: lab.home });
  try {
    for (const end = performance.now() + forMs; performance.now() < end; ) {
      await pass(1000);
      sample(usage(child.pid));
    }
  } finally {
    child.kill("SIGTERM");
  }
}

function usage(pid) {
  const words = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
  // Threads' time in nanoseconds where the kernel tells it; ticks are coarser than what is to be measured.
  const fine = Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  return { resident_kb: resident, ticks_ms: ((Number(words[11]) + Number(words[12])) * 1000) / TICKS_PER_S, main_ms: fine };
}

/** Rows of the report. */
export async function footprint(lab) {
  const seen = [];
  await watchQuietly(lab, 60_000, (u) => seen.push(u));
  const most = Math.max(...seen.map((u) => u.resident_kb)) / 1024;
  const cpu = cpuPercent(seen, 60_000);
  const size = statSync(shipped()).size / 1e6;
  const row = (id, what, value, unit, goal, holds) => ({ id, what, value: Math.round(value * 1000) / 1000, unit, goal, holds, peers: {} });
  return [
    row("resident", "resident memory while it watches a healthy gateway for a minute, at most", most, "MiB", "< 6", most < 6),
    row("cpu", "processor while it does, of a core, its start not counted", cpu, "%", "< 0.05", cpu < 0.05),
    row("size", "the stripped binary", size, "MB", "< 3", size < 3),
    ...emptyRoot(),
  ];
}

/** Share of a core from the third second on: what comes before is the start. */
export function cpuPercent(seen, ms) {
  const [first, last] = [seen[2], seen.at(-1)];
  return (100 * (last.ticks_ms - first.ticks_ms)) / Math.max(1, ms - 3000);
}

/** Whether the static build runs where there is nothing else. */
function emptyRoot() {
  const places = ["target/pack/asm-watchdog", "target/x86_64-unknown-linux-musl/watchdog/asm-watchdog", "target/x86_64-unknown-linux-musl/debug/asm-watchdog"];
  const found = places.map((p) => join(repository, p)).find(existsSync);
  // Not every machine has the target; what was not built is not judged.
  if (!found) return [];
  const root = mkdtempSync(join(tmpdir(), "asm-root-"));
  try {
    copyFileSync(found, join(root, "asm-watchdog"));
    chmodSync(join(root, "asm-watchdog"), 0o755);
    const { status, stdout, stderr, error } = spawnSync("chroot", [root, "/asm-watchdog", "check", "--json", "--state-dir", "/state", "--port", "9"], { encoding: "utf8" });
    const runs = [1, 3].includes(status) && JSON.parse(stdout).verdict !== undefined;
    return [{ id: "static", what: "the static build runs in an empty root", value: runs ? "runs" : "does not", unit: "", goal: "runs", holds: runs, why: runs ? [] : [String(stderr || error)], peers: {} }];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
