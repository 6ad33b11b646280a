// Channels, network, disk, the host's breaker: on one real gateway with a Telegram channel whose Bot API is ours.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { scaled } from "../times.mjs";
import { acts } from "../play.mjs";
import { bootOf, boots } from "../truth.mjs";
import { check, pass, until } from "../wait.mjs";
import { BOOT_MS, fill } from "./common.mjs";
import { memoryRows } from "./memory.mjs";
import { noNetwork, noProxy } from "./network.mjs";

const TELEGRAM = { channel: "telegram" };
/** The host's grace of two minutes for a channel that starts, and a little more. */
const GRACE_MS = 130_000;

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
export async function cured(s, net) {
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
export async function watch(s, options) {
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
const cure = (net, ill) => async (s) => {
  await watch(s);
  await net.asked();
  net.tell({ bot: ill });
  s.begin();
  return helped(s, net);
};

async function helped(s, net) {
  let said;
  try {
    await s.watchdog.wait("channel", undefined, { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    said = (await s.lab.probe("readyz")).status;
  } finally {
    net.tell({ bot: { poll: "empty", status: 200 } });
  }
  const line = await s.watchdog.wait("channel", (l) => l.level === "info" || /fail/i.test(l.text), { from: s.onset, timeoutMs: 20_000 });
  await cured(s, net);
  await s.watchdog.wait("verdict", (l) => l.verdict === "healthy", { from: s.onset, timeoutMs: 30_000 });
  s.note(`/readyz said ${said ?? "nothing"} as the channel was stopped and started`);
  return `${line.text}; the provider was asked ${await neverPolled(net)} times by the watchdog, never for updates`;
}

/**
 * The host says 503 of a channel that is not connected two minutes after its start. It is started while its provider
 * resets every connection, and the host's clock is told that the time has passed. At our scale the cure would come long
 * before, so the watchdog comes when the 503 is there.
 */
const unready = (net, ill) => async (s) => {
  await channelReady(s.lab);
  await net.asked();
  net.tell({ bot: ill });
  try {
    for (const verb of ["stop", "start"]) await s.lab.client.call(`channels.${verb}`, TELEGRAM);
    let passed = 0;
    let fault;
    await until("its 503", async () => {
      // It may have been started again meanwhile.
      s.lab.ill("clock", (passed += GRACE_MS));
      fault = performance.now();
      const { status, body } = await s.lab.probe("readyz");
      return status === 503 && body.failing?.includes("telegram");
    }, { everyMs: 2000 });
    const watching = s.watch({ armed: false });
    s.begin(fault);
    await watching;
    return await helped(s, net);
  } catch (error) {
    s.note(`the gateway tells ${JSON.stringify(await account(s.lab))}`);
    throw error;
  } finally {
    s.lab.ill("clock");
    await cured(s, net);
  }
};

/** Nobody writes for a long time, and every poll comes back empty. */
async function quiet(s, net) {
  await watch(s);
  await net.asked();
  const before = await account(s.lab);
  s.begin();
  await pass(scaled(500));
  const after = await account(s.lab);
  const polls = (await net.asked()).filter(({ agent, method }) => method === "getUpdates" && !agent.startsWith("asm-watchdog")).length;
  check(polls > 3, `the gateway polled ${polls} times`);
  const moved = after.lastTransportActivityAt - before.lastTransportActivityAt;
  check(moved > scaled(300), "its transport did not move");
  check(after.lastInboundAt === before.lastInboundAt && after.lastOutboundAt === before.lastOutboundAt, "somebody wrote");
  return `the gateway polled ${polls} times, its transport moved by ${(moved / 1000).toFixed(0)} s, nobody wrote`;
}

/**
 * The poll hangs for good: the channel is stopped and started, twice, and that does not help. What may come then is a
 * restart, asked of the gateway itself (its event loop is well, and nobody told the watchdog how), or a person is told.
 */
async function helpless(s, net) {
  // Two cures fail sooner where each is given less time.
  await watch(s, { restart: null, settings: { verifySeconds: 250 } });
  const before = bootOf(s.lab);
  net.tell({ bot: { poll: "hang" } });
  s.begin();
  try {
    await s.watchdog.wait("channel", undefined, { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    const { status } = await s.lab.probe("readyz");
    check(status === 200, `/readyz said ${status}, which tells more than this row has`);
    const last = await until("a restart, or a word to a person", () => s.watchdog.event("restart", undefined, s.onset) ?? s.watchdog.event("alert", (l) => l.code === "channel-down", s.onset), { timeoutMs: 150_000 });
    const at = (l) => ((l.t - s.onset) / 1000).toFixed(0);
    const cures = s.watchdog.said.filter((l) => l.event === "channel" && l.level === "warn" && l.t >= s.onset && l.t <= last.t);
    check(cures.map(({ attempt }) => attempt).join() === "1,2", `${last.event} after the cures ${cures.map(({ attempt }) => attempt).join()}`);
    const then = last.event === "restart" ? await requested(s, net, before) : `then: ${last.text}`;
    return `/readyz said 200; cures after ${cures.map(at).join(" and ")} s did not help; after ${at(last)} s ${then}`;
  } finally {
    await cured(s, net);
  }
}

/** The gateway restarted itself, in its own process. */
async function requested(s, net, before) {
  const { program } = s.watchdog.event("restart", undefined, s.onset);
  check(/asm-watchdog$/.test(program), `the restart was asked of ${program}`);
  net.tell({ bot: { poll: "empty" } });
  await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: BOOT_MS });
  await channelReady(s.lab);
  const after = bootOf(s.lab);
  check(after.boot !== before.boot, "no new boot");
  return `gateway.restart.request: process ${before.pid} is now ${after.pid}, the boot is another`;
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

/** What died before counts no more: as if it had been hours ago. */
export function forgive(lab) {
  boots(lab, "UPDATE gateway_boot_lifecycle SET completed_at_ms = started_at_ms, outcome = 'clean_stop' WHERE completed_at_ms IS NULL AND pid <> " + (lab.owner.pid ?? 0) + " RETURNING boot_id");
}

/** Three young boots that end badly, and the next one comes up with its channels held down. */
async function breaker(s) {
  const open = () => boots(s.lab, "SELECT count(*) AS n FROM gateway_boot_lifecycle WHERE completed_at_ms IS NULL")[0].n;
  // The host looks back five minutes: a boot from before that does not count.
  const kills = (await s.lab.probe("startupz")).body.uptimeMs < 150_000 ? 3 : 4;
  // It watches all of it: what it makes of the crashes is the owner's to mend, as in row 5.
  await s.watch();
  const first = performance.now();
  for (let n = 0; n < kills; n += 1) {
    const [before, { pid }] = [open(), s.lab.owner];
    await s.lab.owner.signal("SIGKILL");
    await until("the next process", () => s.lab.owner.pid !== pid);
    if (n < kills - 1) await until("its boot", () => open() > before, { timeoutMs: BOOT_MS });
  }
  await until("the breaker", async () => (await s.lab.probe("readyz")).body?.suppressed?.length > 0, { timeoutMs: BOOT_MS });
  s.begin();
  const crashes = s.watchdog.said.filter((l) => l.t >= first && l.t < s.onset);
  const did = acts(crashes, first).map(({ act }) => act);
  check(did.length === 0, `done while its owner restarted it: ${did.join(", ")}`);
  s.note(`called ${crashes.filter((l) => l.event === "verdict").map((l) => l.verdict).join(", ")} while it crashed ${kills} times`);
  const alert = await s.watchdog.wait("alert", (l) => l.code === "breaker", { timeoutMs: s.limitMs });
  await pass(scaled(60));
  return alert.text;
}

/** In this order. */
export function channelRows({ net }) {
  const row = (number, run, more = {}) => ({ row: number, by: "real", run, ...more });
  return [
    row(19, (s) => quiet(s, net)),
    row(16, unready(net, { poll: "reset" })),
    row(17, (s) => helpless(s, net)),
    row(18, cure(net, { poll: "reset" })),
    row(21, (s) => stopped(s, net)),
    row(20, refused(net, { status: 401 }), { case: "401" }),
    row(20, refused(net, { status: 409, only: "getUpdates" }), { case: "409" }),
    row(20, limited(net), { case: "429", must: "none" }),
    row(36, noNetwork(net), { demands: ["network-down"] }),
    row(37, noProxy(net)),
    row(30, diskFull),
    ...memoryRows(),
    // What stood while it crashed may stand until the next look.
    row(22, breaker, { verdicts: ["starting"] }),
  ];
}
