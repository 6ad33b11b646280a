// docs/bench.svg: how long each peer takes for what ours takes once, on a logarithmic scale, a panel a row.

/** @typedef {import("./row.mjs").Row} Row */

/** The rows that are drawn, and their titles. */
const PANELS = { "cold-tiktoken-rs": "Cold start", "transcript-en-tiktoken-rs": "200-turn transcript, English", "transcript-zh-tiktoken-rs": "200-turn transcript, Chinese", "first-en": "Unseen English", "first-zh": "Unseen Chinese", "call-en": "A 100-byte call" };
const [WIDTH, BAR, LEFT, TITLE] = [860, 18, 210, 34];
/** The scale: a tenth to a thousand times ours. */
const [LEAST, MOST] = [0.1, 1_000];

const x = (/** @type {number} */ ratio) => LEFT + ((Math.log10(Math.min(Math.max(ratio, LEAST), MOST)) - Math.log10(LEAST)) / Math.log10(MOST / LEAST)) * (WIDTH - LEFT - 90);
const escape = (/** @type {string} */ text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const colour = (/** @type {import("./row.mjs").PeerFigure} */ { exact }) => (exact ? "#3b6ea5" : "#b7bcc4");

/** @param {import("./row.mjs").PeerFigure} peer @param {number} y */
function bar(peer, y) {
  const [from, to] = [x(1), x(Number(peer.ratio))].sort((a, b) => a - b);
  const label = `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${escape(peer.name)}</text>`;
  const box = `<rect x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(to - from, 1).toFixed(1)}" height="${BAR - 6}" fill="${colour(peer)}"/>`;
  return `${label}${box}<text x="${(x(Math.max(Number(peer.ratio), 1)) + 6).toFixed(1)}" y="${y + 13}">${peer.ratio}×</text>`;
}

/** @param {string} title @param {import("./row.mjs").PeerFigure[]} peers @param {number} top */
function panel(title, peers, top) {
  const bottom = top + TITLE + peers.length * BAR;
  const line = `<line x1="${x(1)}" x2="${x(1)}" y1="${top + TITLE - 4}" y2="${bottom}" stroke="#222"/>`;
  const head = `<text x="${LEFT - 8}" y="${top + 22}" text-anchor="end" font-weight="bold">${escape(title)}</text><text x="${x(1)}" y="${top + 22}" text-anchor="middle">ours = 1</text>`;
  return `${head}${peers.map((peer, at) => bar(peer, top + TITLE + at * BAR)).join("")}${line}`;
}

/** @param {Row[]} rows */
export function plot(rows) {
  let top = 0;
  const panels = Object.entries(PANELS).flatMap(([id, title]) => {
    const peers = (rows.find((row) => row.id === id)?.peers ?? []).filter((peer) => peer.ratio !== null).sort((a, b) => Number(a.ratio) - Number(b.ratio));
    if (peers.length === 0) return [];
    const drawn = panel(title, peers, top);
    top += TITLE + peers.length * BAR + 12;
    return [drawn];
  });
  const key = `<rect x="${LEFT}" y="${top + 6}" width="12" height="12" fill="#3b6ea5"/><text x="${LEFT + 18}" y="${top + 16}">exact on every text of the run</text><rect x="${LEFT + 230}" y="${top + 6}" width="12" height="12" fill="#b7bcc4"/><text x="${LEFT + 248}" y="${top + 16}">not exact, or an estimate</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 30}" font-family="sans-serif" font-size="12" fill="#222"><title>How many times longer others take</title><rect width="100%" height="100%" fill="#fff"/>${panels.join("\n")}${key}</svg>\n`;
}
