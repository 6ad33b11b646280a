// One start of one peer: prints the milliseconds from its import to its first count, of about a kilobyte.
import { PEERS } from "./peers.mjs";

const peer = PEERS.find(({ name }) => name === process.argv[2]);
const text = "The gateway keeps a session per conversation; what it sends is counted before it goes. 每个会话一条记录，先数后发。 { \"tokens\": 1234 }\n".repeat(7);
const begun = performance.now();
const count = await /** @type {any} */ (peer).load("o200k_base");
count(text);
process.stdout.write(String(performance.now() - begun));
process.exit(0);
