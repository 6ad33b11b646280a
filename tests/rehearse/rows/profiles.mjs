// Two gateways on one host, each with its own watchdog: neither touches the other, even where both name one port.
import { readFileSync, writeFileSync } from "node:fs";
import { standIn } from "../labs.mjs";
import { WAIT_MS, scaled, withinMs } from "../times.mjs";
import { hire } from "../watchdog.mjs";
import { acts } from "../play.mjs";
import { check, pass } from "../wait.mjs";
import { restarted } from "./common.mjs";

/** What a watchdog did that could touch any process. */
const touched = (watchdog, from) => acts(watchdog.said, from).map(({ act }) => act).filter((act) => !act.startsWith("alert"));

/** Another profile's gateway on this machine dies; only its own watchdog does anything. */
export async function profiles(s) {
  const other = await standIn();
  const { pid } = s.lab.owner;
  let theirs;
  try {
    theirs = hire(other);
    await theirs.verdict("healthy");
    await s.watch();
    s.begin();
    await other.owner.leave();
    await other.owner.signal("SIGKILL");
    await theirs.wait("verified", undefined, { timeoutMs: 90_000 });
    await pass(WAIT_MS);
    check(s.lab.owner.pid === pid, "the other gateway was restarted");
    check(touched(theirs, s.onset).join() === "restart", `the other watchdog did ${touched(theirs, s.onset).join(", ")}`);
    return "the other one was restarted once, by its own watchdog";
  } finally {
    await theirs?.stop();
    await other.stop();
  }
}

/**
 * The other profile's configuration names our port, too: its process runs and listens nowhere, and what its watchdog sees
 * there is our gateway. That one freezes. Ours restarts it; theirs does nothing to a process that is not its own.
 */
export async function sharedPort(s) {
  const other = await standIn({ mode: "closed" });
  const { pid } = s.lab.owner;
  let theirs;
  try {
    const config = JSON.parse(readFileSync(other.configFile, "utf8"));
    writeFileSync(other.configFile, JSON.stringify({ ...config, gateway: { port: s.lab.port } }));
    theirs = hire(Object.assign(Object.create(other), { port: s.lab.port }));
    await theirs.verdict("healthy");
    await s.watch();
    s.begin();
    await s.lab.owner.signal("SIGSTOP");
    const limit = withinMs(1, s.watchdog.settings);
    const act = await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: limit + WAIT_MS });
    s.note(s.inTime("ours was restarted", act, s.onset, limit));
    await restarted(s);
    const after = s.lab.owner.pid;
    check(after !== pid, "ours was not restarted");
    await pass(scaled(180 + 40));
    check(s.lab.owner.pid === after && (await s.lab.probe("healthz")).status === 200, "ours was touched once more");
    check(!theirs.said.some((line) => line.event === "kill"), "the other watchdog killed");
    // While ours boots the port is free, and theirs may rightly restart its own, which listens nowhere.
    const did = acts(theirs.said, s.onset).map(({ act }) => act);
    return `the other watchdog, which looked at our port: ${theirs.said.filter((l) => l.event === "verdict").map((l) => l.verdict).join(", ")}; did ${did.join(", ") || "nothing"}`;
  } finally {
    await theirs?.stop();
    await other.stop();
  }
}

/**
 * Two profiles, their units under one systemd, and nobody told the watchdogs whose is whose: each freezes in turn, and is
 * restarted by its own watchdog through its own unit. One that took the wrong unit would restart the one that is well.
 */
export async function owners(s) {
  const other = await standIn({ systemd: true, beside: s.lab, env: { OPENCLAW_PROFILE: "other" } });
  const found = { restart: null };
  let theirs;
  try {
    theirs = hire(other, found);
    await theirs.verdict("healthy");
    await s.watch(found);
    s.boundMs = withinMs(1, s.watchdog.settings);
    const told = [await own(theirs, other, s.watchdog, s.lab, s), await own(s.watchdog, s.lab, theirs, other, s)];
    return told.join("; ");
  } finally {
    await theirs?.stop();
    await other.stop();
  }
}

/** One freezes; its watchdog acts, by systemd, and the other gateway and watchdog have no part in it. */
async function own(watchdog, lab, bystander, well, s) {
  const [ill, untouched] = [lab.owner.pid, well.owner.pid];
  const from = performance.now();
  if (watchdog === s.watchdog) s.begin(from);
  await lab.owner.signal("SIGSTOP");
  const { program } = await watchdog.wait("restart", undefined, { from, timeoutMs: s.limitMs });
  check(program === "systemctl", `the restart was asked of ${program}`);
  await watchdog.wait("verified", undefined, { from, timeoutMs: 30_000 }).catch((error) => {
    throw new Error(`${error.message}; ${watchdog.said.slice(-6).map(({ text }) => text).join(" | ")}`);
  });
  await pass(WAIT_MS);
  check(Number(await lab.owner.show("MainPID")) !== ill, `${lab.owner.unit} runs the frozen process`);
  check(Number(await well.owner.show("MainPID")) === untouched, `${well.owner.unit} was restarted for ${lab.owner.unit}`);
  check(touched(bystander, from).length === 0, `the other watchdog did ${touched(bystander, from).join(", ")}`);
  return `${lab.owner.unit} was restarted by its own watchdog, ${well.owner.unit} was not touched`;
}
