// What rows of several kinds share.
import { writeFileSync } from "node:fs";
import { messageText } from "../../model/server.mjs";
import { withinMs } from "../times.mjs";
import { check, until } from "../wait.mjs";

/** A boot on a busy machine, at most. */
export const BOOT_MS = 150_000;
export const MAIN = { sessionKey: "agent:main:main" };

/** A restart of ours that is verified, and the gateway behind it. */
export async function restarted(s) {
  await s.watchdog.wait("restart", undefined, { from: s.onset, timeoutMs: s.limitMs + 20_000 });
  await s.watchdog.wait("verified", undefined, { from: s.onset, timeoutMs: BOOT_MS });
  await s.lab.ready();
}

/** The gateway answers again without us, and the watchdog says so. */
export async function wellAgain(s) {
  const from = performance.now();
  await s.lab.ready({ timeoutMs: BOOT_MS });
  await until("healthy again", () => s.watchdog.said.findLast((l) => l.event === "verdict")?.verdict === "healthy", { timeoutMs: 30_000 });
  s.note(`well again ${((performance.now() - from) / 1000).toFixed(1)} s later`);
}

/** The first reply of a model since the fault; `started`, when the new process was. */
export async function replied(s, figures, started) {
  await s.lab.connect();
  const boot = performance.now() - started;
  const reply = messageText((await s.lab.client.chatSend("Are you there?", MAIN)).message);
  check(reply.length > 0, "no reply");
  const took = performance.now() - s.onset;
  const goal = withinMs(1, s.watchdog.settings) + boot + 15_000;
  const figure = { value: took / 1000, goal: goal / 1000, boot: boot / 1000 };
  s.reply = figure;
  // The one that was nearer to its goal.
  const left = (f) => f.goal - f.value;
  if (!figures.reply || left(figure) < left(figures.reply)) figures.reply = figure;
  check(took <= goal, `first verified reply only ${(took / 1000).toFixed(1)} s after the freeze, not ${(goal / 1000).toFixed(1)} s`);
}

/** Until there is no room left. */
export function fill(path) {
  for (const bytes of [4_000_000, 4096]) {
    const chunk = Buffer.alloc(bytes, 1);
    try {
      for (;;) writeFileSync(path, chunk, { flag: "a" });
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
}
