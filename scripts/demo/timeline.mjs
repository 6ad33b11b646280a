// A timeline on the terminal: every step says what it proved, and the first that does not hold ends the demo.
const began = performance.now();

const seconds = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`;

/**
 * Runs one step; its return value (a line or several) is what it proved.
 * @param {string} title
 * @param {() => Promise<string | string[]>} work
 */
export async function step(title, work) {
  try {
    const proved = [await work()].flat();
    console.log(`${seconds()}  ✓ ${title}`);
    for (const line of proved) console.log(`            ${line}`);
  } catch (error) {
    console.log(`${seconds()}  ✗ ${title}`);
    throw error;
  }
}

/** Throws with `why` unless `holds`. */
export function check(holds, why) {
  if (!holds) throw new Error(why);
}

/** Polls until `look` gives something; for files that another process writes. */
export async function until(what, look, { timeoutMs = 30_000, everyMs = 100 } = {}) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not seen within ${timeoutMs / 1000} s`);
    await new Promise((again) => setTimeout(again, everyMs));
  }
}
