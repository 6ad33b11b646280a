// The gateway's owner, a process of its own: starts it, starts it again when it exits, restarts it when asked, and
// takes it down when the process that wanted it is gone, however that one ended. It stands where systemd stands on a
// user's machine, so that a watchdog under test has somebody to turn to who is neither the test nor the watchdog.
import { spawn } from "node:child_process";
import { openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { constants } from "node:os";

/** Exits nobody asked for, after which the owner stops trying. */
const GIVE_UP_AFTER = 5;
/** The host's exit status for a configuration it cannot start with: trying again cannot help. */
const EXIT_CONFIGURATION = 78;

class Owner {
  #child;
  #exit = Promise.resolve();
  #wanted = false;
  #unasked = 0;
  #starts = 0;
  #left = false;
  #busy = Promise.resolve();

  constructor(plan) {
    this.plan = plan;
    this.log = openSync(plan.outputFile, "a", 0o600);
  }

  start() {
    const { command, args, env, cwd } = this.plan;
    const child = spawn(command, args, { env, cwd, detached: true, stdio: ["ignore", this.log, this.log] });
    this.#child = child;
    this.#wanted = true;
    this.#left = false;
    this.#exit = new Promise((resolve) => {
      child.once("error", (error) => resolve({ code: null, signal: null, error: error.message }));
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.#starts += 1;
    tell({ event: "started", pid: child.pid });
    this.#note("running");
    this.#exit.then((end) => this.#ended(child, end));
    return child.pid;
  }

  #ended(child, end) {
    killGroup(child.pid);
    const unasked = this.#wanted && this.#child === child;
    tell({ event: "exited", pid: child.pid, unasked, ...end });
    this.last = { code: end.code, signal: end.signal && constants.signals[end.signal], out_of_memory: false };
    if (this.#child === child) this.#note(this.#left ? "failed" : "stopped");
    if (!unasked || this.#left) return;
    this.#unasked += 1;
    if (end.code === EXIT_CONFIGURATION || end.error || this.#unasked >= (this.plan.giveUpAfter ?? GIVE_UP_AFTER)) {
      this.#note("failed");
      tell({ event: "gave-up", ...end });
    } else this.start();
  }

  /** What it tells of itself, for a watchdog's status command: the shape that `watchdog.statusCommand` prints. */
  #note(active) {
    const { statusFile } = this.plan;
    if (!statusFile) return;
    const pid = active === "running" || active === "stopping" ? this.#child.pid : null;
    const status = { name: "lab", active, pid, last_exit: this.last ?? null, restarts: this.#starts };
    writeFileSync(`${statusFile}.new`, JSON.stringify(status));
    renameSync(`${statusFile}.new`, statusFile);
  }

  /** From now on it does not start again what ends, as an owner that is not there. A start or a restart ends that. */
  leave() {
    this.#left = true;
    return {};
  }

  /**
   * SIGTERM, and SIGKILL to the whole group when the bound passes: a stopped process never sees the first. With `wakes`
   * SIGCONT follows the first, as systemd sends it.
   */
  async stop(politeMs = this.plan.politeMs) {
    this.#wanted = false;
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return { forced: false };
    let forced = false;
    this.#note("stopping");
    const bound = setTimeout(() => {
      forced = true;
      killGroup(child.pid);
    }, politeMs);
    child.kill("SIGTERM");
    if (this.plan.wakes) child.kill("SIGCONT");
    await this.#exit;
    clearTimeout(bound);
    return { forced };
  }

  /** One request at a time: two restarts at once would leave two gateways on one port. */
  queue(work) {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => {});
    return done;
  }

  answer({ verb, politeMs, signal, wakes }) {
    if (verb === "signal") return { pid: this.#child.pid, sent: this.#child.kill(signal) };
    if (verb === "leave") return this.leave();
    if (verb === "wakes") return { wakes: (this.plan.wakes = wakes) };
    if (verb === "stop") return this.queue(() => this.stop(politeMs));
    if (verb === "start") return this.queue(() => ({ pid: this.start() }));
    if (verb === "restart") return this.queue(async () => ({ ...(await this.stop(politeMs)), pid: this.start() }));
    throw new Error(`unknown verb ${verb}`);
  }

  /** Last resort, synchronous: nothing of ours outlives the one who asked for it. */
  abandon() {
    this.#wanted = false;
    if (this.#child?.pid) killGroup(this.#child.pid);
    if (this.plan.removeWhenAbandoned) rmSync(this.plan.removeWhenAbandoned, { recursive: true, force: true, maxRetries: 5 });
    process.exit(1);
  }

  /** The door for others: one JSON line in (`{"verb":"restart"}`), one JSON line out. */
  listen() {
    const server = createServer((socket) => {
      let text = "";
      socket.setEncoding("utf8").on("error", () => {}).on("data", async (piece) => {
        text += piece;
        if (!text.includes("\n")) return;
        socket.pause();
        socket.end(`${JSON.stringify(await reply(this, () => JSON.parse(text)))}\n`);
      });
    });
    return new Promise((resolve) => server.listen(this.plan.socket, resolve));
  }
}

async function reply(owner, request) {
  try {
    return { ok: true, ...(await owner.answer(request())) };
  } catch (error) {
    return { ok: false, error: error.message };
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function tell(message) {
  if (process.connected) process.send(message, () => {});
}

process.once("message", async (plan) => {
  const owner = new Owner(plan);
  process.on("disconnect", () => owner.abandon());
  process.on("message", async (message) => tell({ id: message.id, ...(await reply(owner, () => message)) }));
  await owner.listen();
  tell({ event: "listening" });
});
