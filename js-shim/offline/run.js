// @ts-check
// From the words of the command line to an exit code.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { count } from "./count.js";
import { OK, Refusal, UNUSABLE, USAGE } from "./refusal.js";
import { breakdown, carryOn, extract, replay } from "./session.js";
import { tell, watchOutput, write } from "./terminal.js";
import { speaker } from "../texts.js";

/** @typedef {import("./source.js").Say} Say */

const FLAG = /** @type {const} */ ({ type: "boolean" });
const VALUE = /** @type {const} */ ({ type: "string" });
const HELP = { help: { ...FLAG, short: "h" } };

/**
 * `file`: what is read where none is given; undefined: one must be.
 * @type {Record<string, {options: Record<string, {type: "boolean" | "string", short?: string}>, file?: string,
 *   run: (path: string, options: any, say: Say) => Promise<number>}>}
 */
const COMMANDS = {
  replay: { options: { ...HELP, json: FLAG, strict: FLAG, window: VALUE, threshold: VALUE }, run: replay },
  breakdown: { options: { ...HELP, json: FLAG, strict: FLAG, window: VALUE }, run: breakdown },
  extract: { options: { ...HELP, json: FLAG, strict: FLAG }, run: extract },
  continue: { options: { ...HELP, strict: FLAG }, run: carryOn },
  count: { options: { ...HELP, json: FLAG, encoding: VALUE }, run: count, file: "-" },
};

/**
 * Runs one command; returns its exit code.
 * @param {string[]} words
 */
export async function run(words) {
  const say = speaker(process.env);
  watchOutput(say);
  try {
    return await dispatch(words, say);
  } catch (error) {
    if (error instanceof Refusal) {
      tell(`asm: ${error.message}`);
      return error.code;
    }
    if (error instanceof Error && error.message.startsWith("asm[tables]")) {
      tell(`asm: ${say("tablesWrong", error.message)}`);
      return UNUSABLE;
    }
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    tell(`asm: ${say("fault", error.message)}`);
    return UNUSABLE;
  }
}

/** @param {string[]} words @param {Say} say */
async function dispatch([first = "", ...rest], say) {
  if (first === "--version" || first === "-v") return shown(version());
  if (first === "--help" || first === "-h" || first === "help") {
    return shown(say(rest[0] === "doctor" || Object.hasOwn(COMMANDS, rest[0] ?? "") ? `help_${rest[0]}` : "help"));
  }
  if (first === "") {
    tell(say("help"));
    return USAGE;
  }
  if (first === "doctor") return doctor(rest, say);
  const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (!command) throw new Refusal(USAGE, say("unknownCommand", first));
  const { values, positionals } = parsed(first, command.options, rest, say);
  if (values.help) return shown(say(`help_${first}`));
  const [path = command.file, extra] = positionals;
  if (path === undefined) throw new Refusal(USAGE, say("noFile", first));
  if (extra !== undefined) throw new Refusal(USAGE, say("oneFile", extra));
  return command.run(path, { ...values, command: first }, say);
}

/** The one command that looks at an installation, not at a file. @param {string[]} rest @param {Say} say */
async function doctor(rest, say) {
  const { values, positionals } = parsed("doctor", { ...HELP, json: FLAG, fix: FLAG, yes: FLAG }, rest, say);
  if (values.help) return shown(say("help_doctor"));
  if (positionals[0] !== undefined) throw new Refusal(USAGE, say("oneFile", positionals[0]));
  const { doctorOutside } = await import("../cli.js");
  return doctorOutside(values);
}

/** @param {string} text */
async function shown(text) {
  await write(`${text}\n`);
  return OK;
}

/**
 * @param {string} command
 * @param {Record<string, {type: "boolean" | "string", short?: string}>} options
 * @param {string[]} args
 * @param {Say} say
 */
function parsed(command, options, args, say) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    // "-h, --help" or "--window <value>": the long name is what the options are listed by.
    const name = message.match(/'(?:-\w, )?(-[^' ]*)/)?.[1] ?? args.join(" ");
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") throw new Refusal(USAGE, say("unknownOption", name, command));
    const valued = options[name.replace(/^--/, "")]?.type === "string";
    throw new Refusal(USAGE, say(valued ? "optionNeedsValue" : "optionTakesNone", name, command));
  }
}

function version() {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
