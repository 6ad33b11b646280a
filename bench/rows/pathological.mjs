// Megabytes that hurt. Ours in one process: none may trap, each is timed against our English megabyte and against two
// megabytes of itself. The peers count each once, in a process that is ended when it takes too long.
import { fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nanoseconds, spread, takeTurns } from "../measure.mjs";
import { openNative } from "../native.mjs";
import { OURS, PEERS } from "../peers.mjs";
import { OUT, progress, write } from "../places.mjs";
import { row, short } from "../row.mjs";
import { MEGABYTE, corpusText } from "../texts/make.mjs";
import { pathological } from "../texts/pathological.mjs";

/** Rounds of an input that takes long, and of one that does not: there a disturbance weighs more. */
const ROUNDS = { long: 5, short: 19 };
const LONG_NS = 40e6;
const PATIENCE_MS = 4_000;
const ASKED = ["tiktoken-rs (wasm)", "bpe-openai (wasm)", "tiktoken crate (wasm)"];
const LEFT_OUT = "peers in JavaScript and tiktoken's npm package are left out: runs without a break take them from seconds to minutes, or trap";

/** Milliseconds of one megabyte and of two, in turn. @param {(text: string) => number} count @param {string} text @param {string} doubled */
async function timed(count, text, doubled) {
  const runners = [["one", text], ["two", doubled]].map(([name, input]) => ({ name, run: () => nanoseconds(() => count(input)) }));
  const rounds = nanoseconds(() => count(text)) > LONG_NS ? ROUNDS.long : ROUNDS.short;
  const times = await takeTurns(runners, rounds, 1);
  const of = (/** @type {string} */ name) => /** @type {number[]} */ (times.get(name)).map((ns) => ns / 1e6);
  // How the time grows is asked of the faster rounds: what disturbs only adds. Not of the very fastest, because the
  // system now and then books a whole reading on the next one.
  const [one, two] = [spread(of("one")), spread(of("two"))];
  return { ms: one.median, growth: two.low / one.low };
}

/** One peer behind a process that can be ended. @param {string} peer */
function guarded(peer) {
  const script = fileURLToPath(new URL("../guarded.mjs", import.meta.url));
  const begin = () => fork(script, [peer], { stdio: "ignore" });
  let child = begin();
  const restart = () => (child.kill("SIGKILL"), (child = begin()));
  return {
    /** @param {string} path @returns {Promise<{ms?: number, tokens?: number, failed?: string}>} */
    count: (path) => new Promise((done) => {
      const finish = (/** @type {any} */ answer) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (answer.failed) restart();
        done(answer);
      };
      const timer = setTimeout(() => finish({ failed: `> ${PATIENCE_MS} ms` }), PATIENCE_MS);
      child.on("message", finish);
      child.on("exit", () => finish({ failed: "trap" }));
      child.send(path);
    }),
    close: () => child.kill("SIGKILL"),
  };
}

/** Whether an input was counted right, by whoever native answers. @param {ReturnType<typeof openNative>} native @param {string} path @param {number} tokens */
async function right(native, path, tokens) {
  for (const peer of ["tiktoken-rs", "bpe-openai"]) {
    const [expected] = await native.ask({ do: "counts", peer, encoding: "o200k_base", path });
    if (expected !== null) return expected === tokens;
  }
  return false;
}

/** @param {(text: string) => number} count @param {ReturnType<typeof openNative>} native @param {Map<string, ReturnType<typeof guarded>>} peers @param {readonly [string, string, boolean]} input @param {string} doubled */
async function measure(count, native, peers, [name, text, given], doubled) {
  const path = join(OUT, "native", "pathological.json");
  write(path, JSON.stringify([text]));
  try {
    const tokens = count(text);
    const { ms, growth } = await timed(count, text, doubled);
    const others = [];
    for (const [peer, asked] of peers) others.push([peer, await asked.count(path)]);
    return { name, given, ms, growth, right: await right(native, path, tokens), others: Object.fromEntries(others) };
  } catch (error) {
    return { name, given, failed: String(error), ms: NaN, growth: NaN, right: false, others: {} };
  }
}

export async function rows() {
  const load = /** @type {any} */ (PEERS.find(({ name }) => name === OURS)).load;
  const count = await load("o200k_base");
  const native = openNative();
  const english = corpusText("en");
  for (let round = 0; round < 12; round += 1) count(english);
  const { ms: base } = await timed(count, english, english);
  const peers = new Map(ASKED.map((name) => [name, guarded(name)]));
  const made = [];
  const doubles = pathological(2 * MEGABYTE);
  for (const input of pathological(MEGABYTE)) {
    progress(`pathological: ${input[0]}`);
    made.push(await measure(count, native, peers, input, String(doubles.next().value?.[1])));
  }
  for (const peer of peers.values()) peer.close();
  native.close();
  return report(made, base);
}

/** @param {Awaited<ReturnType<typeof measure>>[]} made @param {number} base ms of our English megabyte */
function report(made, base) {
  const failed = made.filter((input) => input.failed).map(({ name }) => name);
  const wrong = made.filter((input) => !input.failed && !input.right).map(({ name }) => name);
  const slowest = [...made].sort((a, b) => b.ms - a.ms)[0];
  const steepest = [...made].sort((a, b) => b.growth - a.growth)[0];
  const traps = made.length === 0 ? 1 : failed.length;
  const figures = made.map(({ name, ms, growth, right, others, given }) => {
    const beside = Object.entries(others).map(([peer, { ms: took, failed: why }]) => `${peer} ${why ?? `${short(took)} ms`}`).join(", ");
    return { name: `${name}${given ? "" : " (ours)"}`, figure: short(ms), unit: "ms", exact: right, ratio: short(ms / base), note: `2 MB: ${short(growth)}×; ${beside}` };
  });
  const names = `${made.filter(({ given }) => given).length} as the prototype had, ${made.filter(({ given }) => !given).length} of our own`;
  const note = `${made.length} inputs: ${names}${failed.length ? `; trapped: ${failed.join(", ")}` : ""}${wrong.length ? `; wrong: ${wrong.join(", ")}` : ""}; ${LEFT_OUT}`;
  return [
    row({ id: "pathological-traps", what: "pathological megabytes that trap or are miscounted", value: traps + wrong.length, unit: "", atMost: 0, peers: figures, prototype: ["no trap", failed.length === 0], note: `${note}. Below: our time, against our English megabyte (${short(base)} ms)` }),
    row({ id: "pathological-worst", what: "the slowest pathological megabyte, against our English megabyte", value: slowest.ms / base, unit: "×", atMost: 30, prototype: ["260 ms", slowest.ms <= 260], note: `${slowest.name}: ${short(slowest.ms)} ms; English ${short(base)} ms` }),
    row({ id: "pathological-growth", what: "two pathological megabytes against one, the steepest", value: steepest.growth, unit: "×", atMost: 2.2, note: steepest.name }),
  ];
}
