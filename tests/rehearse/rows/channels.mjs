// Channels, network, surroundings, planned work: on one real gateway with a Telegram channel whose Bot API is ours.
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gate } from "../../model/server.mjs";
import { scaled } from "../times.mjs";
import { command } from "../watchdog.mjs";
import { check, pass, until } from "../wait.mjs";

const BOOT_MS = 150_000;
const MAIN = { sessionKey: "agent:main:main" };
const TELEGRAM = { channel: "telegram" };
/** The host's own (`DEFAULT_CHANNEL_CONNECT_GRACE_MS`), and a second. */
const CONNECT_GRACE_MS = 121_000;

/** The account as the gateway tells it. */
async function account(lab) {
  const status = await lab.client.call("channels.status", {});
  return status.channelAccounts?.telegram?.[0] ?? {};
}

export async function channelReady(lab, timeoutMs = 90_000) {
  if (!lab.client || (await lab.client.call("health").catch(() => undefined)) === undefined) await lab.connect();
  await until("the channel", async () => {
    const told = await account(lab);
    return told.lifecycle === "ready" && told.lastTransportActivityAt && (await lab.probe("readyz")).status === 200;
  }, { timeoutMs, everyMs: 300 });
}

/** Everything as it was: the provider well, the channel up. */
async function cured(s, net) {
  net.tell({ bot: { poll: "empty", status: 200 }, proxy: true });
  await asItWas(s.lab, net);
}

/**
 * The channel up again, by the mildest means: by itself, by a start, by a restart of the gateway. The host stumbles over
 * a stop that comes while it is still starting, and then needs minutes.
 */
export async function asItWas(lab, net) {
  net.tell({ bot: { poll: "empty", status: 200 }, proxy: true });
  const { lifecycle } = await account(lab).catch(() => ({}));
  const start = () => lab.client.call("channels.start", TELEGRAM).catch(() => {});
  if (lifecycle === "stopped" || lifecycle === "blocked") await start();
  if (await channelReady(lab, 25_000).then(() => true, () => false)) return;
  await start();
  if (await channelReady(lab, 15_000).then(() => true, () => false)) return;
  await lab.restart();
  await channelReady(lab);
}

/** The watchdog knows that the channel moves. */
async function watch(s, options) {
  await channelReady(s.lab);
  await s.watch(options);
  await until("movement on the channel", () => {
    try {
      const { history } = JSON.parse(readFileSync(join(s.watchdog.folder, "state.json"), "utf8"));
      return Object.values(history.channels)[0]?.moves > 1;
    } catch {
      return false;
    }
  }, { timeoutMs: 30_000 });
}

const neverPolled = async (net) => {
  const ours = (await net.asked()).filter(({ agent }) => agent.startsWith("asm-watchdog")).map(({ method }) => method);
  check(!ours.includes("getUpdates"), "the watchdog took updates");
  return ours.length;
};

/** The channel is made ill, the watchdog stops and starts it, and then the provider is well again. */
const cure = (net, ill, { unready = false } = {}) => async (s) => {
  await watch(s);
  if (unready) {
    // For two minutes behind its start the host takes a channel that does not come up for one that is coming up.
    await until("the channel's own grace to end", async () => Date.now() - (await account(s.lab)).lastStartAt > CONNECT_GRACE_MS, { timeoutMs: 2 * CONNECT_GRACE_MS });
  }
  await net.asked();
  net.tell({ bot: ill });
  s.begin();
  let said;
  try {
    if (unready) {
      said = await until("its 503", async () => {
        const { status, body } = await s.lab.probe("readyz");
        return status === 503 && body.failing?.includes("telegram") && status;
      }, { timeoutMs: 60_000 });
      check(!s.watchdog.event("channel", undefined, s.onset), "the cure came before the 503");
      s.begin();
    }
    await s.watchdog.wait("channel", undefined, { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    said ??= (await s.lab.probe("readyz")).status;
  } finally {
    net.tell({ bot: { poll: "empty", status: 200 } });
  }
  const line = await s.watchdog.wait("channel", (l) => l.level === "info" || /fail/i.test(l.text), { from: s.onset, timeoutMs: 20_000 });
  await cured(s, net);
  await s.watchdog.wait("verdict", (l) => l.verdict === "healthy", { from: s.onset, timeoutMs: 30_000 });
  s.note(`/readyz said ${said ?? "nothing"} while the channel was ill`);
  return `${line.text}; the provider was asked ${await neverPolled(net)} times by the watchdog, never for updates`;
};

async function quiet(s) {
  await watch(s);
  s.begin();
  await pass(scaled(500));
}

const refused = (net, ill) => async (s) => {
  await watch(s);
  net.tell({ bot: ill });
  s.begin();
  try {
    const alert = await s.watchdog.wait("alert", (l) => l.code === "channel-refused", { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    await pass(scaled(40));
    return alert.text;
  } catch (error) {
    s.note(`the gateway tells ${JSON.stringify(await account(s.lab))}`);
    throw error;
  } finally {
    await cured(s, net);
  }
};

const limited = (net) => async (s) => {
  await watch(s);
  net.tell({ bot: { status: 429 } });
  s.begin();
  await pass(scaled(300));
  await cured(s, net);
};

async function stopped(s, net) {
  await watch(s);
  s.begin();
  await s.lab.client.call("channels.stop", TELEGRAM);
  await until("the channel down", async () => (await account(s.lab)).lifecycle === "stopped", { timeoutMs: 20_000 });
  await pass(scaled(300));
  check((await account(s.lab)).lifecycle === "stopped", "the channel was started");
  s.over();
  await cured(s, net);
}

const noNetwork = (net) => async (s) => {
  check(net.apart, "this machine allows no network namespace");
  await watch(s);
  net.cable(false);
  s.begin();
  try {
    await s.watchdog.verdict("network-down", { from: s.onset, timeoutMs: 60_000 });
    await pass(scaled(300));
  } finally {
    net.cable(true);
  }
  await s.watchdog.verdict("healthy", { from: performance.now(), timeoutMs: 60_000 });
  await cured(s, net);
};

const noProxy = (net) => async (s) => {
  await watch(s);
  net.tell({ proxy: false });
  s.begin();
  try {
    const alert = await s.watchdog.wait("alert", (l) => l.code === "proxy-down", { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    await pass(scaled(100));
    return alert.text;
  } finally {
    await cured(s, net);
  }
};

async function brokenFile(s) {
  await watch(s);
  const { configFile } = s.lab;
  const whole = readFileSync(configFile, "utf8");
  const good = () => readdirSync(s.watchdog.folder, { recursive: true }).filter((n) => /openclaw/.test(n));
  check(good().length > 0, "no copy of the last good configuration");
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

async function flood(s) {
  await watch(s);
  s.begin();
  const before = size(s.lab.outputFile);
  s.lab.ill("flood", 200_000);
  await until("the flood", () => size(s.lab.outputFile) - before > 30e6);
  await pass(scaled(100));
  const own = size(s.watchdog.folder) + size(join(s.lab.stateDir, "logs", "asm_watchdog.log"));
  check(own < 5e6, `the watchdog's files take ${own} bytes`);
  return `${((size(s.lab.outputFile) - before) / 1e6).toFixed(0)} MB of log; the watchdog's own files take ${(own / 1e3).toFixed(0)} kB`;
}

async function clocks(s) {
  const hour = 3_600_000;
  const file = join(s.lab.home, "ill", "clock");
  await watch(s, { env: { ASM_WATCHDOG_CLOCK: file } });
  s.begin();
  for (const off of [hour, -hour, 24 * hour, -24 * hour, 0]) {
    s.lab.ill("clock", off);
    await pass(scaled(60));
  }
  s.lab.ill("clock");
  await pass(scaled(40));
}

async function planned(s, model) {
  await watch(s);
  const held = gate();
  model.on(/hold this too/, { text: "Late.", gate: held }, { times: 1 });
  const arrived = model.next(/hold this too/);
  s.lab.client.chatSend("Please hold this too.", MAIN).catch(() => {});
  await arrived;
  const before = (await s.lab.probe("startupz")).body.uptimeMs;
  s.begin();
  const asked = s.lab.owner.restart(60_000);
  await until("the drain", async () => (await s.lab.probe("startupz")).body?.status === "draining", { timeoutMs: 20_000 });
  await pass(scaled(100));
  held.release();
  await asked;
  await s.lab.ready({ timeoutMs: BOOT_MS });
  check((await s.lab.probe("startupz")).body.uptimeMs < before + 60_000, "no new boot");
  await channelReady(s.lab);
  await s.watchdog.verdict("healthy", { from: performance.now() - 2000, timeoutMs: 30_000 }).catch(() => {});
  await pass(scaled(40));
}

async function inProcess(s) {
  await watch(s);
  const { pid } = s.lab.owner;
  s.begin();
  const { code, stdout, stderr } = await command(s.lab, ["request-restart"]);
  check(code === 0, `not granted: ${stdout}${stderr}`);
  await until("the new boot", async () => ((await s.lab.probe("startupz")).body?.uptimeMs ?? Infinity) < performance.now() - s.onset, { timeoutMs: BOOT_MS });
  await s.lab.ready({ timeoutMs: BOOT_MS });
  await channelReady(s.lab);
  await pass(scaled(40));
  check(s.lab.owner.pid === pid, "it is another process");
  return stdout.trim();
}

async function diskFull(s) {
  check(s.lab.tmpfs, "no small file system could be mounted");
  await watch(s);
  const filler = join(s.lab.home, "filler");
  s.begin();
  try {
    fill(filler);
    const alert = await s.watchdog.wait("alert", (l) => l.code === "disk-full", { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    await pass(scaled(60));
    return alert.text;
  } finally {
    rmSync(filler, { force: true });
  }
}

function fill(path) {
  for (const bytes of [4_000_000, 4096]) {
    const chunk = Buffer.alloc(bytes, 1);
    try {
      for (;;) writeFileSync(path, chunk, { flag: "a" });
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
}

function boots(lab, sql) {
  const path = [join(lab.stateDir, "state", "openclaw.sqlite"), join(lab.stateDir, "openclaw.sqlite")].find(existsSync);
  const db = new DatabaseSync(path);
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** What died before counts no more: as if it had been hours ago. */
export function forgive(lab) {
  boots(lab, "UPDATE gateway_boot_lifecycle SET completed_at_ms = started_at_ms, outcome = 'clean_stop' WHERE completed_at_ms IS NULL AND pid <> " + (lab.owner.pid ?? 0) + " RETURNING boot_id");
}

/** Three boots that end badly, and the fourth comes up with its channels held down. */
async function breaker(s) {
  const open = () => boots(s.lab, "SELECT count(*) AS n FROM gateway_boot_lifecycle WHERE completed_at_ms IS NULL")[0].n;
  for (let n = 0; n < 3; n += 1) {
    const [before, { pid }] = [open(), s.lab.owner];
    await s.lab.owner.signal("SIGKILL");
    await until("the next process", () => s.lab.owner.pid !== pid);
    if (n < 2) await until("its boot", () => open() > before, { timeoutMs: BOOT_MS });
  }
  await until("the breaker", async () => (await s.lab.probe("readyz")).body?.suppressed?.length > 0, { timeoutMs: BOOT_MS });
  await s.watch({ armed: false });
  s.begin();
  const alert = await s.watchdog.wait("alert", (l) => l.code === "breaker", { timeoutMs: s.limitMs });
  await pass(scaled(60));
  return alert.text;
}

/** In this order. */
export function channelRows({ model, net }) {
  const row = (number, run, more = {}) => ({ row: number, by: "real", run, ...more });
  return [
    row(19, quiet),
    row(16, cure(net, { status: 400, only: "getUpdates" }, { unready: true })),
    row(17, cure(net, { poll: "hang" })),
    row(18, cure(net, { poll: "reset" })),
    row(21, (s) => stopped(s, net)),
    row(20, refused(net, { status: 401 }), { case: "401" }),
    row(20, refused(net, { status: 409, only: "getUpdates" }), { case: "409" }),
    row(20, limited(net), { case: "429", must: "none" }),
    row(36, noNetwork(net)),
    row(37, noProxy(net)),
    row(31, flood),
    row(32, clocks),
    row(45, brokenFile),
    // The channel comes up after the gateway, and until then the gateway says that it is not ready.
    row(42, (s) => planned(s, model), { case: "planned restart", verdicts: ["degraded"] }),
    row(43, inProcess, { verdicts: ["draining", "degraded"] }),
    row(30, diskFull),
    // Until its first answer nothing is known.
    row(22, breaker, { verdicts: ["unknown"] }),
  ];
}
