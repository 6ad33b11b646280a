// What the gateway itself says while a fault lasts, so that a row proves its fault before it judges who watches it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { check } from "./wait.mjs";

const EVERY_MS = 500;
const TICKS_PER_S = 100;

/** Asks `/startupz` twice a second, or as often as it is told, until it is stopped: `{t, pid, says}`, `says` without an answer is undefined. */
export class Truth {
  seen = [];

  constructor(lab, everyMs = EVERY_MS) {
    this.lab = lab;
    this.timer = setInterval(() => this.#ask(), everyMs);
  }

  async #ask() {
    const sample = { t: performance.now(), pid: this.lab.owner?.pid };
    const { body } = await this.lab.probe("startupz");
    this.seen.push({ ...sample, says: body?.status });
  }

  stop() {
    clearInterval(this.timer);
    return this;
  }

  /** It said this and nothing else from `from` on, for at least so long; answers that were lost prove nothing. */
  said(word, from, ms) {
    const all = this.seen.filter((s) => s.t >= from && s.says !== undefined);
    const other = all.find((s) => s.says !== word);
    check(!other, `the gateway said ${other?.says} after ${((other?.t - from) / 1000).toFixed(1)} s, not ${word}`);
    const lasted = (all.at(-1)?.t ?? from) - from;
    check(lasted >= ms - 2 * EVERY_MS, `the gateway said ${word} for ${(lasted / 1000).toFixed(1)} s only`);
    return `the gateway said "${word}" ${all.length} times in ${(lasted / 1000).toFixed(1)} s, and nothing else`;
  }
}

/** What the gateway has written of its own boots. */
export function boots(lab, sql) {
  const path = [join(lab.stateDir, "state", "openclaw.sqlite"), join(lab.stateDir, "openclaw.sqlite")].find(existsSync);
  // It writes there itself.
  const db = new DatabaseSync(path, { timeout: 20_000 });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** Which boot it is, by the gateway's own word: one process may hold one after another. */
export function bootOf(lab) {
  const [{ boot_id, pid }] = boots(lab, "SELECT boot_id, pid FROM gateway_boot_lifecycle ORDER BY started_at_ms DESC LIMIT 1");
  check(pid === lab.owner.pid, `the last boot that the gateway wrote down is that of process ${pid}`);
  return { pid, boot: boot_id };
}

/** Milliseconds since a process was started, by the kernel. */
export function ageMs(pid) {
  const ticks = Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[19]);
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000 - (ticks * 1000) / TICKS_PER_S;
}
