// How long ASM keeps the gateway's thread in its hooks, over a whole session of 200,000 tokens, saves included.
import { ask } from "../ask.mjs";
import { quantile, sort, spread } from "../measure.mjs";
import { progress } from "../places.mjs";
import { row, short } from "../row.mjs";
import { makeTruth } from "../truth.mjs";

const PROCESSES = 5;

/** @param {string} kind @returns {{calls: {hook: string, ms: number, cpu: number}[], said: string[], saved: number}} */
function session(kind) {
  const answer = ask("hooks-session.mjs", [kind]);
  if (!answer) throw new Error("the session did not come to its end");
  if (answer.said.length > 0 || answer.saved === 0) throw new Error(`the plugin said ${answer.said.join("; ")}, ${answer.saved} records`);
  return answer;
}

export async function rows() {
  await makeTruth(["measured"]);
  progress(`hooks: ${PROCESSES} sessions of 200,000 tokens`);
  const runs = Array.from({ length: PROCESSES }, () => session("whole").calls);
  const cold = Array.from({ length: PROCESSES }, () => session("cold").calls);
  const restarts = Array.from({ length: PROCESSES }, () => session("restart").calls);
  const p99Of = (/** @type {typeof runs} */ of) => spread(of.map((calls) => quantile(sort(calls.map(({ ms }) => ms)), 0.99))).median;
  const mostOf = (/** @type {typeof runs} */ of) => Math.max(...of.flat().map(({ ms }) => ms));
  const all = runs.flat();
  const p99 = p99Of(runs);
  const worst = runs.map((calls) => [...calls].sort((a, b) => b.ms - a.ms)[0]);
  const most = Math.max(...all.map(({ ms }) => ms));
  const perHook = [...new Set(all.map(({ hook }) => hook))].map((hook) => {
    const times = sort(all.filter((call) => call.hook === hook).map(({ ms }) => ms));
    return { name: hook, figure: short(quantile(times, 0.99)), unit: "ms, 99th percentile", exact: null, ratio: null, note: `${times.length / PROCESSES} calls a session, median ${short(quantile(times, 0.5))} ms, most ${short(Number(times.at(-1)))} ms` };
  });
  const cpu = runs.map((calls) => sort(calls.map((call) => call.cpu)));
  const processor = `on the processor ${short(spread(cpu.map((times) => quantile(times, 0.99))).median)} and ${short(spread(cpu.map((times) => Number(times.at(-1)))).median)} ms`;
  const note = `${processor}; ${PROCESSES} processes, ${runs[0].length} calls each; behind the warming up that follows a gateway's start`;
  const longest = worst.map(({ hook, ms, cpu: ran }) => `${hook} ${short(ms)} (${short(ran)} on the processor)`).join(", ");
  const coldNote = `${short(mostOf(cold))} ms at most: before the plugin has warmed up, in the seconds behind a gateway's start, because V8 still compiles: not part of the rows above, beyond whose goals it is; shown without a goal`;
  const restartNote = "not part of the rows above: once for each session and start the whole history is read, in one hook, on code that V8 has not optimised; to come under 10 ms it would have to be read in slices behind the hook; shown without a goal";
  const hydrate = spread(restarts.map((calls) => Math.max(...calls.map(({ ms }) => ms)))).median;
  return [
    row({ id: "hooks-p99", what: "time inside hooks on a 200,000-token session, 99th percentile", value: p99, unit: "ms", atMost: 2, peers: perHook, note }),
    row({ id: "hooks-most", what: "time inside hooks on a 200,000-token session, maximum", value: most, unit: "ms", atMost: 10, note: `${note}; the longest of each: ${longest} ms` }),
    row({ id: "hooks-cold", what: "time inside hooks of a session that begins with the plugin, 99th percentile", value: p99Of(cold), unit: "ms", note: coldNote }),
    row({ id: "hooks-restart", what: "the first prompt after a restart, which takes in all 200,000 tokens of history", value: hydrate, unit: "ms", note: restartNote }),
  ];
}
