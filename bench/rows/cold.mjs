// From import to the first count, each in a fresh process, in turn.
import { ask } from "../ask.mjs";
import { ratioOf, spread } from "../measure.mjs";
import { GPT_TOKENIZER, IN_NODE, OURS, TIKTOKEN_RS } from "../peers.mjs";
import { progress } from "../places.mjs";
import { row, short } from "../row.mjs";
import { exactness } from "./mismatches.mjs";

const ROUNDS = 15;
/** The prototype, split into code and table file. */
const PROTOTYPE_MS = 3.4;

/** Milliseconds of one start. @param {string} peer @returns {number} */
const start = (peer) => ask("cold-start.mjs", [peer], { patienceMs: 60_000 });

export async function rows() {
  const exact = exactness();
  const times = new Map(IN_NODE.map(({ name }) => [name, /** @type {number[]} */ ([])]));
  for (let round = -1; round < ROUNDS; round += 1) {
    if (round % 4 === 0) progress(`cold starts, round ${round + 1} of ${ROUNDS}`);
    for (const { name } of IN_NODE) {
      const ms = start(name);
      // The first round only brings the files into the page cache.
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  const ours = spread(times.get(OURS) ?? []).median;
  const ratioTo = (/** @type {string} */ name) => ratioOf(times.get(name) ?? [], times.get(OURS) ?? []);
  const peers = IN_NODE.filter(({ name }) => name !== OURS).map(({ name, estimate }) => {
    const { median: ms, low, high } = spread(times.get(name) ?? []);
    const range = /** @type {[number, number]} */ ([short(low), short(high)]);
    return { name, figure: short(ms), unit: "ms", spread: range, exact: estimate ? false : exact(name), ratio: short(ratioTo(name)) };
  });
  const [best] = peers.filter((peer) => peer.exact).sort((a, b) => Number(a.figure) - Number(b.figure));
  const { low, high } = spread(times.get(OURS) ?? []);
  const note = `ours ${short(ours)} ms (${short(low)}–${short(high)}), ${ROUNDS} fresh processes each`;
  const prototype = /** @type {[string, boolean]} */ ([`${PROTOTYPE_MS} ms`, ours <= PROTOTYPE_MS]);
  const against = (/** @type {string} */ id, /** @type {string} */ whom, /** @type {number} */ value, /** @type {number} */ atLeast, more = {}) =>
    row({ id: `cold-${id}`, what: `cold start to the first exact count, against ${whom}`, value, unit: "×", atLeast, prototype, note, ...more });
  return [
    against("tiktoken-rs", "tiktoken-rs in wasm", ratioTo(TIKTOKEN_RS), 25, { peers }),
    against("gpt-tokenizer", "gpt-tokenizer", ratioTo(GPT_TOKENIZER), 20),
    against("best", "the best exact peer", best ? ratioTo(best.name) : NaN, 15, { note: `${note}; best exact peer: ${best?.name ?? "unknown"}` }),
  ];
}
