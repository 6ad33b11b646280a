// The native peers: one process, asked a line at a time.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { NATIVE } from "./places.mjs";

/** Starts the process. `ask` puts one request and gives its answer; a refusal is an error. */
export function openNative() {
  const child = spawn(NATIVE, { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** @param {Record<string, unknown>} request @returns {Promise<any>} */
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the native peers have ended");
      const answer = JSON.parse(value);
      if (answer?.error) throw new Error(answer.error);
      return answer;
    },
    close: () => child.stdin.end(),
  };
}
