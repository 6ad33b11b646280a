// @ts-check
// The command `count`: exact tokens of a text of any size.
import { countStream, encodings } from "../core.js";
import { OK, Refusal, USAGE } from "./refusal.js";
import { guess, openSource } from "./source.js";
import { progress, write } from "./terminal.js";

/**
 * @param {string} path
 * @param {{json?: boolean, encoding?: string}} options
 * @param {import("./source.js").Say} say
 */
export async function count(path, options, say) {
  const known = encodings();
  const encoding = options.encoding ?? known[0] ?? "";
  if (!known.includes(encoding)) throw new Refusal(USAGE, say("badEncoding", encoding, known.join(", ")));
  const source = await openSource(path, false, say);
  const bar = progress(say, 1, 1, source.size);
  const counter = countStream(encoding);
  let doubted = false;
  const invalid = watchUtf8();
  try {
    let head = true;
    for await (const piece of source.pieces()) {
      if (head) doubted = doubt(path, piece, say);
      head = false;
      if (!doubted && invalid(piece)) doubted = complain("notUtf8", path, say);
      counter.push(piece);
      bar.step(piece.length);
    }
  } finally {
    bar.end();
    await source.close();
  }
  const tokens = counter.finish();
  await write(`${options.json ? JSON.stringify({ tokens, encoding }) : tokens}\n`);
  return OK;
}

/** Says that what is counted may be no text; it is counted all the same. @param {string} path @param {Buffer} head @param {import("./source.js").Say} say */
function doubt(path, head, say) {
  const hint = guess(head);
  if (hint) process.stderr.write(`${say("countedAnyway", path)} ${say(hint, path, "count")}\n`);
  else if (head.includes(0)) complain("countedAnyway", path, say);
  return hint !== undefined || head.includes(0);
}

/** @param {string} text @param {string} path @param {import("./source.js").Say} say */
function complain(text, path, say) {
  process.stderr.write(`${say(text, path)}\n`);
  return true;
}

/** Asked of one piece of a text after another: whether it holds what is not UTF-8. A character may be cut by pieces. */
function watchUtf8() {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return (/** @type {Buffer} */ piece) => {
    try {
      decoder.decode(piece, { stream: true });
      return false;
    } catch {
      return true;
    }
  };
}
