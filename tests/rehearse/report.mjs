// The report: one line for each row played, one for each row of the table in the file.
import { writeFileSync } from "node:fs";
import { faults } from "./times.mjs";

/** A rehearsal takes no longer. */
const MOST_S = 900;
const words = (list) => (list?.length ? list.join(" → ") : "–");

/** One result in a few lines. */
export function tell(r) {
  const detect = r.detect_s === undefined ? "" : `, seen to after ${r.detect_s} s of ${r.bound_s} s${parts(r)}`;
  const lines = [`${r.holds ? "✓" : "✗"} row ${r.row}${r.case ? ` (${r.case})` : ""}: ${faults.get(r.row).fault} [${r.by}]`];
  lines.push(`verdicts ${words(r.verdicts)}; acts ${r.acts?.join(", ") || "none"}; wrong ${r.wrong?.join(", ") || "none"}${detect}; took ${r.took_s} s`);
  if (r.reply) lines.push(`first verified reply ${r.reply.value.toFixed(1)} s after the fault, at most ${r.reply.goal.toFixed(1)} s`);
  if (r.proved) lines.push(r.proved);
  if (r.peers && Object.keys(r.peers).length) lines.push(Object.entries(r.peers).map(([name, p]) => `${name}: ${peer(p)}`).join("; "));
  lines.push(...r.notes, ...r.why.map((w) => `DOES NOT HOLD: ${w}`));
  return lines.join("\n          ");
}

/** What of that time the evidence and the last two looks' work took, which do not scale, and by how much the machine was late. */
function parts({ evidence_ms, looks_ms, lag_ms }) {
  if (lag_ms === undefined) return "";
  return ` (evidence ${evidence_ms} ms, looks ${looks_ms} ms, the machine late by ${lag_ms} ms)`;
}

function peer(p) {
  if (p.restarts === 0) return `does nothing (${p.why})${p.missed ? ": missed" : ""}`;
  const phases = p.phases_percent < 100 ? ` in ${p.phases_percent} % of its phases` : "";
  return `${p.restarts} restart${p.restarts > 1 ? "s" : ""}${phases}, first after ${p.first_s} s${p.wrong ? ": wrong" : ""}`;
}

/** Writes the report; whether everything that was to be played holds. */
export function write(path, results, figures, wanted) {
  const rows = [];
  for (const { row, fault, must, within } of faults.values()) {
    if (wanted.size && !wanted.has(row)) continue;
    const played = results.filter((r) => r.row === row);
    const holds = played.length > 0 && played.every((r) => r.holds);
    const timed = played.filter((r) => r.detect_s !== undefined);
    rows.push({
      id: `row-${row}`,
      what: fault,
      value: timed.length ? Math.max(...timed.map((r) => r.detect_s)) : null,
      unit: "s",
      goal: timed[0]?.bound_s ?? within,
      holds,
      must,
      why: played.length ? played.flatMap((r) => r.why) : ["not played"],
      cases: played.map(({ stack, said, ...r }) => r),
      peers: played[0]?.peers ?? {},
    });
    // Each case by itself: the row holds when all of them do.
    if (played.length > 1) rows.push(...played.map((r) => ofCase(r, within)));
  }
  rows.push(...measured(figures, wanted.size === 0));
  writeFileSync(path, JSON.stringify({ version: 1, notes: figures.notes ?? [], rows }, null, 1));
  console.log(sum(results));
  const failed = rows.filter((r) => !r.holds);
  for (const r of failed) console.log(`does not hold: ${r.id} ${r.what}: ${(r.why ?? []).join("; ")}`);
  return failed.length === 0;
}

function ofCase({ row, case: name, detect_s, bound_s, holds, why, peers = {} }, within) {
  const words = (name ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const what = `${faults.get(row).fault}: ${name ?? "the row"}`;
  return { id: `row-${row}-${words || "case"}`, case_of: `row-${row}`, what, value: detect_s ?? null, unit: "s", goal: bound_s ?? within, holds, why, peers };
}

/** Over all rows: wrong acts and missed ones, ours and the others'. */
function sum(results) {
  const count = (list) => list.filter(Boolean).length;
  const lines = [`asm-watchdog: ${count(results.map((r) => r.wrong?.length))} rows with a wrong act, ${count(results.map((r) => r.why.some((w) => w.endsWith("is missing"))))} missed`];
  const shown = results.filter((r) => r.peers && Object.keys(r.peers).length);
  for (const name of Object.keys(shown[0]?.peers ?? {})) {
    const of = (what) => count(shown.map((r) => r.peers[name][what]));
    lines.push(`${name}: ${of("wrong")} rows with a wrong restart, ${of("missed")} missed, of ${shown.length}`);
  }
  return lines.join("\n");
}

/** What is measured beside the rows: a run of some rows need not have come to it, a whole one has. */
function measured({ reply, footprint, took_s }, whole) {
  const round = (n) => Math.round(n * 10) / 10;
  const missing = (id, what) => ({ id, what, value: null, unit: "", goal: "measured", holds: false, why: ["not measured"], peers: {} });
  const rows = footprint ?? (whole ? [missing("resident", "what watching costs")] : []);
  const [id, what] = ["hung-to-reply", "hung gateway to the first verified reply"];
  if (reply) rows.push({ id, what, value: round(reply.value), unit: "s", goal: `<= ${round(reply.goal)} (timeout + interval + boot of ${round(reply.boot)} s + 15 s)`, holds: reply.value <= reply.goal, why: [], peers: {} });
  else if (whole) rows.push(missing(id, what));
  if (whole) rows.push({ id: "took", what: "the whole rehearsal", value: round(took_s / 60), unit: "min", goal: `< ${MOST_S / 60}`, holds: took_s < MOST_S, why: [], peers: {} });
  return rows;
}
