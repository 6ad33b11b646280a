// @ts-check
// The command `count`: exact tokens of a text of any size.
import { countStream, encodings } from "../core.js";
import { OK, Refusal, USAGE } from "./refusal.js";
import { openSource } from "./source.js";
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
    for await (const piece of source.pieces()) {
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
