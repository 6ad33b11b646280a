// Rows that no real gateway is needed for, or that it cannot show: each with a stand-in of its own, several at a time.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { freePort } from "../../gateway/lab.mjs";
import { command, hire, askOwner } from "../watchdog.mjs";
import { acts } from "../play.mjs";
import { scaled } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";

const cannot = "stand-in: the real gateway does not do this";
const quick = "stand-in: it is about the owner's command, and three boots in a row would trip the host's breaker";

const ill = (mode) => async (s) => {
  await s.watch();
  s.lab.mode(mode);
  s.begin();
  await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
  s.lab.mode("ok");
  await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: 30_000 });
};

async function garbage(s) {
  await s.watch();
  s.lab.mode("garbage");
  s.begin();
  await s.watchdog.wait("alert", (l) => l.code === "stranger", { from: s.onset, timeoutMs: s.limitMs });
  await pass(scaled(60));
}

/** Dead, and a restart command that is no help: three tries, one escalation, one alert. */
const useless = (restart, settings, outcome) => async (s) => {
  await s.watch({ restart, settings });
  s.begin();
  await s.lab.owner.leave();
  await s.lab.owner.signal("SIGKILL");
  await s.watchdog.wait("escalate", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
  await pass(scaled(100));
  const { said } = s.watchdog;
  const all = acts(said, s.onset).map(({ act }) => act);
  const count = (name) => all.filter((act) => act === name).length;
  check(count("restart") === 3 && count("escalate") === 1, `not three tries and one escalation: ${all.join(", ")}`);
  check(count("alert:restart-useless") === 1, "not told once");
  const failed = said.filter((l) => l.event === "restart-failed").map((l) => l.outcome.how);
  check(failed.length === 3 && failed.every((how) => how === outcome), `counted as ${failed.join(", ")}`);
  const starts = said.filter((l) => l.event === "restart").map((l) => ((l.t - s.onset) / 1000).toFixed(0));
  return `restarts after ${starts.join(", ")} s, each counted as ${outcome}`;
};

async function hangs(s) {
  const proved = await useless(["sleep", "987654"], { restartSeconds: 60 }, "command-timed-out")(s);
  const left = readdirSync("/proc").filter((n) => /^\d+$/.test(n) && sleeps(n));
  check(left.length === 0, "a command that hung was left behind");
  return proved;
}

function sleeps(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep\x00987654");
  } catch {
    return false;
  }
}

async function crashLoop(s) {
  await s.watch();
  s.lab.mode(`die ${scaled(20)}`);
  s.begin();
  await s.watchdog.wait("escalate", undefined, { from: s.onset, timeoutMs: s.limitMs });
  check(s.watchdog.event("verdict", (l) => l.verdict === "flapping"), "not called flapping");
  await pass(scaled(200));
  const all = acts(s.watchdog.said, s.onset).map(({ act }) => act);
  check(!all.includes("restart"), "it was restarted");
  check(all.filter((a) => a === "escalate").length === 1, "not escalated once");
  check(all.filter((a) => a.startsWith("alert:restart-useless")).length <= 1, "not told once");
}

async function second(s) {
  await s.watch();
  s.begin();
  const other = hire(s.lab, { keep: true });
  const code = await other.exited;
  check(code === 75, `the second one ended with ${code}: ${other.stderr}`);
  check(s.watchdog.exit === undefined, "the first one is gone");
  return other.stderr.trim();
}

/** Each place at which the watchdog dies, by what it had said or written before. */
const STEPS = [
  ["the restart is announced", (w) => w.event("restart")],
  ["the command runs", (w) => state(w)?.command],
  ["the command has ended", (w) => w.event("command-ended")],
  ["the new boot is awaited", (w) => state(w)?.history.incident?.phase?.phase === "verifying"],
  ["it is verified", (w) => w.event("verified")],
];

function state(w) {
  try {
    return JSON.parse(readFileSync(join(w.folder, "state.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/** A restart that takes a while and leaves a line each time. */
function slowRestart(lab) {
  const log = join(lab.home, "restarts");
  const script = join(lab.home, "restart.sh");
  const ask = askOwner(lab).map((word) => `'${word}'`).join(" ");
  writeFileSync(script, `echo restart >>'${log}'\nsleep 1\nexec ${ask}\n`);
  return { words: ["sh", script], count: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0) };
}

const killedAt = ([name, met]) => async (s) => {
  const restart = slowRestart(s.lab);
  const first = await s.watch({ restart: restart.words });
  s.begin();
  s.lab.mode("silent");
  const cured = first.wait("restart").then(() => s.lab.mode("ok"), () => {});
  await until(name, () => met(first), { timeoutMs: 60_000, everyMs: 5 });
  first.child.kill("SIGKILL");
  await Promise.all([first.exited, cured]);
  const next = await s.watch({ restart: restart.words, keep: true, armed: false });
  await until("the restart is known to have helped", () => {
    const incident = state(next)?.history.incident;
    return incident?.attempts?.length === 1 && incident.attempts[0].outcome.how === "verified";
  }, { timeoutMs: 40_000 });
  await pass(scaled(60));
  check(restart.count() === 1, `${restart.count()} restarts`);
  return `killed when ${name}: one restart, known to the next`;
};

async function corrupt(s) {
  writeFileSync(join(await folder(s.lab), "state.json"), "{ half a sta");
  await s.watch({ keep: true });
  s.begin();
  check(s.watchdog.event("state-set-aside"), "not said");
  check(readdirSync(s.watchdog.folder).some((n) => n.startsWith("state.json.corrupt-")), "not set aside");
  await pass(scaled(40));
}

async function newer(s) {
  const path = join(await folder(s.lab), "state.json");
  writeFileSync(path, JSON.stringify({ version: 99, news: true }));
  await s.watch({ keep: true });
  s.begin();
  check(s.watchdog.event("state-newer"), "not said");
  await pass(scaled(40));
  check(JSON.parse(readFileSync(path, "utf8")).news === true, "a newer state was overwritten");
}

/** The watchdog's folder, made by a watchdog. */
async function folder(lab) {
  const w = hire(lab);
  await w.verdict("healthy");
  await w.stop();
  return w.folder;
}

async function maintenance(s) {
  await s.watch();
  const { code } = await command(s.lab, ["pause", "30"]);
  check(code === 0, "pause was refused");
  s.begin();
  await s.lab.owner.leave();
  await s.lab.owner.signal("SIGKILL");
  await pass(scaled(400));
}

/** A webhook that is down, then breaks connections, then takes what comes. */
async function deafWebhook(s) {
  const [tries, taken] = [[], []];
  let well = false;
  const hook = createServer((request, response) => {
    let text = "";
    tries.push(performance.now());
    if (!well) return tries.length % 2 ? request.socket.destroy() : response.writeHead(503).end();
    request.on("data", (piece) => (text += piece)).on("end", () => (taken.push(JSON.parse(text)), response.end()));
  });
  const port = await freePort();
  const file = s.lab.configFile;
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.plugins.entries["auto-session-manager"].config.notify = { webhook: `http://127.0.0.1:${port}/hook` };
  writeFileSync(file, JSON.stringify(config));
  await s.watch();
  s.lab.mode("garbage");
  s.begin();
  try {
    await s.watchdog.wait("alert", (l) => l.code === "stranger", { timeoutMs: 40_000 });
    await pass(scaled(20));
    await new Promise((done) => hook.listen(port, "127.0.0.1", done));
    await until("tries while it fails", () => tries.length > 2, { timeoutMs: 60_000 });
    well = true;
    await until("the delivery", () => taken.length > 0, { timeoutMs: 90_000 });
    await pass(scaled(300));
    const same = taken.filter((letter) => JSON.stringify(letter).includes("stranger"));
    check(same.length === 1 && new Set(taken.map((l) => JSON.stringify(l))).size === taken.length, `${taken.length} letters were taken, ${same.length} of them this one`);
    const gaps = tries.slice(1).map((t, n) => ((t - tries[n]) / 1000).toFixed(1));
    return `delivered once, after refusals; between the tries ${gaps.join(", ")} s`;
  } finally {
    hook.closeAllConnections();
    hook.close();
  }
}

export function standInRows() {
  const row = (number, run, by = cannot, more = {}) => ({ row: number, by, run, ...more });
  const own = "stand-in: it is about the watchdog itself";
  return [
    row(8, ill("silent"), cannot, { case: "it hears its owner" }),
    row(10, garbage),
    row(25, useless(["sh", "-c", "exit 3"], {}, "command-failed"), quick),
    row(26, hangs, quick),
    row(27, useless(["true"], { verifySeconds: 60 }, "no-new-boot"), quick),
    row(28, crashLoop, quick),
    row(38, deafWebhook, "stand-in: it is about the endpoint", { alone: true, verdicts: ["unknown"] }),
    row(39, second, own, { alone: true }),
    ...STEPS.map((step) => row(40, killedAt(step), own, { case: step[0], alone: true })),
    row(41, corrupt, own, { case: "corrupt", alone: true }),
    row(41, newer, own, { case: "newer", alone: true }),
    row(42, maintenance, "stand-in: nobody answers while it is worked on", { case: "maintenance", verdicts: ["dead"] }),
  ];
}
