// One peer that may hang or trap: counts the text of each file it is told of and says how long it took.
import { readFileSync } from "node:fs";
import { PEERS } from "./peers.mjs";

const peer = PEERS.find(({ name }) => name === process.argv[2]);
const ready = /** @type {any} */ (peer).load("o200k_base").then((/** @type {(text: string) => number} */ count) => (count("warm"), count));

process.on("message", async (path) => {
  const count = await ready;
  const [text] = JSON.parse(readFileSync(String(path), "utf8"));
  try {
    const begun = performance.now();
    const tokens = count(text);
    process.send?.({ ms: performance.now() - begun, tokens });
  } catch (error) {
    process.send?.({ failed: error instanceof WebAssembly.RuntimeError ? "trap" : String(/** @type {Error} */ (error).message).slice(0, 60) });
  }
});
process.on("disconnect", () => process.exit(0));
