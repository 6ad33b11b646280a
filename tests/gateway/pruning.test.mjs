// Old tool results that the host leaves out of a request: what the meter expects of it, against what is really sent.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { messageText, startModel } from "../model/server.mjs";
import { repository } from "./host.mjs";
import { startGateway } from "./lab.mjs";
import { MAIN, granted, tarball } from "./plugin.mjs";

const { countTokens } = await import(pathToFileURL(join(repository, "pkg", "core.js")).href);

/** How long the host takes a provider's cache to live: behind it, old results are trimmed. */
const TTL_MS = 2_000;
const FRAMING = { message: 4, request: 3 };
const WINDOW = 32_768;
/** Routes by what they are told by: a family of models, and the protocol. */
const ROUTES = [
  { provider: "openrouter", model: "deepseek/small", api: "openai-completions" },
  { provider: "minimax", model: "MiniMax-small", api: "anthropic-messages" },
];
let model, lab;

/** What a provider of o200k_base counts in a request. */
function countPromptTokens({ messages, tools = [] }) {
  const texts = messages.map((message) => messageText(message) + (message.tool_calls ? JSON.stringify(message.tool_calls) : ""));
  return texts.reduce((sum, text) => sum + countTokens(text) + FRAMING.message, FRAMING.request) + countTokens(JSON.stringify(tools));
}

/** Reads the file that is asked for, then says a word. The host puts a message of its own behind the results. */
function reply({ messages, userText }) {
  const [, part] = /Read part (\d+)/.exec(userText) ?? [];
  const asked = messages.findLastIndex((message) => message.role === "user" && /Read part/.test(messageText(message)));
  const read = messages.findLastIndex((message) => message.role === "tool") > asked;
  return part === undefined || read ? "Noted." : { toolCalls: [{ name: "read", args: { path: `part-${part}.txt` } }] };
}

/** @param {{provider: string, model: string, api: string}} route */
async function start(route) {
  model = await startModel({ countPromptTokens, countCompletionTokens: (answer) => countTokens(answer.text ?? "") });
  model.on("turn", reply);
  const small = { id: route.model, name: "Scripted model", reasoning: false, input: ["text"], cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }, contextWindow: WINDOW, maxTokens: 2048 };
  // The host trims for certain providers only, told by their names or their protocol, of which one has its version in
  // the path of a request and not of the provider.
  const baseUrl = route.api === "anthropic-messages" ? model.url.replace(/\/v1$/, "") : model.url;
  const config = {
    models: { providers: { [route.provider]: { baseUrl, apiKey: "scripted", api: route.api, models: [small] } } },
    agents: { defaults: { model: { primary: `${route.provider}/${route.model}` }, contextPruning: { mode: "cache-ttl", ttl: `${TTL_MS / 1000}s` } } },
  };
  lab = await startGateway({ modelUrl: model.url, politeMs: 2_000, plugin: tarball(), config, configAfterInstall: granted });
  const workspace = join(lab.stateDir, "workspace");
  await mkdir(workspace, { recursive: true });
  for (let part = 0; part < 5; part += 1) {
    const lines = Array.from({ length: 120 }, (_, line) => `Line ${line} of part ${part}: the pears are counted in the evening, the plums at noon.`);
    await writeFile(join(workspace, `part-${part}.txt`), lines.join("\n"));
  }
}

afterEach(async () => {
  await lab?.stop();
  await model?.close();
});

const say = async (text) => messageText((await lab.client.chatSend(text, MAIN)).message);

/** Longer than a trimmed result, shorter than a whole one, characters. */
const SHORT = 4_000;

/** Lengths of the tool results in a request, characters. */
const results = ({ messages }) => messages.filter((message) => message.role === "tool").map((message) => messageText(message).length);

for (const route of ROUTES) test(`what is expected of a request whose old results are trimmed is what is sent: ${route.provider}, ${route.api}`, async () => {
  await start(route);
  let trimmed = 0;
  for (let part = 0; part < 5; part += 1) {
    await say(`Read part ${part} now, please.`);
    // The provider's cache goes cold: that is time passing, and nothing else shows it.
    const cold = Date.now() + TTL_MS + 200;
    while (Date.now() < cold) await new Promise((go) => setTimeout(go, 100));
    const seen = model.matching("turn").length;
    await say("Go on.");
    const before = trimmed;
    trimmed = results(model.matching("turn")[seen]).filter((length) => length < SHORT).length;
    // Where results were trimmed, the number fell by thousands, and the report of that call was expected all the same.
    const explained = await say("/asm explain");
    assert.doesNotMatch(explained, /than expected/, `part ${part}, ${before} → ${trimmed} trimmed\n${explained}`);
  }
  assert.ok(trimmed >= 4, `${trimmed} results were trimmed`);
});
