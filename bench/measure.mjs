// Taking turns: in every round each runner runs once, so that whatever else the machine does meets all of them alike.

/** @typedef {{name: string, run: () => number | Promise<number>, most?: number}} Runner `run` returns nanoseconds; `most` rounds of a slow one */
/** @typedef {{median: number, low: number, high: number, samples: number}} Spread quartiles */

/** @param {number[]} sorted @param {number} share 0–1 */
export const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];

/** @param {number[]} values */
export const sort = (values) => [...values].sort((a, b) => a - b);

/** @param {number[]} values @returns {Spread} */
export function spread(values) {
  const sorted = sort(values);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), samples: sorted.length };
}

const idle = new Int32Array(new SharedArrayBuffer(4));

/** Nanoseconds this thread has been on a processor: what else the machine does at the time is not in it. */
export function onProcessor() {
  // The system brings a thread's account up to date when the thread gives way, or else only at its next tick, which is up
  // to four milliseconds away. It must really give way: a wait of a microsecond is often over before it begins.
  Atomics.wait(idle, 0, 0, 0.05);
  const { user, system } = /** @type {any} */ (process).threadCpuUsage();
  return (user + system) * 1e3;
}

/** What measuring nothing takes. */
const NOTHING = spread(Array.from({ length: 101 }, () => -onProcessor() + onProcessor())).median;

/** Nanoseconds on the processor that `work` takes. @param {() => unknown} work */
export function nanoseconds(work) {
  const begun = onProcessor();
  work();
  return Math.max(onProcessor() - begun - NOTHING, 1);
}

/** Rubbish of the one before is not swept on the time of the next. */
const sweep = () => /** @type {any} */ (globalThis).gc?.({ type: "minor" });

/** How many times longer one took than the other: the median over the rounds both took part in. @param {number[]} times @param {number[]} ours */
export const ratioOf = (times, ours) => spread(times.map((ns, round) => ns / ours[round])).median;

/**
 * @param {Runner[]} runners
 * @param {number} rounds
 * @param {number} [warm] rounds before, not measured
 * @returns {Promise<Map<string, number[]>>} nanoseconds per round
 */
export async function takeTurns(runners, rounds, warm = 0) {
  /** @type {Map<string, number[]>} */
  const times = new Map(runners.map(({ name }) => [name, []]));
  for (let round = -warm; round < rounds; round += 1) {
    for (const { name, run, most = rounds } of runners) {
      if (round >= most || -round > most) continue;
      sweep();
      const time = await run();
      if (round >= 0) times.get(name)?.push(time);
    }
  }
  return times;
}
