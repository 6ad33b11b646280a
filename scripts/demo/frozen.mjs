// A frozen gateway: stopped by a signal, found by asm-watchdog, restarted by its owner.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { node, repository } from "../../tests/gateway/host.mjs";
import { check, until } from "./timeline.mjs";

/** Short times for a demo, within the ranges anybody may set; the default is 180 s of silence, probed every 60 s. */
const SHORT = ["--interval-seconds", "1", "--timeout-seconds", "10", "--grace-seconds", "60", "--verify-seconds", "90"];

/** The watchdog, and what it says. */
function hire(lab, watchdog) {
  const askOwner = [node, join(repository, "tests", "gateway", "ask-owner.mjs"), lab.owner.socket, "restart"];
  const where = ["--port", String(lab.port), "--state-dir", lab.stateDir, "--restart-command", JSON.stringify(askOwner)];
  const child = spawn(watchdog, ["run", "--json", ...where, ...SHORT], { env: lab.env, stdio: ["ignore", "pipe", "inherit"] });
  const said = [];
  createInterface({ input: child.stdout }).on("line", (line) => said.push(JSON.parse(line)));
  const event = (name, accept = () => true) => said.find((line) => line.event === name && accept(line));
  const exited = new Promise((done) => child.on("exit", (code, signal) => done(code ?? signal)));
  return { child, event, exited };
}

export async function freezeAndRecover(lab, watchdog) {
  const { child, event, exited } = hire(lab, watchdog);
  try {
    await until("the watchdog's first healthy look", () => event("verdict", (l) => l.verdict === "healthy"));
    const { pid } = lab.owner;
    process.kill(pid, "SIGSTOP");
    const frozen = performance.now();
    const hung = await until("the verdict", () => event("verdict", (l) => l.verdict === "hung"), { timeoutMs: 60_000 });
    await until("a verified restart", () => event("verified"), { timeoutMs: 120_000 });
    const took = ((performance.now() - frozen) / 1000).toFixed(0);
    check(lab.owner.pid !== pid, "the gateway is the process it was");
    await lab.ready();
    await lab.connect();
    child.kill("SIGTERM");
    check((await exited) === 0, "the watchdog did not end cleanly");
    return [`stopped process ${pid}; verdict: ${hung.verdict}`, `its owner restarted it, a new boot answered ${took} s after the freeze`];
  } finally {
    child.kill("SIGKILL");
  }
}
