// Loaded into the real gateway before anything else, to make it ill on request. What is to happen is a file in the
// folder that ASM_REHEARSE names, with a number in it:
//   slow-boot  the process stands still for so many ms before it loads anything
//   block      the event loop computes for so many ms
//   sleep      the event loop stands still for so many ms, and computes nothing
//   deaf       it closes every port it listens on; its process goes on
//   drip       for so many ms it answers whoever connects with a byte now and then, without end; its process goes on
//   flood      it prints so many lines of a log, and writes them into its log file
//   eat        it takes so many bytes of memory and keeps them
//   clock      its wall clock is off by so many ms
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

const folder = process.env.ASM_REHEARSE;
const net = createRequire(import.meta.url)("node:net");
const RealDate = Date;
const servers = new Set();
let drips = 0;
const eaten = [];
let offset = 0;

function number(name) {
  try {
    return Number(readFileSync(join(folder, name), "utf8"));
  } catch {
    return undefined;
  }
}

function once(name) {
  const value = number(name);
  if (value !== undefined) rmSync(join(folder, name), { force: true });
  return value;
}

function block(ms) {
  for (const end = performance.now() + ms; performance.now() < end; );
}

function flood(lines) {
  const chunk = `${"2026-01-01T00:00:00Z debug flood ".repeat(6)}\n`.repeat(100);
  const log = openSync(join(folder, "..", "host.log"), "a");
  for (let n = 0; n < lines; n += 100) for (const to of [1, log]) writeSync(to, chunk);
  closeSync(log);
}

/** Instead of whoever would have answered. */
function drip(socket) {
  const text = [..."HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"];
  const timer = setInterval(() => socket.write(text.shift() ?? " "), 300);
  socket.on("error", () => {}).on("close", () => clearInterval(timer));
  socket.resume();
}

class ShiftedDate extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [RealDate.now() + offset]));
  }
  static now() {
    return RealDate.now() + offset;
  }
}

function watch() {
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...given) {
    servers.add(this);
    return listen.apply(this, given);
  };
  const { emit } = net.Server.prototype;
  net.Server.prototype.emit = function (name, ...given) {
    if (name === "connection" && performance.now() < drips) return drip(given[0]), true;
    return emit.call(this, name, ...given);
  };
  setInterval(() => {
    const [blocked, deaf, lines, bytes, dripping] = ["block", "deaf", "flood", "eat", "drip"].map(once);
    if (dripping) drips = performance.now() + dripping;
    if (blocked) block(blocked);
    const asleep = once("sleep");
    if (asleep) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, asleep);
    if (deaf) for (const server of servers) server.close();
    if (lines) flood(lines);
    if (bytes) for (let left = bytes; left > 0; left -= 4e6) eaten.push(Buffer.alloc(4e6, 1));
    offset = number("clock") ?? 0;
    if (offset) globalThis.Date = ShiftedDate;
  }, 100).unref();
}

if (folder && isMainThread && process.argv.includes("gateway")) {
  const still = number("slow-boot");
  if (still) {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    for (const end = performance.now() + still; performance.now() < end && existsSync(join(folder, "slow-boot")); ) Atomics.wait(flag, 0, 0, 100);
  }
  watch();
}
