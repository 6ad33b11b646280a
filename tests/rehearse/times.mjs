// The times of a rehearsal: the watchdog's own settings, and one factor on every duration of it. What a real gateway
// needs for its boot does not scale, so its graces are set as long as a busy machine may take.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../gateway/host.mjs";

/** A tenth: 180 s of silence become 18 s. */
export const SCALE = 0.1;

/** Seconds before the scale, as anybody might set them. */
const USUAL = {
  timeoutSeconds: 180,
  intervalSeconds: 20,
  graceSeconds: 1200,
  drainSeconds: 330,
  restartSeconds: 400,
  verifySeconds: 1200,
  maxRestarts: 3,
};

/** For gateways that start at once: the defaults. */
export const QUICK = { graceSeconds: 300, verifySeconds: 120 };

export const settingsOf = (over = {}) => ({ ...USUAL, ...over });

/** `--timeout-seconds 180 …` */
export function flags(settings) {
  const flag = (key) => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
  return Object.entries(settings).flatMap(([key, value]) => [flag(key), String(value)]);
}

/** Milliseconds that pass on the clock for so many seconds of the settings. */
export const scaled = (seconds) => seconds * 1000 * SCALE;

/** The table of faults by row. */
const table = JSON.parse(readFileSync(join(repository, "tests/data/faults.json"), "utf8"));
export const faults = new Map(table.rows.map((row) => [row.row, row]));

/** What a row's `within` comes to, milliseconds; none without a limit. */
export function withinMs(row, settings) {
  const { within } = faults.get(row);
  const T = scaled(settings.timeoutSeconds);
  const I = scaled(settings.intervalSeconds);
  const command = scaled(settings.restartSeconds);
  const verify = scaled(settings.verifySeconds);
  // What is verified and fails is followed by a whole new silence; the delay passes in it.
  const verified = T + I + 3 * (verify + I + T + I);
  // Delays of 30, 60 and 120 s at most between the attempts, and the host's own window of 300 s that no third fits in.
  const budget = (each) => T + I + 3 * each + scaled(30 + 60 + 120 + 300);
  const limits = {
    "T+I": T + I,
    "T+2I": T + 2 * I,
    "2T+I": 2 * T + I,
    "G+I": scaled(settings.graceSeconds) + I,
    "D+I": scaled(settings.drainSeconds) + I,
    I,
    start: I,
    budget: budget(I),
    deadline: budget(command + I),
    verify: verified,
  };
  return within === null ? undefined : limits[within];
}

/** So long a row goes on waiting beyond its bound, to see by how much it is missed; it is no part of any bound. */
export const WAIT_MS = scaled(10) + 1000;

/** What does not scale counts at its true length: so much of it is no part of a scaled time. */
export const unscaled = (ms) => ms * (1 - SCALE);
