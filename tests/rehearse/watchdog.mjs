// The watchdog as it is run, against a lab; and what it said, with the time at which it said it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { node, repository, run } from "../gateway/host.mjs";
import { SCALE, flags, scaled, settingsOf } from "./times.mjs";
import { until } from "./wait.mjs";

export const binary = [process.env.ASM_WATCHDOG, join(repository, "target/pack/asm-watchdog"), join(repository, "target/debug/asm-watchdog")].find(
  (path) => path && existsSync(path),
);

/** Pressure of an idle machine: what rows beside this one do to it is kept from the judge, except where it is the fault. */
const IDLE = "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";

/** The command that asks a lab's owner for a restart. */
export const askOwner = (lab, verb = "restart") => [node, join(repository, "tests/gateway/ask-owner.mjs"), lab.socket, verb];

/**
 * Starts one on a lab.
 * @param {object} options `settings` over the usual; `restart`, another command, or null for whom the watchdog finds itself; `env`; `pressed`, let it see the
 *   machine's real pressure; `keep`, the state of the one before stays.
 */
export function hire(lab, options = {}) {
  return new Watchdog(lab, options);
}

/** A probe ends at a multiple of this where nothing answers: its deadline is doubled. */
const PROBE_MS = scaled(5);
const METRICS_MS = 50;

class Watchdog {
  said = [];
  /** Its looks: when each ended, and what of it was work of this machine, beyond the deadlines of its probes. */
  looks = [];
  stderr = "";
  exit;

  constructor(lab, { settings = {}, restart = askOwner(lab), env = {}, pressed = false, keep = false, args = [] }) {
    this.lab = lab;
    this.settings = settingsOf({ ...lab.settings, ...settings });
    this.folder = join(lab.stateDir, ".asm_watchdog");
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
    const where = ["--port", String(lab.port), "--state-dir", lab.stateDir, "--config", lab.configFile];
    const words = ["run", "--json", ...where, ...flags(this.settings), ...(restart ? ["--restart-command", JSON.stringify(restart)] : []), ...args];
    const given = { ASM_WATCHDOG_TIME_SCALE: String(SCALE), LANG: "C", ...(pressed ? {} : { ASM_WATCHDOG_PRESSURE: idleMachine(lab) }) };
    this.child = spawn(binary, words, { env: { ...lab.env, NODE_OPTIONS: "", ...given, ...env }, cwd: lab.home, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    createInterface({ input: this.child.stdout }).on("line", (line) => this.#heard(line));
    this.metrics = setInterval(() => this.#look(), METRICS_MS);
    this.exited = new Promise((done) => this.child.on("exit", (code, signal) => done((this.exit = code ?? signal))));
    this.closed = new Promise((done) => this.child.on("close", done));
    // A rehearsal that is broken off leaves none behind.
    const end = () => this.child.kill("SIGKILL");
    process.once("exit", end);
    this.exited.then(() => (process.off("exit", end), clearInterval(this.metrics)));
  }

  #look() {
    try {
      const text = readFileSync(join(this.folder, "metrics.prom"), "utf8");
      const number = (name) => Number(new RegExp(`^asm_watchdog_${name}\\{.*\\} (.*)$`, "m").exec(text)[1]);
      const end = number("last_look_timestamp_seconds") * 1000 - performance.timeOrigin;
      if (this.looks.at(-1)?.end === end) return;
      const [look, probe] = ["look_seconds", "probe_seconds"].map((name) => number(name) * 1000);
      this.looks.push({ end, work: look - Math.floor(probe / PROBE_MS) * PROBE_MS });
    } catch {
      // It has not looked yet.
    }
  }

  #heard(line) {
    try {
      this.said.push({ t: performance.now(), ...JSON.parse(line) });
    } catch {
      this.stderr += `${line}\n`;
    }
  }

  /** The first line of an event since `from` that is accepted. */
  event(name, accept = () => true, from = 0) {
    return this.said.find((line) => line.event === name && line.t >= from && accept(line));
  }

  /** Waits for an event. */
  wait(name, accept, { from, timeoutMs = 60_000 } = {}) {
    return until(`the watchdog's ${name}`, () => this.event(name, accept, from), { timeoutMs, dead: () => this.exit !== undefined && `the watchdog ended with ${this.exit}: ${this.stderr}` });
  }

  verdict(name, options) {
    return this.wait("verdict", (line) => line.verdict === name, options);
  }

  async stop() {
    if (this.exit === undefined) this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await this.exited;
    clearTimeout(late);
    return this.exit;
  }
}

function idleMachine(lab) {
  const folder = join(lab.home, "pressure");
  mkdirSync(folder, { recursive: true });
  for (const name of ["cpu", "memory"]) writeFileSync(join(folder, name), IDLE);
  return folder;
}

/** Another command of it: `{code, stdout, stderr}`. */
export function command(lab, words) {
  const where = ["--port", String(lab.port), "--state-dir", lab.stateDir, "--config", lab.configFile];
  return run(binary, [...words, ...where], { env: { ...lab.env, NODE_OPTIONS: "", LANG: "C", ASM_WATCHDOG_TIME_SCALE: String(SCALE) }, cwd: lab.home });
}
