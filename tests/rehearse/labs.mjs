// What the rows are played on: a real gateway in a private home that can be made ill on request, or a stand-in.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { labEnvironment, node } from "../gateway/host.mjs";
import { createLab, freePort } from "../gateway/lab.mjs";
import { hireOwner } from "../gateway/ownership.mjs";
import { granted } from "../gateway/plugin.mjs";
import { hireSystemd } from "./systemd.mjs";
import { QUICK, scaled } from "./times.mjs";

const here = dirname(fileURLToPath(import.meta.url));
/** The owner behaves as systemd does with the host's unit: it waits 330 s for a stop, and wakes what it stops. */
const SYSTEMD = { politeMs: scaled(330), wakes: true };
/** Once its row is over nobody waits so long for an ill gateway. */
const AT_LAST = { politeMs: 2000 };
/** Room for a gateway's home and a flood of its log. */
const DISK_MB = 400;
const ID = "auto-session-manager";

/** What no flag says: nothing outside this machine is asked, and the owner tells by a file. */
const section = (home, watchdog) => ({
  plugins: { entries: { [ID]: { config: { watchdog: { reachabilityTargets: "", statusCommand: ["cat", join(home, "status.json")], ...watchdog } } } } },
});

/** Owned by a systemd of its own: whoever asks it finds it by this directory, and no file tells of it. */
const runtime = (home) => ({ XDG_RUNTIME_DIR: join(home, "run") });
const UNTOLD = { statusCommand: [] };

/**
 * A real gateway, not started. `lab.ill(what, number)` makes it ill, see preload.mjs. `plugin`, a tarball; `systemd`, its
 * owner is a real one, see systemd.mjs.
 */
export async function realLab({ watchdog = {}, plugin, systemd = false, ...options } = {}) {
  const lab = await createLab({ ...SYSTEMD, giveUpAfter: 50, ...options, owner: systemd ? hireSystemd : undefined });
  if (systemd) Object.assign(lab.env, runtime(lab.home));
  if (plugin) {
    // Its heartbeat tells the watchdog what the event loop does.
    await lab.installPlugin(plugin);
    await lab.editConfig(granted);
  }
  const triggers = join(lab.home, "ill");
  mkdirSync(triggers);
  Object.assign(lab.env, { NODE_OPTIONS: `--import ${join(here, "preload.mjs")}`, ASM_REHEARSE: triggers });
  lab.told.statusFile = join(lab.home, "status.json");
  await lab.editConfig(section(lab.home, { ...(systemd ? UNTOLD : {}), ...watchdog }));
  lab.real = true;
  const { stop } = lab;
  lab.stop = async (how) => {
    const answer = await stop.call(lab, { ...AT_LAST, ...how });
    endOrphans(lab.home);
    return answer;
  };
  lab.ill = (what, number) => (number === undefined ? rmSync(join(triggers, what), { force: true }) : writeFileSync(join(triggers, what), String(number)));
  return lab;
}

/** Children of a gateway that was killed go on without it, and spin: those that live in this lab's home are ended. */
export function endOrphans(home) {
  for (const pid of readdirSync("/proc").filter((n) => /^\d+$/.test(n))) {
    try {
      const ours = readlinkSync(`/proc/${pid}/cwd`).startsWith(home);
      const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
      const broker = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("spawn-broker");
      if (ours && broker && parent === "1") process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself, or is not ours to look at.
    }
  }
}

/** A Telegram channel in that Internet. */
export function telegram(net, more = {}) {
  const channel = { enabled: true, botToken: "123456:LABTOKEN", apiRoot: net.botUrl, dmPolicy: "open", allowFrom: ["*"], ...more };
  return { channels: { telegram: channel }, plugins: { entries: { telegram: { enabled: true } } } };
}

/** The real gateway with a Telegram channel in that Internet, in a home that is a file system of its own. */
export async function channelLab(net, options) {
  const disk = mkdtempSync(join(tmpdir(), "asm-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m,mode=700`, "asm-rehearse", disk]).status === 0;
  const config = telegram(net, { proxy: net.proxyUrl });
  const lab = await realLab({ ...options, config, parent: disk, watchdog: { reachabilityTargets: net.target } });
  lab.tmpfs = mounted;
  const { stop } = lab;
  lab.stop = async () => {
    await stop.call(lab);
    if (mounted) spawnSync("umount", ["-l", disk]);
    rmdirSync(disk);
  };
  return lab;
}

/**
 * A stand-in gateway, started. `lab.mode("silent")` makes it ill, see standin.mjs. `diskMb`, its state directory is a disk of that size; `beside`,
 * another stand-in under systemd: its unit is one of the same manager, named after `env.OPENCLAW_PROFILE`.
 */
export async function standIn({ env = {}, mode = "ok", start = true, tell = true, giveUpAfter = 1000, watchdog = {}, systemd = false, beside, diskMb } = {}) {
  const home = await mkdtemp(join(tmpdir(), "asm-standin-"));
  const lab = new StandIn(home, await freePort());
  await mkdir(lab.stateDir, { recursive: true });
  if (diskMb !== undefined) lab.mount(diskMb);
  await writeFile(lab.configFile, JSON.stringify({ gateway: { port: lab.port }, ...section(home, { ...(systemd ? UNTOLD : {}), ...watchdog }) }));
  lab.env = labEnvironment(home, { ...env, ...(systemd ? runtime(beside?.home ?? home) : {}) });
  // As the host's own units say whose they are.
  if (beside) Object.assign(lab.env, { OPENCLAW_STATE_DIR: lab.stateDir, OPENCLAW_GATEWAY_PORT: String(lab.port) });
  lab.mode(mode);
  lab.owner = await (systemd ? hireSystemd : hireOwner)({
    command: node,
    args: [join(here, "standin.mjs"), String(lab.port), home],
    env: lab.env,
    cwd: home,
    outputFile: join(home, "out"),
    socket: lab.socket,
    ...SYSTEMD,
    giveUpAfter,
    beside: beside?.owner,
    unit: beside && `openclaw-gateway-${lab.env.OPENCLAW_PROFILE}.service`,
    statusFile: tell ? join(home, "status.json") : undefined,
    removeWhenAbandoned: home,
  });
  if (start) await lab.owner.start();
  return lab;
}

class StandIn {
  settings = QUICK;

  constructor(home, port) {
    Object.assign(this, { home, port, stateDir: join(home, ".openclaw"), socket: join(home, "owner.sock") });
    this.configFile = join(this.stateDir, "openclaw.json");
  }

  /** Its state directory is a disk of that size from now on, and no longer than we are there. */
  mount(megabytes) {
    this.tmpfs = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "asm-rehearse", this.stateDir]).status === 0;
    if (!this.tmpfs) return;
    this.unmount = () => {
      process.off("exit", this.unmount);
      spawnSync("umount", ["-l", this.stateDir]);
    };
    process.once("exit", this.unmount);
  }

  mode(text) {
    writeFileSync(join(this.home, "mode"), text);
  }

  async stop() {
    await this.owner.stop(AT_LAST.politeMs).finally(() => (this.unmount?.(), this.owner.dismiss()));
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
