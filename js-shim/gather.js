// @ts-check
// Collects what the doctor judges: reads only, says nothing, knows no limits. A probe that fails is null. Names, paths
// and process ids leave this file, never a secret: of an operator's token only whether there is one, of a command line
// only the program and the script.
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gatewayAccess } from "./gateway.js";

const ID = "auto-session-manager";
const PROBE_MS = 3_000;
const MOST_RECORDS = 1_000;
/** A record beyond this is looked at only at its head. */
const WHOLE_BYTES = 8 * 1024 * 1024;
const SCRIPT = /\.(py|sh|bash|zsh|rb|pl|ps1|[cm]?[jt]s)$/i;

/**
 * @typedef {object} Where everything a test may put elsewhere
 * @property {any} config the host's configuration; undefined where it is not to be had
 * @property {string} stateDir
 * @property {string} [workspaceDir]
 * @property {any} [section] the plugin's `config`
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [home]
 * @property {string} [proc]
 * @property {string} [program] the host's own script
 * @property {string} [packageDir] where this plugin's package.json is
 */

/** @template T @param {() => T} look @returns {T | null} */
function probe(look) {
  try {
    return look() ?? null;
  } catch {
    return null;
  }
}

/** All facts. @param {Where} where */
export async function gather(where) {
  const { config, stateDir, env = process.env, home = homedir(), proc = "/proc" } = where;
  const entry = config?.plugins?.entries?.[ID];
  const [healthStatus, processes, crontab] = await Promise.all([health(config, env), processList(proc), crontabWords()]);
  return {
    lang: env.LC_ALL || env.LC_MESSAGES || env.LANG || null,
    stateDir,
    settings: {
      section: where.section ?? entry?.config ?? null,
      env: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("ASM_"))),
    },
    host: probe(() => hostPackage(where.program ?? process.argv[1] ?? "")),
    node: process.versions.node,
    package: probe(() => ownPackage(where.packageDir)),
    plugin: config ? probe(() => switches(config, entry)) : null,
    gateway: {
      mode: config?.gateway?.mode ?? null,
      healthStatus,
      hasToken: config ? probe(() => gatewayAccess(config) !== undefined) : null,
      ...heartbeat(stateDir, proc),
    },
    models: probe(() => models(config?.agents, config?.models)),
    skills: probe(() => skillFolders(skillRoots(where, home))),
    plugins: probe(() => Object.keys(config?.plugins?.entries ?? {}).filter((id) => config.plugins.entries[id]?.enabled !== false)),
    processes,
    units: probe(() => unitNames(env, home)),
    crontab,
    launchAgents: probe(() => readdirSync(join(home, "Library", "LaunchAgents"))),
    files: {
      state: stateFile(stateDir),
      unwritable: probe(() => unwritable([stateDir, join(stateDir, ".session_memory"), join(stateDir, "logs")])),
      records: probe(() => records(join(stateDir, ".session_memory"))),
    },
    watchdog: probe(() => watchdog(join(stateDir, ".asm_watchdog", "lock"), proc)),
  };
}

/** @param {any} config @param {any} entry */
function switches({ plugins = {} }, entry) {
  return {
    enabled: entry?.enabled ?? null,
    allowConversationAccess: entry?.hooks?.allowConversationAccess ?? null,
    allowPromptInjection: entry?.hooks?.allowPromptInjection ?? null,
    pluginsEnabled: plugins.enabled ?? null,
    allow: plugins.allow ?? null,
    deny: plugins.deny ?? null,
    contextEngine: plugins.slots?.contextEngine ?? null,
  };
}

/** The status with which something answers where the gateway should be. */
async function health(/** @type {any} */ config, /** @type {NodeJS.ProcessEnv} */ env) {
  try {
    const port = Number(env.OPENCLAW_GATEWAY_PORT) || config?.gateway?.port || 18789;
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}

/** The host is the package that the running script belongs to. */
function hostPackage(/** @type {string} */ program) {
  for (let folder = dirname(realpathSync(program)); folder !== dirname(folder); folder = dirname(folder)) {
    const told = probe(() => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
    if (told?.name === "openclaw") return { version: told.version ?? null, nodeRange: told.engines?.node ?? null };
  }
  return null;
}

function ownPackage(folder = dirname(fileURLToPath(import.meta.url))) {
  const told = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { version: told.version ?? null, pluginApi: told.openclaw?.compat?.pluginApi ?? null, nodeRange: told.engines?.node ?? null };
}

/** The gateway's last sign of life, and whether the process that gave it is still there. */
function heartbeat(/** @type {string} */ stateDir, /** @type {string} */ proc) {
  const text = probe(() => readFileSync(join(stateDir, ".asm_heartbeat.json"), "utf8"));
  const beat = probe(() => JSON.parse(text ?? "null"));
  return { heartbeat: text, heartbeatAlive: beat ? probe(() => alive(beat.pid, beat.start_ticks, proc)) : null };
}

/** `<pid> <start ticks>` */
function watchdog(/** @type {string} */ lock, /** @type {string} */ proc) {
  const [pid = NaN, ticks = 0] = readFileSync(lock, "utf8").trim().split(/\s+/).map(Number);
  return Number.isInteger(pid) ? { pid, alive: alive(pid, ticks, proc) } : null;
}

/** The process is there and is the same one: its start time is as told, where both are known. */
function alive(/** @type {number} */ pid, /** @type {number} */ ticks, /** @type {string} */ proc) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPERM") return false;
  }
  const stat = probe(() => readFileSync(join(proc, String(pid), "stat"), "utf8"));
  // The program's name may hold blanks and brackets; what follows its last bracket begins with field 3.
  const started = stat && Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  return !ticks || !started || started === ticks;
}

/** Models of the default and of each agent, and the window the configuration gives each. @param {any} agents @param {any} known */
function models(agents, known) {
  const holders = [agents?.defaults, ...agentList(agents)];
  const names = holders.flatMap(({ model } = {}) => (typeof model === "string" ? [model] : [model?.primary, ...(model?.fallbacks ?? [])]));
  const configured = [...new Set(names.filter((name) => typeof name === "string"))].map((model) => {
    const [provider = "", ...rest] = model.split("/");
    const row = known?.providers?.[provider]?.models?.find?.((/** @type {any} */ m) => m?.id === rest.join("/"));
    return { model, windowTokens: row?.contextTokens ?? row?.contextWindow ?? null };
  });
  return { contextTokens: agents?.defaults?.contextTokens ?? null, configured };
}

/** @param {any} agents @returns {any[]} */
const agentList = (agents) => [...(agents?.list ?? []), ...Object.values(agents?.entries ?? {})].filter(Boolean);

/** Folders that hold skills, each once. @param {Where} where @param {string} home */
function skillRoots({ config, stateDir, workspaceDir }, home) {
  const holders = [config?.agents?.defaults, ...agentList(config?.agents)];
  const workspaces = [workspaceDir, join(stateDir, "workspace"), ...holders.map((holder) => holder?.workspace)];
  const paths = workspaces.filter((path) => typeof path === "string" && path).map((path) => String(path).replace(/^~(?=$|\/)/, home));
  return [...new Set([stateDir, ...paths])].map((path) => join(path, "skills"));
}

/** @param {string[]} roots */
function skillFolders(roots) {
  return roots.flatMap((root) => {
    const entries = probe(() => readdirSync(root, { withFileTypes: true })) ?? [];
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders.map(({ name }) => ({ name, path: join(root, name), aside: free(join(dirname(root), `${name}.original-skill`)) }));
  });
}

/** A name nothing has yet. */
function free(/** @type {string} */ path) {
  let name = path;
  for (let n = 2; existsSync(name); n++) name = `${path}-${n}`;
  return name;
}

/** @param {string} proc */
async function processList(proc) {
  const ids = probe(() => readdirSync(proc).filter((name) => /^\d+$/.test(name)));
  if (ids?.length) return ids.map((id) => probe(() => fromProc(join(proc, id), Number(id)))).filter(Boolean);
  const listing = process.platform === "win32" ? null : await output("ps", ["-axo", "pid=,args="]);
  return listing?.split("\n").map((line) => {
    const [pid, ...argv] = line.trim().split(/\s+/);
    return argv[0] ? { pid: Number(pid), program: basename(argv[0]), script: argv.slice(1).find((word) => SCRIPT.test(word)) ?? null } : null;
  }).filter(Boolean) ?? null;
}

function fromProc(/** @type {string} */ folder, /** @type {number} */ pid) {
  const argv = readFileSync(join(folder, "cmdline"), "utf8").split("\0");
  if (!argv[0]) return null;
  const script = [argv[0], ...argv.slice(1)].find((word) => SCRIPT.test(word)) ?? null;
  const from = script && !isAbsolute(script) ? probe(() => readlinkSync(join(folder, "cwd"))) : null;
  return { pid, program: basename(argv[0]), script: from && script ? join(from, script) : script };
}

/** @param {NodeJS.ProcessEnv} env @param {string} home */
function unitNames(env, home) {
  const folders = [join(env.XDG_CONFIG_HOME || join(home, ".config"), "systemd", "user"), "/etc/systemd/user", "/etc/systemd/system"];
  const names = folders.flatMap((folder) => probe(() => readdirSync(folder)) ?? []);
  return [...new Set(names.filter((name) => /\.(service|timer)$/.test(name)))];
}

/** Programs and scripts that the person's crontab names. */
async function crontabWords() {
  const text = process.platform === "win32" ? null : await output("crontab", ["-l"]);
  return text === null ? null : wordsOfCrontab(text);
}

/** What looks like a path or a script; times, settings and other arguments stay behind. @param {string} text */
export function wordsOfCrontab(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#") && !/^\w+\s*=/.test(line));
  return lines.flatMap((line) => line.split(/\s+/)).filter((word) => /^(\/|~\/|\.\/)[\w./@~-]+$/.test(word) || (/^[\w.-]+$/.test(word) && SCRIPT.test(word)));
}

/** @param {string} program @param {string[]} args @returns {Promise<string | null>} */
function output(program, args) {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: PROBE_MS, maxBuffer: 4 * 1024 * 1024 }, (error, stdout) => resolve(error ? null : stdout));
  });
}

/** The text of the state file; null where there is none. */
function stateFile(/** @type {string} */ stateDir) {
  try {
    return { text: readFileSync(join(stateDir, ".asm_state.json"), "utf8") };
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT" ? null : { unreadable: true };
  }
}

/** @param {string[]} folders */
function unwritable(folders) {
  return folders.filter((folder) => existsSync(folder) && probe(() => (accessSync(folder, constants.W_OK), true)) === null);
}

/** @param {string} folder */
function records(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  return names.slice(0, MOST_RECORDS).map((name) => {
    const row = { name, readable: false, json: false, version: /** @type {number | null} */ (null) };
    const path = join(folder, name);
    const text = probe(() => (statSync(path).isFile() ? readFileSync(path, "utf8") : null));
    if (text === null) return row;
    row.readable = true;
    const told = text.length > WHOLE_BYTES ? { version: Number(/^\s*\{\s*"version"\s*:\s*(\d+)/.exec(text)?.[1]) } : probe(() => JSON.parse(text));
    row.json = told !== null;
    row.version = Number.isInteger(told?.version) ? told.version : null;
    return row;
  });
}
