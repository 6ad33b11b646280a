// The watchdog is killed at each step of a restart: what the next one knows is what stands on the disk. Whatever the step,
// the gateway is restarted once in all, and the restart is neither repeated nor forgotten.
import { existsSync, readFileSync, readdirSync, watch as watchFolder, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askOwner } from "../watchdog.mjs";
import { scaled } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";

/** How often a moment may be missed that nothing holds open. */
const TRIES = 4;

function state(w) {
  try {
    return JSON.parse(readFileSync(join(w.folder, "state.json"), "utf8"));
  } catch {
    return undefined;
  }
}

const phase = (w) => state(w)?.history.incident?.phase?.phase;
const attempts = (w) => state(w)?.history.incident?.attempts ?? [];

/** Whether the evidence of the act is on the disk. */
function recorded(w) {
  const folder = join(w.folder, "incidents");
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, "index.json")));
}

/**
 * Each step: when it is met, and what must still be so once the watchdog is dead. `quick`, it is over as soon as it began;
 * `later`, the command says that it is done before it is; `answers`, the new boot is asked all the while.
 */
const STEPS = [
  { name: "before the evidence", met: (w) => phase(w) === "commanding" && !recorded(w), still: (w) => !recorded(w) && !w.event("restart"), quick: true },
  { name: "amid the evidence", met: (w) => recorded(w), still: (w) => recorded(w) && !w.event("restart") },
  { name: "after the evidence, the restart announced", met: (w) => w.event("restart"), still: (w) => recorded(w) },
  { name: "the command running", met: (w) => state(w)?.command && phase(w) === "commanding", still: (w, s) => phase(w) === "commanding" && !s.next },
  { name: "after the command, before the new boot", met: (w) => phase(w) === "verifying", still: (w, s) => phase(w) === "verifying" && !s.next, later: true },
  { name: "the new boot there, not yet verified", met: (w, s) => s.answers, still: (w) => attempts(w).at(-1)?.outcome.how === "running", answers: true },
  { name: "verified", met: (w) => w.event("verified"), still: (w) => attempts(w).at(-1)?.outcome.how === "verified" },
];

/** A restart that takes a while and leaves a line each time; `later`, it says that it is done before it is. */
function slowRestart(lab, later) {
  const log = join(lab.home, "restarts");
  const script = join(lab.home, "restart.sh");
  const ask = askOwner(lab).map((word) => `'${word}'`).join(" ");
  const act = later ? `(sleep 3; exec ${ask}) >/dev/null 2>&1 &\n` : `sleep 1\nexec ${ask}\n`;
  writeFileSync(script, `echo restart >>'${log}'\n${act}`);
  return { words: ["sh", script], count: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0) };
}

/** Kills the watchdog as soon as the step is met. */
async function killAt(step, w, s) {
  if (!step.quick) await until(step.name, () => step.met(w, s), { timeoutMs: 60_000, everyMs: 2 });
  else await new Promise((done) => {
    // What it writes wakes us at once: the moment is short.
    const watcher = watchFolder(w.folder, () => {
      if (step.met(w, s)) watcher.close(), w.child.kill("SIGKILL"), done();
    });
    w.exited.then(done);
    pass(60_000).then(() => (watcher.close(), done()));
  });
  w.child.kill("SIGKILL");
  // With all that it still said.
  await w.closed;
}

/** The next one, and what it makes of it. */
async function takenUp(s, restart, next) {
  const w = await s.watch({ restart: restart.words, keep: true, armed: false, settings: { verifySeconds: 120 } });
  await until("the restart is known to have helped", () => attempts(w).at(-1)?.outcome.how === "verified" && next.pid, { timeoutMs: 90_000 });
  await pass(scaled(180 + 40));
  check(restart.count() === 1, `${restart.count()} restarts`);
  check(next.count === 1, `${next.count} new gateways`);
  check(attempts(w).filter(({ outcome }) => outcome.how === "running").length === 0, "an attempt was left open");
  check((await fetch(`http://127.0.0.1:${s.lab.port}/healthz`)).status === 200, "the gateway does not answer");
  return attempts(w).map(({ outcome }) => outcome.how).join(", ");
}

async function once(step, s) {
  const { lab } = s;
  const restart = slowRestart(lab, step.later);
  const first = await s.watch({ restart: restart.words, settings: { verifySeconds: 120 } });
  const next = { count: 0 };
  const seen = { get next() { return next.count > 0; }, answers: false };
  const started = ({ pid }) => {
    Object.assign(next, { pid, count: next.count + 1 });
    lab.mode("ok");
  };
  lab.owner.on("started", started);
  s.begin();
  lab.mode("silent");
  const asking = step.answers && setInterval(async () => (seen.answers ||= next.count > 0 && (await fetch(`http://127.0.0.1:${lab.port}/healthz`).then((r) => r.ok, () => false))), 10);
  try {
    await killAt(step, first, seen);
    if (!step.still(first, seen)) return undefined;
    const ran = restart.count();
    const outcomes = await takenUp(s, restart, next);
    return `killed ${step.name}: the command had run ${ran} times by then, once in all; the attempts ended as ${outcomes}`;
  } finally {
    clearInterval(asking);
    lab.owner.off("started", started);
  }
}

const killedAt = (step) => async (s) => {
  for (let n = 0; n < TRIES; n += 1) {
    const proved = await once(step, s);
    if (proved) return proved;
    s.note(`the moment was missed: ${step.name}`);
    await s.lab.owner.restart();
    s.lab.mode("ok");
  }
  throw new Error(`${step.name}: not met in ${TRIES} tries`);
};

export function killedRows() {
  const by = "stand-in: it is about the watchdog itself";
  // The next one may come while the owner says that it stops the gateway; before its first answer it knows nothing.
  return STEPS.map((step) => ({ row: 40, by, run: killedAt(step), case: step.name, due: true, verdicts: ["unknown", "draining"] }));
}
