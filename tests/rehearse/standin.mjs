// Stands where a gateway stands for faults that the real one cannot be made to show: it answers the three probes over a
// real socket in the way that the file `mode` in its folder says.
//   node standin.mjs PORT FOLDER
// ok, starting, draining, silent (accepts, never answers), drip (a byte now and then, without end), garbage, foreign
// (a web server of somebody else), closed (the process goes on, the port does not); `die MS` ends it so long after.
// With ASM_STANDIN_BEATS it writes the plugin's heartbeat, so many milliseconds apart, whatever it answers.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

process.title = process.env.ASM_STANDIN_TITLE ?? "openclaw-gateway";
const [port, folder] = process.argv.slice(2);
const born = performance.now();

function mode() {
  try {
    return readFileSync(join(folder, "mode"), "utf8").trim().split(" ");
  } catch {
    return ["ok"];
  }
}

function answers(path, state) {
  const uptimeMs = Math.round(performance.now() - born);
  const busy = state === "starting" || state === "draining";
  if (path === "/healthz") return [200, { ok: true, status: "live" }];
  if (path === "/startupz") return busy ? [503, { ok: false, status: state }] : [200, { ok: true, status: "started", version: "2026.9.6", uptimeMs }];
  if (path === "/readyz") return busy ? [503, { ready: false, failing: [`gateway-${state}`], uptimeMs }] : [200, { ready: true, failing: [], uptimeMs }];
  return [404, {}];
}

function whole(status, body) {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`;
}

function drip(socket) {
  const text = [..."HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"];
  const timer = setInterval(() => socket.write(text.shift() ?? " "), 300);
  socket.on("close", () => clearInterval(timer));
}

function serve(socket) {
  const [state] = mode();
  socket.on("error", () => {});
  if (state === "silent") return socket.resume();
  if (state === "drip") return drip(socket.resume());
  if (state === "garbage") return socket.end("SSH-2.0-OpenSSH_9.6\r\n");
  if (state === "foreign") return socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  socket.once("data", (data) => socket.end(whole(...answers(String(data).split(" ")[1], state))));
}

const server = createServer(serve);
server.listen(Number(port), "127.0.0.1");
setInterval(() => {
  const [state, ms] = mode();
  if (state === "closed" && server.listening) server.close();
  if (state !== "closed" && !server.listening) server.listen(Number(port), "127.0.0.1");
  if (state === "die" && performance.now() - born > Number(ms)) process.exit(1);
}, 50);
process.on("SIGTERM", () => process.exit(0));

/** The sign of life of the plugin, which the gateway's own event loop writes. */
function beat() {
  const start_ticks = Number(readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ")[19]);
  const boot_id = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const told = { version: 1, pid: process.pid, start_ticks, boot_id, at_ms: Date.now(), loop_lag_ms_max: 1, in_flight: [] };
  writeFileSync(join(folder, ".openclaw", ".asm_heartbeat.json"), JSON.stringify(told));
}
const beats = Number(process.env.ASM_STANDIN_BEATS);
if (beats) beat(), setInterval(beat, beats);
