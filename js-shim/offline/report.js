// @ts-check
// Replay lines and facts as a person reads them.

/** @typedef {import("./source.js").Say} Say */

const COLUMNS = [7, 6, 12, 12, 11];

/** Numbers with thousands marked, the same everywhere. */
const grouped = new Intl.NumberFormat("en-US");

/** Right-aligned on a terminal, where a Chinese character is two columns wide. */
function pad(/** @type {string} */ text, /** @type {number} */ width) {
  const wide = text.match(/[\u3000-\u9fff\uff00-\uffef]/g)?.length ?? 0;
  return text.padStart(width - wide);
}

/** The heading of a replay. @param {Say} say */
export function heading(say) {
  const names = ["columnLine", "columnCall", "columnPrompt", "columnPredicted", "columnError"];
  return `${names.map((name, at) => pad(say(name), COLUMNS[at] ?? 0)).join("")}\n`;
}

/**
 * Replay lines, `type: turn | decision | checkpoint | compaction`, one JSON object a line.
 * @param {string} ndjson
 * @param {Say} say
 */
export function readable(ndjson, say) {
  let out = "";
  for (const line of ndjson.split("\n")) if (line) out += row(JSON.parse(line), say);
  return out;
}

/** @param {any} row @param {Say} say */
function row(row, say) {
  const number = (/** @type {unknown} */ value) => (typeof value === "number" ? grouped.format(value) : say("unknown"));
  switch (row.type) {
    case "turn":
      return turn(row, say);
    case "checkpoint": {
      const reason = say(`reason_${row.reason}`);
      if (row.context?.tokens > row.window_tokens) return `${say("checkpointOver", row.line, reason, number(row.window_tokens), number(row.active_facts))}\n`;
      return `${say("checkpoint", row.line, reason, number(row.context?.tokens), number(row.window_tokens), number(row.active_facts))}\n`;
    }
    case "compaction":
      return `${say("compaction", row.line, number(row.tokens_before), number(row.counted_after))}\n`;
    case "decision":
      // The checkpoint's own line says that it was saved, and no notes are written offline.
      if (row.code === "saved" || row.code === "note-skipped") return "";
      return `${say("decision", row.line, row.text)}\n`;
    default:
      return "";
  }
}

/** @param {any} turn @param {Say} say */
function turn(turn, say) {
  const predicted = turn.predicted_tokens === null ? "-" : grouped.format(turn.predicted_tokens);
  const error = turn.error_percent === null ? "-" : `${turn.error_percent.toFixed(2).replace(/^-0\.00$/, "0.00")} %`;
  const cells = [String(turn.line), String(turn.call), grouped.format(turn.prompt_tokens), predicted, error];
  const cutOff = ["aborted", "error"].includes(turn.stop_reason) ? `  ${say("cutOff")}` : "";
  const unbelieved = turn.cause === "implausible" ? `  ${say("notBelieved")}` : "";
  return `${cells.map((cell, at) => pad(cell, COLUMNS[at] ?? 0)).join("")}${cutOff}${unbelieved}\n`;
}

/** Predictions below which nothing is said of 95 of 100. */
const FEW = 20;

/** @param {any} summary @param {Say} say */
export function conclusion(summary, say) {
  const number = (/** @type {number} */ value) => grouped.format(value);
  // Rounded up: fewer than told lie within otherwise.
  const percent = (/** @type {number} */ value) => (Math.ceil(value * 100 - 1e-9) / 100).toFixed(2);
  const s = summary;
  const few = s.predictions < FEW;
  const error = s.predictions
    ? few ? say("sumErrorFew", percent(s.error_percent_median), percent(s.error_percent_max), number(s.predictions)) : say("sumError", percent(s.error_percent_median), percent(s.error_percent_p95), percent(s.error_percent_max), number(s.predictions))
    : say("sumNoError");
  const lines = [
    "",
    say("sumRead", number(s.lines), number(s.messages), number(s.calls)),
    error,
    say("sumEvents", number(s.checkpoints), number(s.compactions), number(s.resets), number(s.facts), number(s.diagnostics)),
    say(s.window_assumed ? "sumAssumed" : "sumWindow", number(s.window_tokens)),
  ];
  return `${lines.join("\n")}\n`;
}

/** Facts by kind, in the order in which the kinds first come up. @param {any[]} facts @param {Say} say */
export function factList(facts, say) {
  if (facts.length === 0) return `${say("noFacts")}\n`;
  const marks = /** @type {Record<string, string>} */ ({ active: "-", superseded: "~", done: "x" });
  let out = "";
  for (const kind of new Set(facts.map((fact) => fact.kind))) {
    out += `${say(`kind_${kind}`)}\n`;
    for (const fact of facts) {
      if (fact.kind !== kind) continue;
      const where = say("factAt", fact.source?.line ?? "?");
      out += `  ${say("fact", marks[fact.status] ?? "-", fact.text, where, say(`speaker_${fact.role}`), fact.confidence)}\n`;
    }
    out += "\n";
  }
  return `${out}${say("status_legend")}\n`;
}
