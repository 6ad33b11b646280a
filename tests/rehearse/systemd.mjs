// A real systemd user manager as the owner of one lab, in a group, a home and a runtime directory of its own. Where PID 1
// is no systemd it is made to believe so by a mount that only it sees. Needs root, and says why where it is not to be had.
import { spawn, spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { check, pass, until } from "./wait.mjs";

export const UNIT = "openclaw-gateway.service";
const PROGRAM = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].find(existsSync);
const ROOT = "/sys/fs/cgroup";
/** The hierarchies that systemd itself lives in: the newer kind of group, beside the older, or alone. */
const HIERARCHIES = existsSync(join(ROOT, "cgroup.controllers")) ? [ROOT] : [join(ROOT, "systemd"), join(ROOT, "unified")].filter(existsSync);

// It moves whatever it finds in its own group: so it must have one before it begins.
const BEGIN = `set -eu
for group in $GROUPS_OF_LAB; do echo $$ >"$group/cgroup.procs"; done
unset GROUPS_OF_LAB
if [ ! -d /run/systemd/system ]; then mount -t tmpfs -o size=32m none /run/systemd; mkdir /run/systemd/system; fi
exec "$0" --user --log-target=console --log-level=warning`;

/** Why there can be none here; undefined where there can. */
export function noSystemd() {
  if (!PROGRAM || spawnSync("systemctl", ["--version"]).error) return "systemd is not installed";
  if (process.getuid() !== 0) return "a user manager of its own needs root";
  if (HIERARCHIES.length === 0 || !existsSync("/run/systemd")) return "no control groups of systemd's";
  const tried = spawnSync("unshare", ["--mount", "true"]);
  return tried.status === 0 ? undefined : "no namespace of mounts is allowed";
}

/** The unit as the host documents it. */
function unit({ command, args, env, cwd, outputFile }) {
  const word = (text) => `"${text.replace(/[\\"]/g, "\\$&").replace(/%/g, "%%").replace(/\$/g, "$$$$")}"`;
  const set = Object.entries(env).filter(([, value]) => !/[\n\r]/.test(value));
  const environment = set.map(([key, value]) => `Environment=${word(`${key}=${value}`).replace(/\$\$/g, "$")}`);
  return ["[Unit]", "Description=The gateway of a rehearsal", "StartLimitBurst=10", "StartLimitIntervalSec=300", "[Service]", `ExecStart=${[command, ...args].map(word).join(" ")}`, `WorkingDirectory=${cwd}`, `StandardOutput=append:${outputFile}`, `StandardError=append:${outputFile}`, "Restart=always", "RestartSec=5", "RestartPreventExitStatus=78", "SuccessExitStatus=0 143", "TimeoutStopSec=330", "TimeoutStartSec=30", "KillMode=mixed", "OOMPolicy=continue", ...environment, ""].join("\n");
}

/**
 * As `hireOwner` of ../gateway/ownership.mjs; `plan.env` names the runtime directory in which it is to live. `beside`, one
 * whose manager it shares, with a unit of its own: `unit`.
 */
export async function hireSystemd(plan) {
  const owner = new Systemd(plan);
  await owner.begin();
  return owner;
}

let count = 0;

class Systemd extends EventEmitter {
  pid;
  #groups = [];

  constructor(plan) {
    super();
    const { beside, unit: name = UNIT } = plan;
    Object.assign(this, { plan, unit: name, units: beside?.units ?? join(plan.cwd, "units"), env: { ...plan.env, NODE_OPTIONS: "" } });
    this.end = () => this.#sweep();
  }

  async begin() {
    mkdirSync(this.units, { recursive: true });
    writeFileSync(join(this.units, this.unit), unit(this.plan));
    if (this.plan.beside) await this.#do("daemon-reload");
    else await this.#manage();
    this.timer = setInterval(() => this.#look(), 200);
    this.timer.unref();
  }

  async #manage() {
    const { XDG_RUNTIME_DIR: runtime } = this.plan.env;
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.units, "default.target"), "[Unit]\nDescription=Nothing else\n");
    symlinkSync("/dev/null", join(this.units, "sockets.target"));
    count += 1;
    this.#groups = HIERARCHIES.map((at) => join(at, `asm-rehearse-${process.pid}-${count}`));
    for (const group of this.#groups) mkdirSync(group);
    process.once("exit", this.end);
    const env = { ...this.env, GROUPS_OF_LAB: this.#groups.join(" "), SYSTEMD_UNIT_PATH: `${this.units}:${join(dirname(PROGRAM), "user")}` };
    delete env.DBUS_SESSION_BUS_ADDRESS;
    this.manager = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", BEGIN, PROGRAM], { env, cwd: this.plan.cwd, stdio: ["ignore", "ignore", "pipe"] });
    let words = "";
    this.manager.stderr.setEncoding("utf8").on("data", (text) => (words = (words + text).slice(-2000)));
    this.gone = new Promise((done) => this.manager.once("exit", done));
    await until("the user manager", () => existsSync(join(runtime, "systemd/private")), { timeoutMs: 20_000, dead: () => this.manager.exitCode !== null && `it ended: ${words}` });
  }

  systemctl(...words) {
    const { promise, resolve } = Promise.withResolvers();
    const child = spawn("systemctl", ["--user", ...words], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (piece) => (text += piece));
    child.on("error", (error) => resolve({ code: 1, text: error.message })).on("close", (code) => resolve({ code, text: text.trim() }));
    return promise;
  }

  async show(property) {
    return (await this.systemctl("show", this.unit, `--property=${property}`, "--value")).text;
  }

  async #look() {
    const pid = Number(await this.show("MainPID")) || undefined;
    if (pid === this.pid) return;
    // One that has ended stays known, as with the owner that is no systemd.
    if (pid) this.pid = pid;
    if (pid) this.emit("started", { pid });
  }

  async #do(...words) {
    const { code, text } = await this.systemctl(...words);
    check(code === 0, `systemctl ${words.join(" ")}: ${text}`);
    await this.#look();
    return { pid: this.pid };
  }

  start() {
    return this.#do("start", this.unit);
  }

  restart() {
    return this.#do("restart", this.unit);
  }

  /** Lets what ends lie from now on. */
  leave() {
    return this.amend("[Service]\nRestart=no\n");
  }

  /** Changes the unit on disk, as an administrator does. */
  async amend(text) {
    const folder = join(this.units, `${this.unit}.d`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "amended.conf"), text);
    await this.#do("daemon-reload");
  }

  signal(signal) {
    return process.kill(this.pid, signal);
  }

  /** systemd wakes what it stops; there is nothing to choose. */
  wakes() {}

  async stop(politeMs) {
    await this.systemctl("stop", "--no-block", this.unit);
    const down = async () => ["inactive", "failed"].includes(await this.show("ActiveState"));
    await until("the stop", down, { timeoutMs: politeMs }).catch(() => this.systemctl("kill", "--signal=KILL", this.unit));
  }

  async dismiss() {
    clearInterval(this.timer);
    // The manager is the other one's to end.
    if (this.plan.beside) return;
    await this.systemctl("exit");
    await Promise.race([this.gone, pass(5000)]);
    this.#sweep();
    process.off("exit", this.end);
  }

  /** Nothing of it outlives us: what is left in its groups is ended, and the groups go. */
  #sweep() {
    for (const group of this.#groups.filter(existsSync)) {
      for (let tries = 0; tries < 50 && !emptied(group); tries += 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
    rmSync(this.units, { recursive: true, force: true });
  }
}

/** Ends everything in a group and those below it, and removes them; whether that is done. */
function emptied(group) {
  try {
    const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const all = below.map(({ name }) => emptied(join(group, name)));
    for (const pid of readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean)) process.kill(Number(pid), "SIGKILL");
    if (!all.every(Boolean)) return false;
    rmdirSync(group);
    return true;
  } catch (error) {
    return error.code === "ENOENT";
  }
}
