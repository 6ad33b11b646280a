// The token meter on the real gateway: what it expects of the next request against what the model's server counts, what
// it all costs, and what fills the context.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { messageText, startModel } from "../model/server.mjs";
import { repository } from "./host.mjs";
import { merge } from "./config.mjs";
import { startGateway } from "./lab.mjs";
import { ID, MAIN, granted, tarball } from "./plugin.mjs";

const { countTokens } = await import(pathToFileURL(join(repository, "pkg", "core.js")).href);

/** Dollars a million tokens. */
const PRICES = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
/** Tokens a provider puts around a message, and once around all of them. */
const FRAMING = { message: 4, request: 3 };
const PROSE = {
  english: (/** @type {number} */ n) => `Paragraph ${n}. The committee read the minutes, corrected two names and went on to the garden. `.repeat(12),
  chinese: (/** @type {number} */ n) => `第${n}段。委员会阅读了会议记录，更正了两个名字，然后去了花园，大家都觉得天气不错。`.repeat(12),
};
const PARAGRAPH = /Paragraph|段/;
let model, lab;

/** What a provider of o200k_base counts in a request. */
function countPromptTokens({ messages, tools = [] }) {
  const texts = messages.map((message) => messageText(message) + (message.tool_calls ? JSON.stringify(message.tool_calls) : ""));
  return texts.reduce((sum, text) => sum + countTokens(text) + FRAMING.message, FRAMING.request) + countTokens(JSON.stringify(tools));
}

before(async () => {
  model = await startModel({ countPromptTokens, countCompletionTokens: (reply) => countTokens(reply.text ?? "") });
  const config = { models: { providers: { scripted: { models: [{ id: "small", name: "Scripted model", reasoning: false, input: ["text"], cost: PRICES, contextWindow: 128_000, maxTokens: 2048 }] } } } };
  lab = await startGateway({ modelUrl: model.url, politeMs: 2_000, plugin: tarball(), config, configAfterInstall: merge(granted, { plugins: { entries: { [ID]: { config: { language: "en" } } } } }) });
});
after(async () => {
  await lab?.stop();
  await model?.close();
});

const say = async (text) => messageText((await lab.client.chatSend(text, MAIN)).message);
const turns = () => model.matching("turn");

/** Tokens in use as `/asm status` tells them. */
async function inUse() {
  const status = await say("/asm status");
  const [, tokens] = /^Context: (?:about )?(\d+) of 128000 tokens/.exec(status) ?? assert.fail(status);
  return Number(tokens);
}

test("what is told after a turn is what the next request holds, to within a hundredth", async () => {
  model.on(PARAGRAPH, { text: `Noted. ${"The roses want water in the evening and shade at noon. ".repeat(8)}` });
  const errors = [];
  for (let n = 0; n < 6; n += 1) {
    const told = n > 1 ? await inUse() : undefined;
    await say(n % 2 ? PROSE.chinese(n) : PROSE.english(n));
    const { promptTokens, messages } = turns().at(-1);
    // The host adds messages of its own around the person's: only that one is taken off.
    const said = messages.map(messageText).findLast((text) => PARAGRAPH.test(text));
    const held = promptTokens - countTokens(said) - FRAMING.message;
    if (told !== undefined) errors.push(Math.abs(told - held) / held);
  }
  assert.equal(errors.length, 4);
  for (const error of errors) assert.ok(error < 0.01, `errors ${errors.map((e) => (e * 100).toFixed(3))} %`);
  const explained = await say("/asm explain");
  assert.match(explained, /the provider's first report/);
  assert.doesNotMatch(explained, /more than expected|less than expected/);
});

test("the cost so far is that of the calls", async () => {
  const dollars = turns().reduce((sum, { promptTokens }) => sum + promptTokens * PRICES.input, 0) / 1e6;
  const status = await say("/asm status");
  const [, told] = /so far: \$(\d+\.\d+)/.exec(status) ?? assert.fail(status);
  // Replies are in it as well: some hundred tokens each.
  assert.ok(Number(told) >= dollars && Number(told) < dollars * 1.5, `${told} of ${dollars}`);
  assert.match(status, /Each further call pays about \$0\.\d+/);
});

test("what fills the context adds up to what is in use", async () => {
  const context = await say("/asm context");
  const [, total] = /What fills the context, (?:about )?(\d+) tokens/.exec(context) ?? assert.fail(context);
  const parts = context.split("Largest messages:")[0].matchAll(/^- .*: (\d+) tokens/gm);
  assert.equal([...parts].reduce((sum, [, tokens]) => sum + Number(tokens), 0), Number(total));
  const last = turns().at(-1).promptTokens;
  assert.ok(Math.abs(Number(total) - last) / last < 0.1, `${total} of ${last}`);
});
