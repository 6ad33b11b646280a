// Proves the harness itself: a real gateway, a scripted model, one turn, a compaction, `/new`, a freeze, and nothing left.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gate, messageText, startModel } from "../model/server.mjs";
import { node, run } from "./host.mjs";
import { startGateway } from "./lab.mjs";
import { fileURLToPath } from "node:url";

const SESSION = { sessionKey: "agent:main:smoke" };
const FACT = "The deploy key of the staging cluster is called birch-42.";
const COMPACTION_MARK = "was compacted into the following summary";
let model, lab;

before(async () => {
  model = await startModel();
  lab = await startGateway({ modelUrl: model.url, politeMs: 2000 });
});
after(async () => {
  await lab?.stop();
  await model?.close();
});

const wholeRequest = (request) => request.messages.map(messageText).join("\n");
const filler = (n) => `Message ${n}. ${"The quick survey goes on with one more ordinary sentence. ".repeat(30)}`;

test("a turn reaches the model and its answer comes back", async () => {
  model.on(/ordinary greeting/, "Good evening to you.", { times: 1 });
  const final = await lab.client.chatSend("An ordinary greeting.", SESSION);
  assert.equal(messageText(final.message), "Good evening to you.");
  assert.equal(model.requests.at(-1).kind, "turn");
});

test("usage is what the server reported", async () => {
  await lab.client.chatSend(FACT, SESSION);
  const { sessions } = await lab.client.call("sessions.list", {});
  const row = sessions.find(({ key }) => key === SESSION.sessionKey);
  assert.equal(row.totalTokens, model.requests.at(-1).promptTokens);
});

test("an answer is held back until it is released", async () => {
  const held = gate();
  model.on(/wait for it/, { text: "Released.", gate: held }, { times: 1 });
  const arrived = model.next(/wait for it/);
  const turn = lab.client.chatSend("Please wait for it.", SESSION);
  const request = await arrived;
  assert.equal(request.state, "open");
  held.release();
  assert.equal(messageText((await turn).message), "Released.");
  assert.equal(request.state, "answered");
});

test("a compaction asks the model for a summary, and the fact is gone after it", async () => {
  for (let n = 1; n <= 7; n += 1) await lab.client.chatSend(filler(n), SESSION);
  assert.match(wholeRequest(model.requests.at(-1)), /birch-42/);
  const summaries = model.matching("compaction").length;
  await lab.client.chatSend("/compact", SESSION);
  assert.equal(model.matching("compaction").length, summaries + 1);
  await lab.client.chatSend("And after that?", SESSION);
  const request = wholeRequest(model.requests.at(-1));
  assert.ok(request.includes(COMPACTION_MARK));
  assert.doesNotMatch(request, /birch-42/);
});

test("the gateway compacts by itself before a turn that would not fit", async () => {
  const own = { sessionKey: "agent:main:full" };
  for (let n = 1; n <= 7; n += 1) await lab.client.chatSend(filler(n), own);
  model.on(/nearly full/, { text: "Noted.", usage: { prompt_tokens: 26_000 } }, { times: 1 });
  await lab.client.chatSend("This one is nearly full.", own);
  const summaries = model.matching("compaction").length;
  await lab.client.chatSend("One more.", own);
  assert.equal(model.matching("compaction").length, summaries + 1);
  assert.ok(wholeRequest(model.requests.at(-1)).includes(COMPACTION_MARK));
});

test("/new leaves the model with an empty history", async () => {
  await lab.client.chatSend("/new", SESSION);
  await lab.client.chatSend("First of the new context.", SESSION);
  const request = wholeRequest(model.requests.at(-1));
  assert.ok(!request.includes(COMPACTION_MARK) && !request.includes("ordinary sentence"));
});

test("an outsider's request to the owner brings a frozen gateway back", async () => {
  const frozen = lab.owner.pid;
  await lab.owner.signal("SIGSTOP");
  assert.deepEqual(await lab.probe("healthz", 1000), {});
  const asked = await run(node, [fileURLToPath(new URL("ask-owner.mjs", import.meta.url)), lab.owner.socket, "restart"]);
  assert.equal(asked.code, 0, asked.stderr);
  assert.equal(JSON.parse(asked.stdout).forced, true);
  await lab.ready();
  await lab.connect();
  assert.notEqual(lab.owner.pid, frozen);
  const final = await lab.client.chatSend("Are you back?", SESSION);
  assert.ok(messageText(final.message).startsWith("Reply"));
});

test("stop leaves no process and no file", { skip: process.platform !== "linux" && "reads /proc" }, async () => {
  const { home, owner } = lab;
  assert.ok(processesOf(home).length > 0, "the check below could not fail");
  await lab.stop();
  assert.deepEqual(processesOf(home), []);
  assert.equal(existsSync(home), false);
  assert.equal(existsSync(owner.socket), false);
});

/** Processes that run in a lab's home, the owner excepted (it has no business there). */
function processesOf(home) {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/environ`, "utf8").split("\0").includes(`HOME=${home}`);
    } catch {
      return false;
    }
  });
}
