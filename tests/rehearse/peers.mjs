// What three others would have done with what was to be seen: the same rules as in tests/weeks/src/world/watcher.rs.
//
// | restart-always | `Restart=always` alone (systemd.service(5)): acts when the main process ends, whatever the cause, and
// |                | never else; the host's documented unit adds `RestartPreventExitStatus=78` |
// | curl-cron      | `*/5 * * * * curl -fsS -m 5 …/healthz || openclaw gateway restart`, the home-made script |
// | readyz-loop    | readiness as liveness: a Kubernetes livenessProbe on `/readyz`, failureThreshold 3, each minute |
//
// A rule with a period acts or not by where its clock stands when the fault comes: it is asked at every phase.
import { get } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { scaled } from "./times.mjs";

const EVERY_MS = 1000;

/** Records what anybody could see of a lab. */
export class Recorder {
  seen = [];

  constructor(lab) {
    this.lab = lab;
    this.timer = setInterval(() => this.#look(), EVERY_MS);
  }

  async #look() {
    const sample = { t: performance.now(), there: there(this.lab.owner?.pid) };
    this.seen.push(sample);
    [sample.healthz, sample.readyz] = await Promise.all(["healthz", "readyz"].map((path) => ask(this.lab.port, path)));
  }

  stop() {
    clearInterval(this.timer);
  }
}

function there(pid) {
  if (!pid || !existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The status, or 0 for none within curl's `-m 5`, scaled. */
function ask(port, path) {
  return new Promise((done) => {
    const request = get({ port, host: "127.0.0.1", path: `/${path}`, agent: false, timeout: 5000 }, (response) => {
      response.resume().on("end", () => done(response.statusCode)).on("error", () => done(0));
    });
    const late = setTimeout(() => request.destroy(), scaled(5));
    request.on("error", () => done(0)).on("close", () => (clearTimeout(late), done(0)));
  });
}

/** At which times a rule of a period acts, by phase. */
function phases(seen, periodMs, rule) {
  const all = [];
  for (let phase = 0; phase < periodMs; phase += EVERY_MS) {
    const begin = seen[0].t + phase;
    let next = begin;
    const state = { failed: 0 };
    const acts = [];
    for (const s of seen) {
      if (s.t < next) continue;
      next += periodMs;
      if (rule(s, state)) acts.push(s.t);
    }
    all.push(acts);
  }
  return all;
}

const cron = (s) => s.healthz !== 200;
function readyz(s, state) {
  state.failed = s.readyz === 200 ? 0 : state.failed + 1;
  if (state.failed < 3) return false;
  state.failed = 0;
  return true;
}
function always(s, state) {
  const ended = state.there && !s.there;
  state.there = s.there;
  return ended;
}

/**
 * @param {object[]} seen from before the fault to its end, or to our own act
 * @param {object} row `{must, stopped}`: what is right, and whether the process ended in a way that `Restart=` leaves alone
 */
export function peers(seen, onset, row) {
  const samples = seen.filter((s) => s.healthz !== undefined);
  // What is over between two looks was seen by none of them.
  if (samples.length === 0) samples.push({ t: onset, there: true, healthz: 200, readyz: 200 });
  const due = ["restart", "escalate"].includes(row.must);
  const judged = (all, ended, idle) => {
    const after = all.map((acts) => acts.filter((t) => t >= onset));
    const acting = after.filter((acts) => acts.length > 0);
    const first = acting.length ? Math.min(...acting.map(([t]) => t)) - onset : undefined;
    const restarts = Math.max(0, ...after.map((acts) => acts.length));
    return {
      restarts,
      phases_percent: Math.round((100 * acting.length) / all.length),
      first_s: first === undefined ? null : Math.round(first / 100) / 10,
      wrong: restarts > 0 && !due && !ended,
      missed: due && restarts === 0,
      ...(restarts === 0 ? { why: idle } : {}),
    };
  };
  const ends = row.stopped ? [[]] : phases(samples, EVERY_MS, always);
  return {
    "restart-always": judged(ends, true, row.stopped ? "RestartPreventExitStatus=78" : "the main process did not end"),
    "curl-cron": judged(phases(samples, scaled(300), cron), false, "/healthz said 200 whenever it asked"),
    "readyz-loop": judged(phases(samples, scaled(60), readyz), false, "/readyz did not fail three times in a row"),
  };
}
