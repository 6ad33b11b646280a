// @ts-check
// `doctor --fix`: shows what would be changed, asks, has the host's own commands change it, and looks again.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";

const COMMAND_MS = 120_000;
/** The gateway refuses a reload while a turn of ours runs, in these words, and asks to try again after it. */
const BUSY = /active retained work/;
const BUSY_TRIES = 5;
const BUSY_PAUSE_MS = 3_000;

/** @typedef {{code: number | null, stdout: string, stderr: string}} Ran */
/** @typedef {{code: string, level: string, text: string, fix?: {commands: string[][], note?: string}}} Finding */
/** @typedef {{ok: boolean, text: string, findings: Finding[]}} Answer */

/** Runs a command of the host that runs us. @param {string[]} args */
export const runHost = (args) => start(process.execPath, [process.argv[1] ?? "", ...args]);

/** Runs a command of the host that the path names. @param {string[]} args */
export const runOnPath = (args) => start("openclaw", args);

/** @param {string} program @param {string[]} args @returns {Promise<Ran>} */
function start(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: COMMAND_MS });
    const ran = { code: /** @type {number | null} */ (null), stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => (ran.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (ran.stderr += text));
    child.on("error", (error) => resolve({ ...ran, stderr: error.message }));
    child.on("close", (code) => resolve({ ...ran, code }));
  });
}

/** Asks the person at the terminal. @param {string} question @returns {Promise<string>} */
export async function ask(question) {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await line.question(question);
  } finally {
    line.close();
  }
}

/**
 * Commands of the host, each once and as late as it is wanted (one reload after all settings), and those that are the
 * person's own to run.
 * @param {Finding[]} findings
 */
export function plan(findings) {
  const all = findings.flatMap((finding) => finding.fix?.commands ?? []);
  const last = all.filter((command, at) => !all.slice(at + 1).some((later) => same(command, later)));
  const ours = (/** @type {string[]} */ command) => command[0] === "openclaw";
  return { host: last.filter(ours), byHand: last.filter((command) => !ours(command)) };
}

const same = (/** @type {string[]} */ a, /** @type {string[]} */ b) => a.length === b.length && a.every((word, n) => word === b[n]);

/**
 * @param {import("./cli.js").Ports} ports
 * @param {(name: string, ...values: string[]) => string} say
 * @param {Answer} before
 * @param {{json?: boolean, yes?: boolean}} options
 * @returns {Promise<number>} exit code
 */
export async function repair(ports, say, before, options) {
  // With --json, standard output holds one JSON value and people read the other stream.
  const tell = options.json ? ports.err : ports.out;
  const finish = (/** @type {number} */ code, /** @type {object} */ result) => {
    if (options.json) ports.out(JSON.stringify({ before, ...result }, null, 2));
    return code;
  };
  const { host, byHand } = plan(before.findings);
  tell(before.text);
  if (byHand.length > 0) tell([say("byHand"), ...byHand.map(line)].join("\n"));
  if (host.length === 0) {
    tell(say("nothingToFix"));
    return finish(before.ok ? 0 : 1, { applied: [] });
  }
  tell([say("willRun"), ...host.map(line)].join("\n"));
  if (!(await consent(ports, say, options))) return finish(1, { applied: [] });

  const applied = [];
  for (const command of host) {
    const ran = await insist(ports, command.slice(1));
    applied.push({ command, code: ran.code });
    if (ran.code !== 0) {
      ports.err(say("failed", command.join(" "), lastLine(ran.stderr || ran.stdout)));
      return finish(1, { applied });
    }
  }
  return again(ports, say, tell, finish, before, applied);
}

/** @param {import("./cli.js").Ports} ports @param {(name: string) => string} say @param {{yes?: boolean}} options */
async function consent(ports, say, options) {
  if (options.yes) return true;
  if (!ports.terminal) {
    ports.err(say("noTerminal"));
    return false;
  }
  const agreed = /^\s*(y|yes|是|好)\s*$/i.test(await ports.ask(say("confirm")));
  if (!agreed) ports.err(say("unchanged"));
  return agreed;
}

/** Runs a command, again where the gateway said to come back after the turn under way. */
async function insist(/** @type {import("./cli.js").Ports} */ ports, /** @type {string[]} */ args) {
  let ran = await ports.run(args);
  for (let tries = 1; ran.code !== 0 && BUSY.test(ran.stderr + ran.stdout) && tries < BUSY_TRIES; tries++) {
    await ports.pause(BUSY_PAUSE_MS);
    ran = await ports.run(args);
  }
  return ran;
}

/**
 * Looks again in a fresh process, which reads the configuration as it now is.
 * @param {import("./cli.js").Ports} ports
 * @param {(name: string, ...values: string[]) => string} say
 * @param {(text: string) => void} tell
 * @param {(code: number, result: object) => number} finish
 * @param {Answer} before
 * @param {object[]} applied
 */
async function again(ports, say, tell, finish, before, applied) {
  const ran = await ports.run(["asm", "doctor", "--json"]);
  const after = answerIn(ran.stdout);
  if (!after) {
    ports.err(say("failed", "openclaw asm doctor", lastLine(ran.stderr)));
    return finish(1, { applied });
  }
  const meant = before.findings.filter((finding) => plan([finding]).host.length > 0).map((finding) => finding.code);
  const left = after.findings.filter((finding) => meant.includes(finding.code));
  tell(left.length === 0 ? say("holds") : say("holdsNot", left.map((finding) => finding.text).join(" ")));
  tell(after.text);
  return finish(left.length === 0 && after.ok ? 0 : 1, { applied, after });
}

/** @returns {Answer | undefined} */
function answerIn(/** @type {string} */ stdout) {
  try {
    const answer = JSON.parse(stdout.slice(stdout.indexOf("{")));
    return Array.isArray(answer?.findings) ? answer : undefined;
  } catch {
    return undefined;
  }
}

const lastLine = (/** @type {string} */ text) => text.trim().split("\n").at(-1) ?? "";

const line = (/** @type {string[]} */ command) => `    $ ${command.map((word) => (/^[\w/.:=@~+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ")}`;
