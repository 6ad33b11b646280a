// One row of the report.

/** @typedef {{name: string, figure: number | string | null, unit: string, spread?: [number, number], exact: boolean | null, ratio: number | null, note?: string}} PeerFigure */
/**
 * `goal` is what the value must reach, as text; `holds` null where a row has no goal. `prototype`: the figure of the
 * measured prototype and whether this run reaches it.
 * @typedef {{id: string, what: string, value: number | string | null, unit: string, goal: string | null, holds: boolean | null, peers: PeerFigure[], prototype: {figure: string, state: "reached" | "stretch"} | null, note: string}} Row
 */

/** Significant digits of a figure that is shown. @param {number} value @param {number} [digits] */
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return null;
  return Number(value.toPrecision(digits));
}

/**
 * @param {{id: string, what: string, value: number | null, unit: string, atLeast?: number, atMost?: number, peers?: PeerFigure[], prototype?: [string, boolean | undefined], note?: string}} facts
 * @returns {Row}
 */
export function row({ id, what, value, unit, atLeast, atMost, peers = [], prototype, note = "" }) {
  const known = value !== null && Number.isFinite(value);
  const goal = atLeast !== undefined ? `≥ ${atLeast} ${unit}` : atMost !== undefined ? `≤ ${atMost} ${unit}` : null;
  const reached = known && (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
  const state = prototype?.[1] ? "reached" : "stretch";
  return {
    id,
    what,
    value: known ? short(value, 4) : null,
    unit,
    goal: goal?.replace(" ×", "×").replace(/ $/, "") ?? null,
    holds: goal === null ? null : reached,
    peers,
    prototype: prototype ? { figure: prototype[0], state } : null,
    note,
  };
}

/** A row that could not be measured; it stays, and does not hold. @param {string} id @param {string} what @param {string} goal @param {string} why @returns {Row} */
export function missing(id, what, goal, why) {
  return { id, what, value: null, unit: "", goal, holds: false, peers: [], prototype: null, note: why };
}
