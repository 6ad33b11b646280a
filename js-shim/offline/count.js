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
  try {
    let head = true;
    for await (const piece of source.pieces()) {
      if (head) doubt(path, piece, say);
      head = false;
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
  else if (head.includes(0)) process.stderr.write(`${say("countedAnyway", path)}\n`);
}
