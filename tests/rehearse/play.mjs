// Plays one row and holds what the watchdog did against the table of faults.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { unmet } from "./demands.mjs";
import { lagMs } from "./lag.mjs";
import { Recorder, peers } from "./peers.mjs";
import { WAIT_MS, faults, scaled, unscaled, withinMs } from "./times.mjs";
import { hire } from "./watchdog.mjs";
import { check } from "./wait.mjs";

/** An alert of this level is only told, it asks nobody to do anything. */
const CALM = "info";

/** What a row is played with. */
class Scene {
  notes = [];
  watchdogs = [];
  /** Verdicts that the gateway itself has been heard to say, beyond those of the table. */
  told = [];

  constructor(lab) {
    this.lab = lab;
    if (lab) this.recorder = new Recorder(lab);
  }

  /** Hires the watchdog that is judged, and waits until it has seen the gateway well (`armed: false`: until it looks). */
  async watch({ armed = true, ...options } = {}) {
    this.watchdog = hire(options.lab ?? this.lab, options);
    this.watchdogs.push(this.watchdog);
    await (armed ? this.watchdog.verdict("healthy") : this.watchdog.wait("started"));
    return this.watchdog;
  }

  /** The fault begins now, or began then. */
  begin(at = performance.now()) {
    this.onset = at;
    return this.onset;
  }

  /** The fault is over: what is concluded and done from now on is about what follows it. */
  over() {
    this.end_t = performance.now();
  }

  /** The time in which our act must be seen, and a little more to see that it is not. */
  get limitMs() {
    return (this.boundMs ?? withinMs(this.row, this.watchdog.settings) ?? 0) + WAIT_MS;
  }

  /** Demands of an act beside the one that the row is judged by that it came in time; says how long it took. */
  inTime(what, line, from, limit) {
    const { took, late, ...parts } = timed(this.watchdog, line, from, limit);
    const text = `${what} after ${seconds(took)} of ${seconds(limit)} s`;
    const [evidence, looks, lag] = [parts.evidence, parts.looks, parts.lag].map(Math.round);
    check(!late, `${text}, which is late: evidence ${evidence} ms, looks ${looks} ms, the machine ${lag} ms`);
    return text;
  }

  note(text) {
    this.notes.push(text);
  }

  async end() {
    this.recorder?.stop();
    for (const w of this.watchdogs) await w.stop();
  }
}

/** The acts among what was said since the fault began. */
export function acts(said, onset) {
  const named = (line) => {
    if (line.t < onset) return undefined;
    if (["restart", "escalate", "channel", "kill"].includes(line.event) && line.level !== "info") return line.error ? undefined : line.event;
    return line.event === "alert" && line.level !== CALM ? `alert:${line.code}` : undefined;
  };
  return said.map((line) => ({ t: line.t, act: named(line) })).filter(({ act }) => act);
}

const kind = (act) => act.split(":")[0];
const seconds = (ms) => (ms / 1000).toFixed(2);

/**
 * How long an act took since the fault. What no scale shortens is measured, and counts at its true length: the evidence
 * that a restart waits for, and the work of the two last looks (when the last one is due is reckoned by the one before; on a full disk, the last two that it could tell of).
 * Beyond that only what this machine's own timers were late by is allowed for.
 */
function timed(watchdog, { t, event }, from, limit) {
  const evidence = event === "restart" ? evidenceMs(watchdog, from, t) : 0;
  const looks = watchdog.looks.filter((l) => l.end <= t).slice(-2).reduce((sum, l) => sum + l.work, 0);
  const lag = lagMs(from, t);
  const took = t - from;
  return { took, evidence, looks, lag, late: took - unscaled(evidence + looks) - lag > limit };
}

/** From the decision to restart to the restart, by what the watchdog wrote down of it; where it could not, by what it said. */
function evidenceMs(watchdog, from, t) {
  const told = watchdog.said.findLast((l) => l.event === "alert" && l.code === "restarted" && l.t >= from && l.t <= t);
  try {
    const { attempts } = JSON.parse(readFileSync(join(watchdog.folder, "last_incident.json"), "utf8"));
    const decided = attempts.map(({ at_ms }) => at_ms - performance.timeOrigin).findLast((at) => at >= from && at <= t);
    return t - (decided ?? told?.t ?? t);
  } catch {
    return t - (told?.t ?? t);
  }
}

/** Judges a row by the table: what was concluded, what was done and when. */
function judge(fault, scene, play) {
  const { said, settings } = scene.watchdog;
  const { end_t: over = Infinity } = scene;
  const all = acts(said, scene.onset).filter(({ t }) => t <= over);
  const must = play.must ?? fault.must;
  const wanted = all.find(({ act }) => kind(act) === must);
  const kills = all.filter(({ act }) => act === "kill");
  const allowed = new Set([must, ...fault.may, ...(play.may ?? []), ...(play.kills ? ["kill"] : [])]);
  const wrong = all.filter(({ act }) => !allowed.has(kind(act))).map(({ act }) => act);
  const restarts = all.filter(({ act }) => act === "restart").length;
  if (must === "restart" && restarts > 1) wrong.push(`restart ×${restarts}`);
  if (kills.length > restarts) wrong.push(`kill ×${kills.length}`);
  const limit = must === "none" ? undefined : (scene.boundMs ?? withinMs(fault.row, settings));
  const first = Math.min(wanted?.t ?? Infinity, scene.end_t ?? Infinity);
  const verdicts = said.filter((l) => l.event === "verdict" && l.t >= scene.onset && l.t <= first).map(({ verdict }) => verdict);
  const allowedToo = [...(play.verdicts ?? []), ...scene.told];
  const strange = verdicts.filter((v) => v !== "healthy" && !fault.verdicts.includes(v) && !allowedToo.includes(v));
  const act = must === "none" ? undefined : wanted;
  const why = unmet(said, { row: fault.row, demands: play.demands, onset: scene.onset, act, end: scene.end_t });
  if (must === "none") why.push(...blind(scene));
  const acting = ["restart", "alert", "channel", "escalate"].includes(must);
  if (acting && !wanted) why.push(`${must} is missing`);
  if (play.kills && kills.length === 0) why.push("what could not hear its owner was left to it");
  const time = wanted && limit !== undefined ? timed(scene.watchdog, { t: wanted.t, event: must }, scene.onset, limit) : undefined;
  if (time?.late) why.push(`${must} came late`);
  if (wrong.length) why.push(`wrong: ${wrong.join(", ")}`);
  for (const verdict of new Set(strange)) why.push(`verdict ${verdict}: ${said.find((l) => l.t >= scene.onset && l.event === "verdict" && l.verdict === verdict).text}`);
  const detect = wanted && (wanted.t - scene.onset) / 1000;
  const parts = time && { evidence_ms: Math.round(time.evidence), looks_ms: Math.round(time.looks), lag_ms: Math.round(time.lag) };
  return { verdicts: dedup(verdicts), acts: all.map(({ act }) => act), wrong, detect_s: detect && Math.round(detect * 100) / 100, bound_s: limit && limit / 1000, ...parts, why };
}

/** Where nothing is to be done, doing nothing proves something only of a watchdog that looks to the end. */
function blind({ watchdog }) {
  if (watchdog.exit !== undefined) return [`the watchdog ended with ${watchdog.exit}`];
  const { timeoutSeconds, intervalSeconds } = watchdog.settings;
  const patience = scaled(intervalSeconds + timeoutSeconds / 4) + WAIT_MS;
  const since = Date.now() - statSync(join(watchdog.folder, "state.json")).mtimeMs;
  return since > patience ? [`the watchdog has not looked for ${(since / 1000).toFixed(1)} s`] : [];
}

const dedup = (list) => list.filter((v, n) => v !== list[n - 1]);

/**
 * Plays a row.
 * @param {object} play
 *   `row` of the table; `case` of it; `by`, "real" or "stand-in: why"; `run(scene)` may return what else it proved, and
 *   throws where that does not hold; `must`, `may` in place of the table's; `verdicts` allowed besides those of the table (what
 *   the gateway itself said while it was played: `scene.told`);
 *   `demands` in place of those in demands.mjs; `kills`, the gateway cannot hear its owner's stop and is ended by us, which
 *   is wrong anywhere else; `stopped`, the process ends in a way that `Restart=` leaves alone; `due`, a restart is right
 *   although the row is about something else
 */
export async function playRow(play, lab) {
  const fault = faults.get(play.row);
  const scene = Object.assign(new Scene(lab), { row: play.row });
  const began = performance.now();
  const result = { row: play.row, fault: fault.fault, by: play.by, case: play.case };
  try {
    const proved = await play.run(scene);
    if (scene.watchdog && scene.onset !== undefined) Object.assign(result, judge(fault, scene, play));
    else result.why = [];
    if (proved) result.proved = proved;
  } catch (error) {
    const seen = scene.watchdog && scene.onset !== undefined ? judge(fault, scene, play) : { why: [] };
    Object.assign(result, seen, { why: [...seen.why, error.message.slice(0, 400)] });
    result.stack = error.stack;
    result.said = scene.watchdog?.said.slice(-12).map(({ t, at, text, ...l }) => l);
  } finally {
    await scene.end();
  }
  if (scene.recorder && scene.onset !== undefined) {
    const restart = acts(scene.watchdog.said, scene.onset).find(({ act }) => act === "restart");
    const until = Math.min(restart?.t ?? Infinity, scene.end_t ?? Infinity);
    const seen = scene.recorder.seen.filter((s) => s.t >= scene.onset - 3000 && s.t <= until);
    result.peers = peers(seen, scene.onset, { must: play.due ? "restart" : (play.must ?? fault.must), stopped: play.stopped });
  }
  result.notes = scene.notes;
  if (scene.reply) result.reply = scene.reply;
  result.took_s = Math.round((performance.now() - began) / 1000);
  result.holds = result.why.length === 0;
  return result;
}
