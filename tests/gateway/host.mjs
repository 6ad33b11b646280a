// Where the real host and its runtime are, and how to run them in a private home.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const tools = join(repository, ".tools");

/** Node at the version the host asks for, and the host's entry point. */
export const node = join(tools, "npm/node_modules/node/bin/node");
export const openclaw = join(tools, "openclaw/node_modules/openclaw/openclaw.mjs");

/** Says what to run when the tools are not there, instead of an ENOENT in the middle of a test. */
export function requireHost() {
  const missing = [node, openclaw].find((file) => !existsSync(file));
  if (missing) throw new Error(`${missing} is missing: run scripts/setup.sh first`);
  if (typeof WebSocket !== "function") throw new Error(`run this with ${node} (Node 24), not ${process.version}`);
}

/** Environment of everything run in a lab: its own home, our Node first, nothing of the user's own OpenClaw. */
export function labEnvironment(home, extra = {}) {
  const kept = Object.entries(process.env).filter(([key]) => !/^(OPENCLAW_|ASM_|NODE_TEST|NODE_OPTIONS)/.test(key));
  const path = [dirname(node), join(tools, "openclaw/node_modules/.bin"), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), HOME: home, PATH: path, NO_COLOR: "1", ...extra };
}

/** Runs a command to its end. Never rejects on a bad exit: the caller judges `{code, signal, stdout, stderr}`. */
export function run(command, args, { env, cwd, input, timeoutMs = 120_000 } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const child = spawn(command, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"], timeout: timeoutMs, killSignal: "SIGKILL" });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (output[name] += text));
  child.on("error", reject).on("close", (code, signal) => resolve({ code, signal, ...output }));
  child.stdin.on("error", () => {}).end(input ?? "");
  return promise;
}
