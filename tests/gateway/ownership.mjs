// Our end of the owner process: commands with deadlines, and what it reports.
import { fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { node } from "./host.mjs";

const ownerFile = join(dirname(fileURLToPath(import.meta.url)), "owner.mjs");

/**
 * @param {object} plan `{command, args, env, cwd, outputFile, socket, politeMs, wakes?, removeWhenAbandoned?}`
 * @returns {Promise<Ownership>} with nothing started yet
 */
export async function hireOwner(plan) {
  const ownership = new Ownership(plan);
  await ownership.listening;
  return ownership;
}

/** Emits `started {pid}`, `exited {pid, code, signal, unasked}`, `gave-up {code, error}`. */
class Ownership extends EventEmitter {
  #process;
  #lastId = 0;
  pid;
  gaveUp;

  constructor(plan) {
    super();
    this.socket = plan.socket;
    // Detached, so that a Ctrl-C at the terminal ends us and not the owner: the owner then cleans up.
    this.#process = fork(ownerFile, { execPath: node, execArgv: [], detached: true, stdio: "inherit" });
    this.#process.on("message", (message) => this.#heard(message));
    this.#process.send(plan);
    this.listening = this.#within(10_000, "listening", once(this, "listening"));
    this.#process.unref();
    this.#process.channel.unref();
  }

  #heard(message) {
    if (message.event === "started") this.pid = message.pid;
    if (message.event === "gave-up") this.gaveUp = message;
    this.emit(message.event ?? `answer ${message.id}`, message);
  }

  async ask(verb, more = {}, timeoutMs = 60_000) {
    const id = (this.#lastId += 1);
    const answered = once(this, `answer ${id}`);
    this.#process.send({ id, verb, ...more });
    const [answer] = await this.#within(timeoutMs, verb, answered);
    if (!answer.ok) throw new Error(`owner: ${verb}: ${answer.error}`);
    return answer;
  }

  start() {
    this.gaveUp = undefined;
    return this.ask("start");
  }
  /** @returns {Promise<{forced: boolean}>} whether it had to be killed */
  stop(politeMs) {
    return this.ask("stop", { politeMs });
  }
  restart(politeMs) {
    return this.ask("restart", { politeMs });
  }
  /** Lets what ends lie, until it is told to start or restart it. */
  leave() {
    return this.ask("leave");
  }
  /** Whether its stop wakes what is stopped by a signal. */
  wakes(wakes) {
    return this.ask("wakes", { wakes });
  }
  signal(signal) {
    return this.ask("signal", { signal });
  }

  /** Lets the owner go; anything it still has is killed. */
  async dismiss() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    if (this.#process.connected) this.#process.disconnect();
    await this.#within(20_000, "dismiss", gone);
  }

  // The timer also keeps our process alive while it waits: the channel itself is unreferenced.
  #within(timeoutMs, what, promise) {
    const { promise: late, reject } = Promise.withResolvers();
    const timer = setTimeout(() => reject(new Error(`owner: no answer to ${what} in ${timeoutMs} ms`)), timeoutMs);
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }
}
