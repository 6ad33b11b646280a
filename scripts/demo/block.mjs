// Looking for the memory block in what the model server received.
import { messageText } from "../../tests/model/server.mjs";
import { check } from "./timeline.mjs";

const BLOCK = /<asm-memory [^]*?<\/asm-memory>/g;

/** Everything a request holds, as text. */
export const whole = (request) => request.messages.map(messageText).join("\n");

/** The blocks in one request. */
export const blocksIn = (request) => whole(request).match(BLOCK) ?? [];

/**
 * Sends messages and checks that turns 1, 2 and the last of `turns` each held exactly one block, the same bytes, with
 * every wanted literal and no secret. `sent` turns behind the boundary were sent already; they are in the model's log.
 * @returns {Promise<{block: string, lines: string[]}>}
 */
export async function carried({ say, model, wanted, secret, turns = 5, sent = 0, name }) {
  const seen = new Map();
  for (let turn = 1; turn <= turns; turn += 1) {
    if (turn > sent) await say(`Turn ${turn} after the ${name}: anything new?`);
    if ([1, 2, turns].includes(turn)) seen.set(turn, model.matching("turn").at(-1));
  }
  const [first] = blocksIn(seen.get(1));
  for (const [turn, request] of seen) {
    const blocks = blocksIn(request);
    check(blocks.length === 1, `turn ${turn} after the ${name} held ${blocks.length} memory blocks, not one`);
    check(blocks[0] === first, `the block of turn ${turn} after the ${name} is not the block of turn 1`);
  }
  const missing = wanted.filter((literal) => !first.includes(literal));
  check(missing.length === 0, `the block after the ${name} lacks: ${missing.join(", ")}\n${first}`);
  check(!first.includes(secret), `the block after the ${name} holds a secret`);
  const lines = [`one block, the same ${Buffer.byteLength(first)} bytes, in the requests of turns 1, 2 and ${turns}; ${wanted.length} of ${wanted.length} facts in it`];
  return { block: first, lines };
}
