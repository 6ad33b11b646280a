// @ts-check
// A history in a few numbers: enough for the core to see that it is another one, without its texts crossing again.

/** Histories whose length is remembered; the oldest goes first. */
const MOST = 256;

/** Rows at the last look, by session. @type {Map<string, number>} */
const lengths = new Map();

/** Rows that are said; what the host puts in for one request alone comes and goes. */
const SAID = new Set(["user", "assistant", "toolResult", "compactionSummary"]);

/** A text in a number: its length, and a character of its middle and its end. @param {any} text */
const mark = (text) => (typeof text === "string" && text.length > 0 ? text.length + 7 * text.charCodeAt(text.length >> 1) + 31 * text.charCodeAt(text.length - 1) : 0);

/** A row's text and what its tools are called with. @param {any} content */
function size(content) {
  if (typeof content === "string") return mark(content);
  let sum = 0;
  if (Array.isArray(content)) {
    for (const part of content) {
      sum += 1 + mark(part?.text ?? part?.thinking);
      if (part?.arguments) for (const key in part.arguments) sum += mark(key) + mark(part.arguments[key]);
    }
  }
  return sum;
}

/**
 * Rows now, and how many there were at the last look, with a sum over each. Rows of people at the end are left out: the
 * host joins those that follow each other into one, commands like `/asm status` with what is said after them.
 * @param {string | undefined} sessionKey
 * @param {unknown} messages
 * @returns {import("./wasm/asm.js").History | undefined}
 */
export function outline(sessionKey, messages) {
  if (!sessionKey || !Array.isArray(messages)) return undefined;
  const rowsBefore = lengths.get(sessionKey) ?? 0;
  let [all, rows, running, sum, sumBefore] = [0, 0, 0, 0, 0];
  for (const message of messages) {
    if (!SAID.has(message?.role)) continue;
    all++;
    running = (Math.imul(running, 31) + (Number(message.timestamp) % 4294967296 | 0) + size(message.content ?? message.summary)) | 0;
    if (all === rowsBefore) sumBefore = running;
    if (message.role !== "user") [rows, sum] = [all, running];
  }
  lengths.delete(sessionKey);
  lengths.set(sessionKey, rows);
  const [oldest] = lengths.keys();
  if (lengths.size > MOST && oldest !== undefined) lengths.delete(oldest);
  return { rows, sum, rowsBefore, sumBefore };
}
