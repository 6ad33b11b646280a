// @ts-check
// Where a command writes: results to stdout as fast as the reader takes them, everything else to stderr.
import { once } from "node:events";
import { OK, UNUSABLE } from "./refusal.js";

/** How often the progress line changes, milliseconds. */
const PROGRESS_EVERY = 150;

/** @typedef {import("./source.js").Say} Say */

/** A reader that has seen enough (`| head`) ends the program, with success; output that cannot be written, with failure. */
export function watchOutput(/** @type {Say} */ say) {
  process.stdout.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === "EPIPE") process.exit(OK);
    process.stderr.write(`asm: ${say("cannotWrite", error.message)}\n`);
    process.exit(UNUSABLE);
  });
  process.stderr.on("error", () => {});
}

/** Writes results; resolves when there is room for more. */
export async function write(/** @type {string} */ text) {
  if (text && !process.stdout.write(text)) await once(process.stdout, "drain");
}

/** Writes a line for a person. */
export function tell(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}

/**
 * The progress of one reading, on a terminal only. `shares` says that results go to the same terminal.
 * @param {Say} say
 * @param {number} reading which, from 1
 * @param {number} of how many
 * @param {number | undefined} size bytes in all
 */
export function progress(say, reading, of, size) {
  const shown = process.stderr.isTTY && !(reading === of && process.stdout.isTTY && of > 1);
  let done = 0;
  let next = Date.now() + PROGRESS_EVERY;
  let drawn = false;
  const clear = () => {
    if (drawn) process.stderr.write("\r\x1b[K");
    drawn = false;
  };
  const interrupted = () => {
    clear();
    process.removeListener("SIGINT", interrupted);
    process.kill(process.pid, "SIGINT");
  };
  if (shown) process.on("SIGINT", interrupted);
  return {
    step(/** @type {number} */ bytes) {
      done += bytes;
      if (!shown || Date.now() < next) return;
      next = Date.now() + PROGRESS_EVERY;
      const share = size ? ` (${Math.floor((done / size) * 100)} %)` : "";
      process.stderr.write(`\r\x1b[K${say("reading", reading, of, Math.floor(done / 1_048_576), share)}`);
      drawn = true;
    },
    end() {
      clear();
      process.removeListener("SIGINT", interrupted);
    },
  };
}
