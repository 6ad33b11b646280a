// @ts-check
// Loads the wasm core, once per process and content, and puts events to it. A trap trips the breaker: one line, then
// ASM does nothing until the plugin is loaded afresh. Replies never notice.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as glue from "./wasm/asm.js";
import { readTables } from "./core.js";
import { encodeInto } from "./encode.js";

/** @typedef {import("./wasm/asm.js").Input} Input */
/** @typedef {import("./wasm/asm.js").Effect} Effect */

/** The wasm beside this file, and what tells it from another. @type {{bytes: Buffer, hash: string} | undefined} */
let content;
/** @type {WebAssembly.Memory | undefined} */
let memory;

/** SHA-256 of the wasm, in hex. */
export function contentHash() {
  if (!content) {
    const bytes = readFileSync(new URL("./wasm/asm_bg.wasm", import.meta.url));
    content = { bytes, hash: createHash("sha256").update(bytes).digest("hex") };
  }
  return content.hash;
}

/** Compiles the wasm; synchronous, because `register` must be. */
function load() {
  if (memory) return memory;
  contentHash();
  const { bytes } = /** @type {{bytes: Buffer}} */ (content);
  const loaded = glue.initSync({ module: new WebAssembly.Module(/** @type {any} */ (bytes)) }).memory;
  glue.begin();
  readTables("o200k_base", loaded, glue.tables);
  if (!glue.load()) throw new Error("asm[tables]: o200k_base.tables is of another build; reinstall the plugin");
  memory = loaded;
  return memory;
}

/** The kept buffer in linear memory, at least `len` bytes of which the first `keep` stay; valid until the next call. */
function room(/** @type {number} */ len, keep = 0) {
  const size = Math.max(len, 65_536);
  const at = glue.buffer(size, keep);
  return Buffer.from(load().buffer, at, size);
}

/**
 * A reader of stored sessions; `scan` all of the file, then `follow` all of it.
 * @param {unknown} section as the plugin's `config`; its `context.windowTokens` is the model's window
 * @param {Record<string, string>} env
 */
export function openReplay(section, env) {
  load();
  const replay = new glue.Replay(section, env);
  const put = (/** @type {Uint8Array} */ piece) => (room(piece.length).set(piece), piece.length);
  return {
    /** @returns {{key: string, value: string, accepted: string, used: string}[]} */
    rejected: () => JSON.parse(replay.rejected()),
    scan: (/** @type {Uint8Array} */ piece) => replay.scan(put(piece)),
    /** @returns {{lines: number, rows: number}} */
    scanned: () => JSON.parse(replay.scanned()),
    follow: (/** @type {Uint8Array} */ piece) => replay.follow(put(piece)),
    finish: () => replay.finish(),
    facts: () => JSON.parse(replay.facts()),
    block: () => replay.block(),
    /** @returns {{data: any, text: string} | null} */
    breakdown: () => JSON.parse(replay.breakdown()),
  };
}

const LOCALE = ["LC_ALL", "LC_MESSAGES", "LANG"];

/** The settings and the locale from the environment that the core reads: nothing else of it crosses. */
export function settingsFrom(/** @type {NodeJS.ProcessEnv} */ env) {
  const read = (/** @type {string} */ name) => name.startsWith("ASM_") || LOCALE.includes(name);
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (read(name) && value !== undefined ? [[name, value]] : [])));
}

/**
 * The engine behind a breaker.
 * @param {unknown} section the plugin's `config`
 * @param {(line: string) => void} report where the one line goes when it trips
 * @param {import("./texts.js").Say} say
 */
export function openEngine(section, report, say) {
  load();
  const asm = new glue.Asm(section ?? {}, settingsFrom(process.env));
  /** @type {Set<string>} */
  const complained = new Set();
  const engine = {
    broken: false,
    /**
     * @param {Input} input
     * @param {unknown} [payload]
     * @returns {Effect[]}
     */
    step(input, payload) {
      if (engine.broken) return [];
      try {
        const length = payload === undefined || payload === null ? 0 : encodeInto(payload, room);
        // What does not fit is not nothing: the core would take a history without rows for an empty one.
        if (length === 0 && payload !== undefined && payload !== null) throw new Error("asm[payload]: too large");
        return asm.step(input, length);
      } catch (error) {
        // What the core refuses it says itself; anything else leaves it in an unknown state.
        if (!String(/** @type {Error} */ (error)?.message).startsWith("asm[")) {
          engine.broken = true;
          report(say("coreFault", /** @type {Error} */ (error)?.message ?? String(error)));
        } else if (!complained.has(input.event.type)) {
          complained.add(input.event.type);
          report(say("notUnderstood", input.event.type, /** @type {Error} */ (error)?.message ?? String(error)));
        }
        return [];
      }
    },
    /** Gives the core's memory back; nothing may be told afterwards. */
    close() {
      if (engine.broken) return;
      engine.broken = true;
      asm.free();
    },
  };
  return engine;
}

/** A row that means nothing, for an engine that nobody uses. @param {number} n */
export function practice(n) {
  load();
  return JSON.parse(glue.practice(n));
}

/**
 * A meter alone: counts one conversation for one model, knowing of it at first what its name tells.
 * @param {{provider: string, model: string}} of
 */
export function openMeter({ provider, model }) {
  load();
  const gauge = new glue.Gauge(provider, model);
  return {
    /** A message joins, as the host writes it; one of the model with a `usage` is a report. */
    add: (/** @type {unknown} */ message) => gauge.add(encodeInto(message, room)),
    /** A whole request that holds these messages, without a report of its own; undefined before the first report. */
    recount(/** @type {unknown[]} */ messages) {
      const [tokens, low, high] = gauge.recount(encodeInto(messages, room));
      return tokens === undefined ? undefined : { tokens, low, high };
    },
  };
}
