// Counts the texts of `fuzz-count --tell yes` as the plugin does, through pkg/core.js, and ends with 1 at the first that
// counts otherwise than tiktoken-rs says.   fuzz-count --tell yes --cases N | node wasm.mjs LOG N
import { appendFileSync } from "node:fs";
import { countTokens, encodings } from "../../pkg/core.js";

const PROGRESS_MS = 20_000;
const [log, wanted] = process.argv.slice(2);
const say = (/** @type {string} */ line) => (console.log(line), log && appendFileSync(log, `${line}\n`));
let [cases, bytes, long, said] = [0, 0, 0, Date.now()];
const progress = () => `wasm: ${cases} cases, ${bytes} bytes, ${long} of them longer than what crosses at once, each in both encodings, 0 differences`;
const NUMBER = 4;
const numbers = NUMBER * encodings().length;

/** Counts one case; false where it differs. @param {Buffer} frame @param {number} length */
function check(frame, length) {
  const text = frame.toString("utf8", NUMBER, NUMBER + length);
  cases += 1;
  bytes += length;
  if (text.length > 21_845) long += 1;
  return encodings().every((encoding, at) => {
    const theirs = frame.readUInt32LE(NUMBER + length + NUMBER * at);
    const ours = countTokens(text, encoding);
    if (ours !== theirs) say(`DIFFERENCE ${encoding}, case ${cases} from the first: ${theirs} tokens, counted ${ours}: ${JSON.stringify(text)}`);
    return ours === theirs;
  });
}

/** @type {Buffer} */
let rest = Buffer.alloc(0);
for await (const piece of process.stdin) {
  let have = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
  while (have.length >= NUMBER) {
    const length = have.readUInt32LE(0);
    const whole = NUMBER + length + numbers;
    if (have.length < whole) break;
    if (!check(have, length)) process.exit(1);
    have = have.subarray(whole);
  }
  rest = have;
  if (Date.now() - said > PROGRESS_MS) [said] = [Date.now(), say(progress())];
}
say(`end: ${progress()}`);
if (rest.length > 0 || (wanted && cases !== Number(wanted))) throw new Error(`${cases} of ${wanted} cases came`);
