// Waiting for conditions; a fixed time passes only where the fault itself is one that lasts.

export const pass = (ms) => new Promise((done) => setTimeout(done, ms));

/** Polls until `look` gives something; fails at once with what `dead` says. */
export async function until(what, look, { timeoutMs = 60_000, everyMs = 50, dead = () => undefined } = {}) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    const why = dead();
    if (why) throw new Error(`${what}: ${why}`);
    if (performance.now() > deadline) throw new Error(`${what}: not seen within ${(timeoutMs / 1000).toFixed(0)} s`);
    await pass(everyMs);
  }
}

/** Throws with `why` unless it holds. */
export function check(holds, why) {
  if (!holds) throw new Error(why);
}
