// What has to have been concluded: the column "verdicts" of the table of faults, as a demand and not only as what is
// allowed. Each row's list is to be seen in this order, by the time of the act that the row asks for, or to the end where
// nothing is to be done; `a|b` is one of the two. The last one before an act is what the act rests on: it stands then.
// A row that is not here says "–" or "as seen"; an empty list is a gateway that is healthy throughout.
const DEMANDED = new Map([
  [1, ["hung"]],
  [2, ["busy|hung", "healthy"]],
  [3, ["busy", "healthy"]],
  [4, ["busy", "hung"]],
  [5, ["dead|starting", "healthy"]],
  [6, ["dead"]],
  [7, ["dead"]],
  [8, ["hung"]],
  [9, ["hung|busy"]],
  [10, ["unknown"]],
  [11, ["starting", "healthy"]],
  [12, ["starting", "hung"]],
  [13, ["unknown", "dead"]],
  [14, ["draining"]],
  [15, ["draining", "hung"]],
  [16, ["degraded"]],
  [17, ["degraded"]],
  [18, ["degraded"]],
  [19, []],
  [20, ["degraded"]],
  [21, []],
  [22, ["breaker"]],
  [23, ["dead"]],
  [24, ["dead"]],
  [28, ["flapping"]],
  [29, ["dead"]],
  [30, ["degraded|hung"]],
  [31, []],
  [32, []],
  [33, ["suspended", "healthy"]],
  [34, ["busy", "healthy"]],
  [35, ["dead"]],
  [36, ["network-down", "healthy"]],
  [37, ["proxy-down"]],
  [42, ["draining", "starting", "healthy"]],
  [43, ["starting", "healthy"]],
  [44, []],
  [45, []],
]);

/** A line of the same look may follow the alert that it gave rise to, after the state has been written. */
const SAME_LOOK_MS = 400;

/**
 * What is missing of what had to be concluded.
 * @param {object[]} said the watchdog's lines
 * @param {object} of `{row, demands?, onset, act, end}`: `act`, what was to be done, with its time `t`, if it was done
 * @returns {string[]} complaints
 */
export function unmet(said, { row, demands = DEMANDED.get(row), onset, act, end = Infinity }) {
  if (!demands) return [];
  const all = said.filter((line) => line.event === "verdict");
  const until = act ? act.t + (act.act.startsWith("alert") ? SAME_LOOK_MS : 0) : end;
  // What stood as the fault began counts, too: a verdict is said when it changes.
  const first = Math.max(0, all.findLastIndex((line) => line.t <= onset));
  const seen = all.slice(first).filter((line) => line.t <= until).map(({ verdict }) => verdict);
  let at = 0;
  for (const verdict of seen) if (at < demands.length && demands[at].split("|").includes(verdict)) at += 1;
  if (at < demands.length) return [`never concluded ${demands[at]}, but ${seen.join(", ") || "nothing"}`];
  const last = demands.at(-1) ?? "healthy";
  if (seen.length === 0) return ["nothing was concluded"];
  const stands = last.split("|").includes(seen.at(-1));
  return stands || demands.length && !act ? [] : [`it stands at ${seen.at(-1)}, not at ${last}`];
}
