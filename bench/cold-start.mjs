// One start of one peer: answers with the milliseconds from its import to its first count, of about a kilobyte.
import { leave } from "./leave.mjs";
import { PEERS } from "./peers.mjs";

const peer = PEERS.find(({ name }) => name === process.argv[3]);
const text = "The gateway keeps a session per conversation; what it sends is counted before it goes. 每个会话一条记录，先数后发。 { \"tokens\": 1234 }\n".repeat(7);
const begun = performance.now();
const count = await /** @type {any} */ (peer).load("o200k_base");
count(text);
leave(process.argv[2], performance.now() - begun);
