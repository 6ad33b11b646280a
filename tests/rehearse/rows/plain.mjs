// Planned work, files and clocks: what needs no channel, on one real gateway.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gate } from "../../model/server.mjs";
import { scaled } from "../times.mjs";
import { Truth, bootOf } from "../truth.mjs";
import { command } from "../watchdog.mjs";
import { check, pass, until } from "../wait.mjs";
import { BOOT_MS, MAIN, wellAgain } from "./common.mjs";

async function brokenFile(s) {
  await s.watch();
  const { configFile } = s.lab;
  const whole = readFileSync(configFile, "utf8");
  const good = () => readdirSync(s.watchdog.folder, { recursive: true }).filter((n) => /openclaw/.test(n));
  await until("a copy of the last good configuration", () => good().length > 0);
  s.begin();
  writeFileSync(configFile, `${whole.slice(0, 200)}\n{{`);
  try {
    await s.watchdog.wait("alert", (l) => l.code === "config-broken", { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    await pass(scaled(60));
    const last = s.watchdog.said.findLast((l) => l.event === "verdict");
    check(last.verdict === "healthy", `the gateway that serves is called ${last.verdict}`);
  } finally {
    writeFileSync(configFile, whole, { mode: 0o600 });
  }
  return `last good copy: ${good().join(", ")}`;
}

const size = (path) => (statSync(path).isDirectory() ? readdirSync(path).reduce((sum, n) => sum + size(join(path, n)), 0) : statSync(path).size);

/** What the evidence promises: a file of it, an incident, and the lines it keeps of the gateway's log. */
const [MOST_FILE, MOST_INCIDENT, MOST_LINES] = [256_000, 3_000_000, 200];

/** Its console and its log are flooded; whoever is asked for a restart does nothing, so that only the evidence is made. */
async function flood(s) {
  await s.watch({ restart: ["true"] });
  s.begin();
  const logs = [s.lab.outputFile, join(s.lab.home, "host.log")];
  const before = logs.map(size);
  const grown = () => logs.map((log, n) => size(log) - before[n]);
  s.lab.ill("flood", 200_000);
  await until("the flood", () => grown().every((bytes) => bytes > 30e6));
  await pass(scaled(100));
  const evidence = await incidentOf(s);
  const own = size(s.watchdog.folder) + size(join(s.lab.stateDir, "logs", "asm_watchdog.log"));
  check(own < 5e6, `the watchdog's files take ${own} bytes`);
  return `${grown().map((bytes) => (bytes / 1e6).toFixed(0)).join(" and ")} MB of log; ${evidence}; the watchdog's own files take ${(own / 1e3).toFixed(0)} kB`;
}

/** An incident right after the flood: it is frozen until the evidence of that is there. */
async function incidentOf(s) {
  s.over();
  try {
    await s.lab.owner.signal("SIGSTOP");
    await s.watchdog.wait("restart", undefined, { from: s.end_t });
  } finally {
    await s.lab.owner.signal("SIGCONT");
  }
  const [folder] = readdirSync(join(s.watchdog.folder, "incidents"));
  const at = join(s.watchdog.folder, "incidents", folder);
  const files = readdirSync(at);
  for (const name of files) check(size(join(at, name)) <= MOST_FILE, `${name} of the evidence takes ${size(join(at, name))} bytes`);
  check(size(at) <= MOST_INCIDENT, `the evidence takes ${size(at)} bytes`);
  const log = files.find((name) => name.endsWith(".gateway.log"));
  check(log, `no gateway's log among the evidence: ${files.join(", ")}`);
  const lines = readFileSync(join(at, log), "utf8").trim().split("\n");
  check(lines.some((line) => line.includes("flood")), "the flood is not in the evidence");
  check(lines.length <= MOST_LINES + 1, `${lines.length} lines of the log are kept`);
  return `of an incident after it ${files.length} files, ${(size(at) / 1e3).toFixed(0)} kB, ${lines.length} lines of the log`;
}

async function clocks(s) {
  const hour = 3_600_000;
  const file = join(s.lab.home, "ill", "clock");
  await s.watch({ env: { ASM_WATCHDOG_CLOCK: file } });
  s.begin();
  for (const off of [hour, -hour, 24 * hour, -24 * hour, 0]) {
    s.lab.ill("clock", off);
    await pass(scaled(60));
  }
  s.lab.ill("clock");
  await pass(scaled(40));
}

/** Its owner restarts it while a turn is under way: it drains as long as that takes, then the next one boots. */
async function planned(s, model) {
  await s.lab.connect();
  const before = bootOf(s.lab);
  const held = gate();
  model.on(/hold this too/, { text: "Late.", gate: held }, { times: 1 });
  const arrived = model.next(/hold this too/);
  s.lab.client.chatSend("Please hold this too.", MAIN).catch(() => {});
  await arrived;
  await s.watch();
  s.begin();
  const asked = s.lab.owner.restart(60_000);
  await until("the drain", async () => (await s.lab.probe("startupz")).body?.status === "draining", { timeoutMs: 20_000 });
  const began = performance.now();
  const truth = new Truth(s.lab);
  try {
    await pass(scaled(100));
  } finally {
    truth.stop();
    held.release();
  }
  await asked;
  const drained = truth.said("draining", began, scaled(100));
  await wellAgain(s);
  await s.lab.connect();
  const after = bootOf(s.lab);
  check(after.pid !== before.pid && after.boot !== before.boot, "no new boot");
  await pass(scaled(40));
  return `${drained}; then another process and another boot of it`;
}

/** The gateway restarts itself as it does in a container: the process stays, the boot is another. */
async function inProcess(s) {
  await s.lab.connect();
  const before = bootOf(s.lab);
  // It takes a few seconds, less than the usual interval may leave between two looks.
  await s.watch({ settings: { intervalSeconds: 5 } });
  s.begin();
  const truth = new Truth(s.lab, 100);
  const { code, stdout, stderr } = await command(s.lab, ["request-restart"]);
  check(code === 0, `not granted: ${stdout}${stderr}`);
  await until("the new boot", async () => ((await s.lab.probe("startupz")).body?.uptimeMs ?? Infinity) < performance.now() - s.onset, { timeoutMs: BOOT_MS });
  await wellAgain(s);
  truth.stop();
  await pass(scaled(40));
  await s.lab.connect();
  const after = bootOf(s.lab);
  check(after.pid === before.pid, "it is another process");
  check(after.boot !== before.boot, "it is the same boot");
  // The host drains before it begins anew, and says so: then, and only then, may the watchdog say it, too.
  const drains = truth.seen.find(({ says }) => says === "draining");
  if (drains) s.told.push("draining");
  const said = drains ? `; the host said "status":"draining" ${((drains.t - s.onset) / 1000).toFixed(1)} s after it was asked` : "";
  return `${stdout.trim()}${said}; process ${after.pid} as before, its boot ${before.boot} is now ${after.boot}`;
}

/** In this order. */
export function plainRows({ model }) {
  const row = (number, run, more = {}) => ({ row: number, by: "real", run, ...more });
  return [
    row(31, flood),
    row(32, clocks),
    row(45, brokenFile),
    row(42, (s) => planned(s, model), { case: "planned restart" }),
    row(43, inProcess),
  ];
}
