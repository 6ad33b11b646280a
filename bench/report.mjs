// The report as JSON, as a table for people and on the terminal.
import { cpus } from "node:os";

/** @typedef {import("./row.mjs").Row} Row */

const shown = (/** @type {Row} */ { value, unit }) => (value === null ? "—" : `${value}${unit === "×" ? "×" : unit && ` ${unit}`}`);
const verdict = (/** @type {boolean | null} */ holds) => (holds === null ? "" : holds ? "holds" : "**short**");
const mark = (/** @type {boolean | null} */ exact) => (exact === null ? "?" : exact ? "exact" : "not exact");

/** How much is missing, as a factor; empty where nothing is. @param {Row} row */
export function missingPart({ goal, holds, value }) {
  const [, sign, number] = /^([≤≥]) ([\d.]+)/.exec(goal ?? "") ?? [];
  if (holds !== false || typeof value !== "number" || !number) return "";
  const factor = sign === "≥" ? Number(number) / value : value / Number(number);
  return Number.isFinite(factor) ? `${factor.toPrecision(2)}× short of it` : `${value} too many`;
}

/** What the figures were measured on: no names of machines or folders. */
export function circumstances() {
  return { node: process.version, cpu: cpus()[0]?.model ?? "", cores: cpus().length, platform: `${process.platform} ${process.arch}` };
}

/** @param {Row[]} rows */
export function table(rows) {
  const head = "| row | value | goal | | prototype | note |\n| --- | --- | --- | --- | --- | --- |";
  const lines = rows.map((row) => {
    const prototype = row.prototype ? `${row.prototype.figure}: ${row.prototype.state}` : "no figure";
    const note = [missingPart(row), row.note].filter(Boolean).join("; ");
    return `| ${row.what} | ${shown(row)} | ${row.goal ?? ""} | ${verdict(row.holds)} | ${prototype} | ${note} |`;
  });
  return `${head}\n${lines.join("\n")}\n`;
}

/** The peers of each row that has some. @param {Row[]} rows */
function peerTables(rows) {
  return rows.filter((row) => row.peers.length > 0).map((row) => {
    const lines = row.peers.map(({ name, figure, unit, spread, exact, ratio, note }) => {
      const range = spread ? ` (${spread[0]}–${spread[1]})` : "";
      return `| ${name} | ${figure ?? "—"} ${unit}${range} | ${mark(exact)} | ${ratio === null ? "" : `${ratio}×`} | ${note ?? ""} |`;
    });
    return `### ${row.what}\n\n${row.note}\n\n| peer | figure (quartiles) | | against ours | |\n| --- | --- | --- | --- | --- |\n${lines.join("\n")}\n`;
  });
}

/** docs/bench.md. @param {Row[]} rows @param {string} when @param {string} commit measured; empty outside a repository */
export function document(rows, when, commit) {
  const { node, cpu, cores, platform } = circumstances();
  const held = rows.filter((row) => row.holds === true).length;
  const short = rows.filter((row) => row.holds === false).length;
  return `# What the token meter does, measured

Written by \`make bench\`, ${when}, on commit ${commit || "(none)"}, and by nothing else; the same as data: [bench.json](bench.json). ${held} rows hold, ${short} fall
short. Node ${node}, ${cores} × ${cpu}, ${platform}. Where peers stand beside a row, all counted the same texts in turn, round by
round; figures are medians, with quartiles. "Prototype" is the design study that went before: reached or still a stretch.
How it is measured: [bench/README.md](../bench/README.md).

![How long others take for what ours takes once](bench.svg)

${table(rows)}
## Peers

${peerTables(rows).join("\n")}`;
}

/** The table on a terminal. @param {Row[]} rows */
export function plain(rows) {
  const cells = rows.map((row) => [row.holds === null ? "    " : row.holds ? "ok  " : "MISS", row.id, shown(row), row.goal ?? "", row.prototype?.state ?? "no figure"]);
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...cells.map((cell) => cell[at].length)));
  return `${cells.map((cell) => cell.map((text, at) => text.padEnd(widths[at])).join("  ").trimEnd()).join("\n")}\n`;
}
