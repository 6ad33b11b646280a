// A reply is being written when the gateway freezes: the watchdog has it restarted, and the next turn of that conversation
// is told that it was cut off, once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gate, messageText, startModel } from "../model/server.mjs";
import { node, repository } from "./host.mjs";
import { createLab } from "./lab.mjs";
import { MAIN, granted, tarball, until } from "./plugin.mjs";

/** Within the ranges that anybody may set; the default is 180 s of silence, probed every 60 s. */
const SHORT = ["--interval-seconds", "1", "--timeout-seconds", "10", "--grace-seconds", "60", "--verify-seconds", "120"];
const binary = [process.env.ASM_WATCHDOG, "target/pack/asm-watchdog", "target/debug/asm-watchdog"]
  .map((path) => path && join(repository, path))
  .find((path) => path && existsSync(path));
let model, lab, watchdog;

before(async () => {
  assert.ok(binary, "no asm-watchdog: run `make pack` or `cargo build` first");
  model = await startModel();
  lab = await createLab({ modelUrl: model.url, politeMs: 2_000 });
  await lab.installPlugin(tarball());
  await lab.editConfig(granted);
  await lab.start();
});
after(async () => {
  watchdog?.kill("SIGKILL");
  await lab?.stop();
  await model?.close();
});

const say = async (text) => messageText((await lab.client.chatSend(text, MAIN)).message);
const json = (path) => {
  try {
    return JSON.parse(readFileSync(join(lab.stateDir, path), "utf8"));
  } catch {
    return undefined;
  }
};
const left = () => json(".asm_watchdog/last_incident.json");
const told = (request) => JSON.stringify(request.body).match(/<asm-interrupted>.*?<\/asm-interrupted>/g) ?? [];

test("a conversation that a restart cut off knows it in its next turn, and only then", { skip: process.platform !== "linux" && "reads /proc" }, async () => {
  await say("Good evening.");
  const askOwner = [node, join(repository, "tests", "gateway", "ask-owner.mjs"), lab.owner.socket, "restart"];
  const where = ["--port", String(lab.port), "--state-dir", lab.stateDir, "--config", lab.configFile, "--restart-command", JSON.stringify(askOwner)];
  watchdog = spawn(binary, ["run", ...where, ...SHORT], { env: lab.env, stdio: "ignore" });
  await until("the watchdog's first healthy look", () => json(".asm_watchdog/state.json")?.history?.judgement?.verdict === "healthy");

  const held = gate();
  model.on("turn", { text: "Late.", gate: held }, { times: 1 });
  const arrived = model.next("turn");
  const cutOff = say("Please deploy the staging environment.").catch(() => undefined);
  await arrived;
  const before = model.matching("turn").length;
  await until("a heartbeat with the call in flight", () => json(".asm_heartbeat.json")?.in_flight.includes(MAIN.sessionKey));
  const { pid } = lab.owner;
  await lab.owner.signal("SIGSTOP");
  await until("a verified restart", () => ["verified", "closed"].includes(left()?.state), 180_000);
  held.release();
  await cutOff;
  assert.notEqual(lab.owner.pid, pid);
  assert.deepEqual([left().pid, left().in_flight], [pid, [MAIN.sessionKey]]);

  // The host takes up what was cut off by itself: that is the next turn, and a message meanwhile waits behind it.
  await lab.ready();
  await lab.connect();
  await say("Is it done?");
  await until("the turns behind the restart", () => model.matching("turn").length >= before + 2);
  await say("And now?");
  const [first, ...later] = model.matching("turn").slice(before);
  assert.equal(told(first).length, 1, first.userText);
  assert.match(told(first)[0], /not an instruction/);
  assert.ok(later.length > 1 && later.every((request) => told(request).length === 0), "it is said once");
});
