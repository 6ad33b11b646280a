// @ts-check
// The sign of life: every 5 s, from the event loop whose silence the watchdog measures.
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { rememberRoot, shared } from "./shared.js";
import { sayOnce } from "./say.js";
import { tell } from "./tell.js";
import { stopWarming, warmUp } from "./warm.js";

/** Period of the heartbeat file. The watchdog reads the same number from the file's age. */
const BEAT_MS = 5_000;

/** Facts by which a process is told from a later one with the same pid; empty where the system does not tell. */
export function identity() {
  const read = (/** @type {string} */ path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  const stat = read("/proc/self/stat");
  // Field 22, counted behind the name, which may hold spaces and parentheses.
  const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]) || 0;
  return { pid: process.pid, startTicks, bootId: read("/proc/sys/kernel/random/boot_id").trim() };
}

/** Registers the service; only the gateway's own registration may hold a timer. */
export function registerHeartbeat(/** @type {any} */ api) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {ReturnType<typeof import("node:perf_hooks").monitorEventLoopDelay> | undefined} */
  let delay;
  api.registerService({
    id: "auto-session-manager",
    start() {
      rememberRoot();
      const who = identity();
      delay = monitorEventLoopDelay({ resolution: 20 });
      delay.enable();
      const beat = () => {
        const loopLagMsMax = Math.round((delay?.max ?? 0) / 1e6);
        delay?.reset();
        try {
          tell({ type: "tick", ...who, loopLagMsMax });
        } catch (error) {
          sayOnce("heartbeat", error);
        }
      };
      beat();
      timer = setInterval(beat, BEAT_MS);
      timer.unref();
      shared().warming = warmUp().catch(() => {});
    },
    async stop() {
      stopWarming();
      clearInterval(timer);
      delay?.disable();
      timer = delay = undefined;
      await shared().files?.flushed();
    },
  });
}
