// @ts-check
// `openclaw asm …`: asks a private core over the files on disk. This process writes none of them: what the private core
// wants done, other than reading, is left undone, and a save is the running gateway's to make.
import { openFiles, stateDirectory } from "./files.js";
import { gather } from "./gather.js";
import { conversationAccess } from "./host.js";
import { callGateway, gatewayAccess } from "./gateway.js";
import { ask as askOnTerminal, repair, runHost, runOnPath } from "./repair.js";
import { speaker } from "./texts.js";

/** @typedef {import("./texts.js").Say} Say */

const ID = "auto-session-manager";
/** A record may lead to another: more rounds than that is a fault, not a need. */
const MOST_ROUNDS = 6;

/** The command as the manifest and the host's root help name it. */
export const DESCRIPTOR = {
  name: "asm",
  description: "Auto session manager: what is kept of your conversations and what is in the way / 自动会话管理",
  hasSubcommands: true,
};

/**
 * What the commands reach the world by; a test brings its own.
 * @typedef {object} Ports
 * @property {(section: unknown, report: (line: string) => void, say: Say) => {step: (input: any, payload?: unknown) => any[]}} open
 * @property {typeof gather} gather
 * @property {typeof callGateway} call
 * @property {typeof runHost} run
 * @property {(question: string) => Promise<string>} ask
 * @property {boolean} terminal somebody is there to be asked
 * @property {(text: string) => void} out
 * @property {(text: string) => void} err
 * @property {(code: number) => void} exit
 * @property {() => number} now epoch milliseconds
 * @property {(milliseconds: number) => Promise<void>} pause
 */

/** @returns {Promise<Ports>} */
async function realPorts() {
  const { openEngine } = await import("./engine.js");
  return {
    open: openEngine,
    gather,
    call: callGateway,
    run: runHost,
    ask: askOnTerminal,
    terminal: Boolean(process.stdin.isTTY && process.stderr.isTTY),
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    exit: (code) => void (process.exitCode = code),
    now: () => Date.now(),
    pause: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  };
}

/**
 * @param {any} api
 * @param {Partial<Ports>} [given]
 */
export function registerAsmCli(api, given) {
  const machineOutput = (/** @type {{argv: readonly string[]}} */ { argv }) => argv.includes("--json");
  api.registerCli(
    async (/** @type {any} */ { program, config, workspaceDir }) => {
      const ports = given?.open ? /** @type {Ports} */ (given) : { ...(await realPorts()), ...given };
      const stateDir = stateDirectory(api);
      const section = config?.plugins?.entries?.[ID]?.config ?? {};
      build(program, session(ports, { config, workspaceDir, stateDir, section, version: api.version ?? "0" }));
    },
    { descriptors: [{ ...DESCRIPTOR, machineOutput }] },
  );
}

/** Parts of the host's configuration that the doctor looks at. */
const PARTS = ["plugins", "gateway", "agents", "models"];

/**
 * The doctor from outside the host, which knows no `openclaw asm` while the plugin is disabled. Runs the `openclaw` of
 * the path. Resolves to the exit code.
 * @param {{json?: boolean, fix?: boolean, yes?: boolean}} options
 * @param {Partial<Ports>} [given]
 */
export async function doctorOutside(options, given) {
  const ports = given?.open ? /** @type {Ports} */ (given) : { ...(await realPorts()), run: runOnPath, ...given };
  /** @type {any} */
  const config = {};
  await Promise.all(PARTS.map(async (part) => {
    const { code, stdout } = await ports.run(["config", "get", part, "--json"]);
    try {
      if (code === 0) config[part] = JSON.parse(stdout);
    } catch {
      // Not set, or told in another way: nothing is complained of then.
    }
  }));
  const section = config.plugins?.entries?.[ID]?.config ?? {};
  return doctor(session(ports, { config, stateDir: stateDirectory(undefined), section, version: "0" }), options);
}

/**
 * One use of the command: the host's configuration, and a core opened on the files as they are.
 * @param {Ports} ports
 * @param {{config: any, workspaceDir?: string, stateDir: string, section: any, version: string}} host
 */
function session(ports, host) {
  const say = speaker(process.env, host.section?.language);
  const files = openFiles(host.stateDir, say);
  const lang = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || null;
  const engine = ports.open(host.section, (line) => ports.err(`auto-session-manager: ${line}`), say);
  const step = (/** @type {any} */ event, /** @type {unknown} */ payload = undefined) => {
    const nowMs = ports.now();
    return engine.step({ nowMs, day: new Date(nowMs).toISOString().slice(0, 10), event }, payload);
  };
  // The doctor names what cannot be read.
  const text = (/** @type {string} */ path) => files.read(path).text;
  step({ type: "boot", state: text(files.paths.state), conversationAccess: conversationAccess(host.config, ID) });

  /** The core's answer to a question; undefined where it gave none. */
  const question = (/** @type {string} */ method, /** @type {object} */ ctx = {}, /** @type {object} */ facts = {}) => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const effects = step({ type: "ask", method, ctx }, { lang, ...facts });
      const reply = effects.find((effect) => effect.type === "reply");
      if (reply) return JSON.parse(reply.text);
      const wanted = effects.filter((effect) => effect.type === "load");
      for (let loads = 0; wanted.length > 0 && loads < MOST_ROUNDS; loads++) {
        const { name } = wanted.shift();
        wanted.push(...step({ type: "loaded", name, text: text(files.record(name)) }).filter((effect) => effect.type === "load"));
      }
    }
    return undefined;
  };
  return { ports, host, question, say, lang };
}

/** @typedef {ReturnType<typeof session>} Session */

/** @param {any} program @param {Session} asm */
function build(program, asm) {
  const { say, ports } = asm;
  const root = program.command("asm").description(say("root")).addHelpText("after", `\n${say("exits")}`);
  misuse(root);
  const add = (/** @type {string} */ usage, /** @type {(...args: any[]) => Promise<number> | number} */ run) => {
    const command = root.command(usage).option("--json", say("optionJson")).addHelpText("after", `\n${say("exits")}`);
    command.description(say(command.name())).action(async (/** @type {any[]} */ ...args) => {
      try {
        ports.exit(await run(...args));
      } catch (error) {
        ports.err(say("failed", `openclaw asm ${command.name()}`, error instanceof Error ? error.message : String(error)));
        ports.exit(1);
      }
    });
    return misuse(command);
  };
  add("sessions", (options) => show(asm, options, elsewhere(asm) ?? asm.question("sessions")));
  add("status [sessionKey]", (key, options) => withSession(asm, options, key, (sessionKey) => status(asm, sessionKey)));
  add("save [sessionKey]", (key, options) => withSession(asm, options, key, (sessionKey) => save(asm, sessionKey)));
  add("doctor", (options) => doctor(asm, options)).option("--fix", say("optionFix")).option("--yes", say("optionYes"));
}

/** Wrong usage ends with 2, help with 0. @template T @param {T & {exitOverride: any}} command @returns {T} */
function misuse(command) {
  command.exitOverride((/** @type {any} */ error) => {
    if (error.exitCode) error.exitCode = 2;
    process.exitCode = error.exitCode;
    throw error;
  });
  return command;
}

/** Prints an answer. @param {Session} asm @param {{json?: boolean}} options @param {any} answer */
function show({ ports, say }, options, answer) {
  const error = answer === undefined ? say("failed", "asm", "-") : answer.error;
  if (options.json) ports.out(JSON.stringify(answer ?? { error }, null, 2));
  else if (error) ports.err(error);
  else ports.out(answer.text);
  return error ? 1 : 0;
}

/** The answer where the files of this machine are not the gateway's. @param {Session} asm */
function elsewhere({ host, say }) {
  return host.config?.gateway?.mode === "remote" ? { error: say("remote") } : undefined;
}

/**
 * The conversation named, or the one used last.
 * @param {Session} asm
 * @param {{json?: boolean}} options
 * @param {string | undefined} key
 * @param {(sessionKey: string) => any} work
 */
async function withSession(asm, options, key, work) {
  const remote = elsewhere(asm);
  if (remote) return show(asm, options, remote);
  const sessionKey = key ?? asm.question("sessions")?.sessions?.[0]?.session_key;
  if (!sessionKey) return show(asm, options, { error: asm.say("none") });
  return show(asm, options, await work(sessionKey));
}

/** What the running gateway says; where it does not answer, what its files tell. @param {Session} asm @param {string} sessionKey */
async function status({ ports, host, question, say, lang }, sessionKey) {
  const access = gatewayAccess(host.config);
  if (access) {
    try {
      return await ports.call(access, "asm.status", { sessionKey, lang }, host.version, say);
    } catch {
      // It is down, or of a version that does not know the question.
    }
  }
  const answer = question("status", { sessionKey });
  return answer && !answer.error ? { ...answer, text: `${answer.text}\n${say("fromFiles")}` } : answer;
}

/** Only the gateway may write: it is asked to. @param {Session} asm @param {string} sessionKey */
async function save({ ports, host, say }, sessionKey) {
  const access = gatewayAccess(host.config);
  if (!access) return { error: say("noToken") };
  try {
    return await ports.call(access, "asm.save", { sessionKey }, host.version, say);
  } catch (error) {
    return { error: say("noAnswer", error instanceof Error ? error.message : String(error)) };
  }
}

/** @param {Session} asm @param {{json?: boolean, fix?: boolean, yes?: boolean}} options */
async function doctor(asm, options) {
  const { ports, host, say } = asm;
  if (options.yes && !options.fix) {
    ports.err(say("yesAlone"));
    return 2;
  }
  const { config, stateDir, workspaceDir, section } = host;
  const answer = asm.question("doctor", {}, await ports.gather({ config, stateDir, workspaceDir, section }));
  if (!options.fix || answer === undefined) {
    const shown = show(asm, options, answer);
    return shown || (answer.ok ? 0 : 1);
  }
  return repair(ports, say, answer, options);
}
