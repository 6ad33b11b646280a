// @ts-check
// The only writer of ASM's files. Every replacement is atomic (temporary file, fsync, rename, directory fsync), the
// newest text for a file wins, and nothing here blocks the event loop.
import { constants, readFileSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const TEMPORARY = ".asm-tmp";
/** This process among those that had or will have its pid. */
const SELF = `${process.pid}-${randomBytes(4).toString("hex")}`;
const LOG_BYTES = 5 * 1024 * 1024;
const LOG_FILES = 5;

/** `<state>` of the host: its own word, else the environment's, else the default. */
export function stateDirectory(/** @type {any} */ api) {
  try {
    const told = api?.runtime?.state?.resolveStateDir?.();
    if (typeof told === "string" && told) return told;
  } catch {
    // The command line gives plugins no runtime.
  }
  const { OPENCLAW_STATE_DIR, OPENCLAW_HOME } = process.env;
  return OPENCLAW_STATE_DIR || join(OPENCLAW_HOME || homedir(), ".openclaw");
}

/** What `shared()` may hold of another version of the plugin is told by this: its methods are others. */
export const SHAPE = 3;

/**
 * @param {string} state
 * @param {import("./texts.js").Say} say
 * @param {any} [earlier] the files of a version loaded before in this process, which may still be writing
 */
export function openFiles(state, say, earlier) {
  const paths = {
    state: join(state, ".asm_state.json"),
    heartbeat: join(state, ".asm_heartbeat.json"),
    records: join(state, ".session_memory"),
    log: join(state, "logs", "asm_plugin.log"),
    // The watchdog's; only read here.
    incident: join(state, ".asm_watchdog", "last_incident.json"),
  };
  const record = (/** @type {string} */ name) => join(paths.records, `${name}.json`);
  /** @type {Map<string, string | Uint8Array>} texts not on disk yet, by path */
  const waiting = new Map();
  /** @type {Map<string, Promise<void>>} the writer at work on a path */
  const writers = new Map();
  /** @type {Promise<unknown>} appends, deletions and renames, one after another */
  let chain = Promise.resolve();
  /** @type {Set<string>} paths whose last replacement failed */
  const failed = new Set();
  /** @type {Set<string>} paths this version has written: what the one before knew of them is old */
  const written = new Set();
  let sequence = 0;

  /** Replaces `path`; resolves when this or a newer text is on disk, rejects when that failed. */
  function replace(/** @type {string} */ path, /** @type {string | Uint8Array} */ text) {
    waiting.set(path, text);
    written.add(path);
    const running = writers.get(path);
    const writer = (running ?? Promise.resolve()).catch(() => {}).then(() => drain(path));
    writers.set(path, writer);
    return writer.finally(() => writers.get(path) === writer && writers.delete(path));
  }

  async function drain(/** @type {string} */ path) {
    const text = waiting.get(path);
    if (text === undefined) return;
    await handover;
    const temporary = `${path}.${SELF}-${sequence++}${TEMPORARY}`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      await syncDirectory(dirname(path));
      failed.delete(path);
    } catch (error) {
      failed.add(path);
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    } finally {
      if (waiting.get(path) === text) waiting.delete(path);
    }
  }

  /** Runs after everything queued before it; a failure stays its own. */
  function queued(/** @type {() => Promise<void>} */ work) {
    const done = chain.then(work);
    chain = done.catch(() => {});
    return done;
  }

  /** Of the version before: a text it has not written yet, as that version tells it. */
  const pending = (/** @type {string} */ path) => {
    try {
      const told = earlier?.read(path);
      return typeof told === "string" ? told : told?.text;
    } catch {
      return undefined;
    }
  };
  /** Settles when the version before has written what it had to. */
  const handover = Promise.resolve(earlier?.flushed?.()).catch(() => {});

  return {
    shape: SHAPE,
    paths,
    record,
    failed,
    replace,
    /**
     * The text of a file as it will be once all writes are done. Neither member where there is none; `unreadable` says
     * why one that is there could not be read.
     * @param {string} path
     * @returns {{text?: string, unreadable?: string}}
     */
    read(path) {
      const text = waiting.get(path);
      if (text !== undefined) return { text: typeof text === "string" ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8") };
      const told = written.has(path) ? undefined : pending(path);
      if (told !== undefined) return { text: told };
      try {
        return { text: readFileSync(path, "utf8") };
      } catch (error) {
        const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
        return code === "ENOENT" ? {} : { unreadable: code ?? message };
      }
    },
    /** Renames a damaged file of ours aside. Synchronous order with later writes is kept by the path's own queue. */
    setAside(/** @type {string} */ path) {
      const aside = `${path}.corrupt-${new Date().toISOString().replace(/[:.]/g, "-")}`;
      const earlier = writers.get(path) ?? Promise.resolve();
      const move = earlier.catch(() => {}).then(() => rename(path, aside)).catch((/** @type {NodeJS.ErrnoException} */ error) => {
        if (error.code !== "ENOENT") throw error;
      });
      writers.set(path, move);
      return move.finally(() => writers.get(path) === move && writers.delete(path));
    },
    remove: (/** @type {string} */ path) => queued(() => rm(path, { force: true })),
    appendNote: (/** @type {string} */ workspace, /** @type {string} */ day, /** @type {string} */ text) =>
      queued(() => appendNote(join(workspace, "memory"), day, text, say)),
    log: (/** @type {string} */ line) => queued(() => appendLog(paths.log, line)),
    /** Resolves when nothing waits to be written any more. */
    async flushed() {
      while (writers.size > 0) await Promise.allSettled([...writers.values()]);
      await chain;
    },
    /** Removes temporary files that a killed process left; only ours, only of processes that are gone. */
    async sweep() {
      for (const directory of [state, paths.records]) {
        const names = await readdir(directory).catch(() => /** @type {string[]} */ ([]));
        for (const name of names.filter((n) => n.endsWith(TEMPORARY))) {
          const [, pid, tag] = /\.(\d+)-([0-9a-f]{8})-\d+\.asm-tmp$/.exec(name) ?? [];
          const gone = Number(pid) === process.pid ? `${pid}-${tag}` !== SELF : !alive(Number(pid));
          if (gone) await rm(join(directory, name), { force: true }).catch(() => {});
        }
      }
    },
  };
}

function alive(/** @type {number} */ pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

async function syncDirectory(/** @type {string} */ directory) {
  const handle = await open(directory, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Appends under a lock that other processes respect; one write, so that readers never see half of it. */
async function appendNote(/** @type {string} */ directory, /** @type {string} */ day, /** @type {string} */ text, /** @type {import("./texts.js").Say} */ say) {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(say("noSuchDay", day));
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${day}.md`);
  const lock = join(directory, `.${day}.md.asm-lock`);
  if (!(await take(lock))) throw new Error(say("noteLocked"));
  try {
    const file = await open(path, "a", 0o600);
    try {
      await file.appendFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(lock, { force: true });
  }
}

/** Takes a lock file; one left by a process that is gone is taken over. False where another process keeps it. */
async function take(/** @type {string} */ lock) {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      const file = await open(lock, "wx", 0o600);
      await file.writeFile(SELF);
      await file.close();
      return true;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
      const holder = readHolder(lock);
      const [pid] = holder.split("-");
      // Appends of one process follow each other: a lock in our pid's name was left by one that had it before.
      const left = holder && (Number(pid) === process.pid || !alive(Number(pid)));
      if (left || (holder === "" && attempt > 25)) await rm(lock, { force: true });
      else await new Promise((again) => setTimeout(again, 20).unref());
    }
  }
  return false;
}

function readHolder(/** @type {string} */ lock) {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return "";
  }
}

async function appendLog(/** @type {string} */ path, /** @type {string} */ line) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const size = await stat(path).then((s) => s.size, () => 0);
  if (size + line.length > LOG_BYTES) {
    for (let n = LOG_FILES - 1; n > 0; n--) {
      await rename(n > 1 ? `${path}.${n - 1}` : path, `${path}.${n}`).catch(() => {});
    }
  }
  const file = await open(path, "a", 0o600);
  try {
    await file.appendFile(`${line}\n`);
  } finally {
    await file.close();
  }
}
