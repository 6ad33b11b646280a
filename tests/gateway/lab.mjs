// A real gateway in a private home on loopback, with everything a test does to it.
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { connectClient } from "./client.mjs";
import { labConfig, merge } from "./config.mjs";
import { labEnvironment, node, openclaw, requireHost, run } from "./host.mjs";
import { hireOwner } from "./ownership.mjs";

/** Milliseconds a cold boot may take on a busy machine before we call it failed (it was seen to take 25 s). */
const BOOT_MS = 120_000;

/**
 * A lab with its gateway started and ready.
 * @param {object} options
 *   `modelUrl` of the model server; `port` (default: a free one); `contextWindow`, `maxTokens`, `keepRecentTokens` as in `labConfig`;
 *   `config` merged over the lab's own; `plugin`, a tarball installed before the first start, and `configAfterInstall`,
 *   merged in after it (the host warns about options of a plugin it does not know yet);
 *   `env` of the gateway and the CLI; `politeMs`, how long a stop waits before it kills; `wakes`, see owner.mjs;
 *   `owner`, who hires another owner than that of ownership.mjs;
 *   `parent`, the folder in which the home is made.
 */
export async function startGateway(options) {
  const lab = await createLab(options);
  try {
    if (options.plugin) await lab.installPlugin(options.plugin);
    if (options.configAfterInstall) await lab.editConfig(options.configAfterInstall);
    await lab.start();
    return lab;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

/** A lab whose gateway has not been started: its home and configuration exist, and `cli` works. */
export async function createLab(options) {
  requireHost();
  const home = await mkdtemp(join(options.parent ?? tmpdir(), "asm-lab-"));
  const lab = new Lab(home, options.port ?? (await freePort()), options);
  await mkdir(lab.stateDir, { recursive: true, mode: 0o700 });
  const numbers = { ...options, port: lab.port, token: lab.token, logFile: join(home, "host.log") };
  await writeFile(lab.configFile, JSON.stringify(labConfig(numbers, options.config), null, 2), { mode: 0o600 });
  return lab;
}

class Lab {
  constructor(home, port, { env, politeMs = 15_000, wakes, statusFile, giveUpAfter, owner = hireOwner }) {
    this.home = home;
    this.port = port;
    this.token = randomUUID();
    this.stateDir = join(home, ".openclaw");
    this.configFile = join(this.stateDir, "openclaw.json");
    this.outputFile = join(home, "gateway.out");
    this.url = `http://127.0.0.1:${port}`;
    this.env = labEnvironment(home, env);
    this.politeMs = politeMs;
    this.socket = join(home, "owner.sock");
    this.told = { statusFile, giveUpAfter, wakes };
    this.hireOwner = owner;
  }

  /** Hires the owner, who starts nothing yet. */
  async hire() {
    this.owner ??= await this.hireOwner({
      ...this.told,
      command: node,
      args: [openclaw, "gateway", "run", "--port", String(this.port)],
      env: this.env,
      cwd: this.home,
      outputFile: this.outputFile,
      socket: this.socket,
      politeMs: this.politeMs,
      removeWhenAbandoned: this.home,
    });
  }

  /** Starts the gateway under its owner, waits until it is ready, connects the client. */
  async start() {
    await this.hire();
    await this.owner.start();
    await this.ready();
    await this.connect();
  }

  /** Asks the owner for a restart and waits until the new gateway is ready. */
  async restart() {
    const answer = await this.owner.restart();
    await this.ready();
    await this.connect();
    return answer;
  }

  /** Waits for `/readyz` to say ready; fails at once when the owner has given up. */
  async ready({ timeoutMs = BOOT_MS } = {}) {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (this.owner.gaveUp) throw new Error(`the gateway does not stay up\n${await this.output(4000)}`);
      const { status, body } = await this.probe("readyz");
      if (status === 200 && body?.ready) return body;
      if (performance.now() > deadline) {
        const last = JSON.stringify({ status, body });
        throw new Error(`not ready in ${timeoutMs} ms, last answer ${last}\n${await this.output(4000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** One GET of `healthz`, `readyz` or `startupz`: `{status, body}`, both undefined without an answer. */
  async probe(name, timeoutMs = 3000) {
    try {
      const response = await fetch(`${this.url}/${name}`, { signal: AbortSignal.timeout(timeoutMs) });
      return { status: response.status, body: await response.json() };
    } catch {
      return {};
    }
  }

  /** The lock files in the host's temporary folder that name this process. Beside them are thousands of files of plugins. */
  async locks(pid) {
    const folder = join(this.stateDir, "tmp");
    const users = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith("openclaw-"));
    const within = await Promise.all(users.map(async (user) => (await readdir(join(folder, user))).map((name) => join(user, name))));
    const names = within.flat().filter((name) => name.endsWith(".lock"));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
    return names.filter((_, n) => new RegExp(`"pid"\\s*:\\s*${pid}\\b`).test(texts[n]));
  }

  async connect() {
    this.client?.close();
    this.client = await connectClient({ url: `ws://127.0.0.1:${this.port}`, token: this.token });
    return this.client;
  }

  /** The host's command line in this home: `{code, signal, stdout, stderr}`. */
  cli(args, options = {}) {
    return run(node, [openclaw, ...args], { env: this.env, cwd: this.home, ...options });
  }

  /** The same, for commands that must succeed; returns stdout. */
  async cliOk(args, options) {
    const { code, signal, stdout, stderr } = await this.cli(args, options);
    if (code !== 0) throw new Error(`openclaw ${args.join(" ")}: exit ${code ?? signal}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Installs a package the way a user does; works with the gateway up (hot) and down. */
  installPlugin(tarball, options) {
    return this.cliOk(["plugins", "install", `npm-pack:${tarball}`, "--force", "--accept-capabilities"], options);
  }

  /** `openclaw config set`, for a value of any JSON type. */
  setConfig(path, value) {
    return this.cliOk(["config", "set", path, JSON.stringify(value), "--strict-json"]);
  }

  /** Merges `overrides` into the configuration file itself: quicker than the CLI, meant for a gateway that is down. */
  async editConfig(overrides) {
    const config = JSON.parse(await readFile(this.configFile, "utf8"));
    await writeFile(this.configFile, JSON.stringify(merge(config, overrides), null, 2), { mode: 0o600 });
  }

  /** What the gateway printed, or its last `bytes`. */
  async output(bytes) {
    const text = await readFile(this.outputFile, "utf8").catch(() => "");
    return bytes === undefined ? text : text.slice(-bytes);
  }

  /** Takes everything down and removes the home (`keep` leaves it; `politeMs` as of the owner). Safe to call twice. */
  async stop({ keep = false, politeMs } = {}) {
    this.client?.close();
    const owner = this.owner;
    this.owner = undefined;
    const answer = await owner?.stop(politeMs).finally(() => owner.dismiss());
    if (!keep) await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
    return answer;
  }
}

/** A port of the loopback that nobody has now. */
export async function freePort() {
  const { promise, resolve, reject } = Promise.withResolvers();
  const server = createServer().once("error", reject).listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
