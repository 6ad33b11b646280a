// The scripted model speaks the wire format that the gateway's client expects, without a gateway in the room.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { gate, startModel } from "./server.mjs";

let model, folder;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "asm-model-"));
  model = await startModel({ logFile: join(folder, "requests.jsonl") });
});
afterEach(async () => {
  await model.close();
  rmSync(folder, { recursive: true });
});

const user = (content) => [{ role: "system", content: "Be brief." }, { role: "user", content }];
const post = (body, options = {}) =>
  fetch(`${model.url}/chat/completions`, { method: "POST", body: JSON.stringify({ model: "m", ...body }), ...options });
const streamed = (text) =>
  text.split("\n\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)));

test("a plain answer, with usage counted from the request and the log beside it", async () => {
  model.on(/hello/, "Hi 👋");
  const answer = await (await post({ messages: user("hello") })).json();
  assert.equal(answer.choices[0].message.content, "Hi 👋");
  assert.equal(answer.usage.prompt_tokens, model.requests[0].promptTokens);
  const [line] = readFileSync(join(folder, "requests.jsonl"), "utf8").trim().split("\n").map((l) => JSON.parse(l));
  assert.deepEqual(line.body.messages, user("hello"));
});

test("the same request costs the same, a longer one more", async () => {
  for (const text of ["a", "a", "a".repeat(400)]) await post({ messages: user(text) });
  const [first, again, longer] = model.requests.map((request) => request.promptTokens);
  assert.equal(first, again);
  assert.ok(longer >= first + 90 && longer <= first + 110);
});

test("a streamed answer adds up to the whole text and ends with usage", async () => {
  const text = "一二三 👩‍💻 ".repeat(300);
  model.on("turn", { text, usage: { prompt_tokens: 31_000 } });
  const chunks = streamed(await (await post({ messages: user("go"), stream: true })).text());
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), text);
  assert.equal(chunks.at(-1).usage.prompt_tokens, 31_000);
});

test("tool calls arrive whole and are named as the reason", async () => {
  model.on("turn", { toolCalls: [{ name: "read", args: { path: "a.txt" } }] });
  const chunks = streamed(await (await post({ messages: user("go"), stream: true })).text());
  const call = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])[0];
  assert.deepEqual(JSON.parse(call.function.arguments), { path: "a.txt" });
  assert.ok(chunks.some((chunk) => chunk.choices[0]?.finish_reason === "tool_calls"));
});

test("a failure is used up after its times", async () => {
  model.on("turn", { error: "context_length_exceeded" }, { times: 1 });
  model.on("turn", { error: "rate_limit_exceeded" }, { times: 1 });
  const statuses = [];
  for (let n = 0; n < 3; n += 1) statuses.push((await post({ messages: user("x") })).status);
  assert.deepEqual(statuses, [429, 400, 200]);
});

test("summary and flush requests are told from turns", async () => {
  const summary = { role: "system", content: "You are a context summarization assistant. Your task is …" };
  await post({ messages: [summary, { role: "user", content: "<conversation>" }] });
  await post({ messages: user("Pre-compaction memory flush. Store durable memories only in …") });
  await post({ messages: [...user("real text"), { role: "user", content: "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>> …" }] });
  assert.deepEqual(model.requests.map(({ kind }) => kind), ["compaction", "memory", "turn"]);
  assert.equal(model.requests[2].userText, "real text");
});

test("a held answer waits for its gate, and a caller who leaves is noted", async () => {
  const held = gate();
  model.on("turn", { text: "late", gate: held });
  const arrived = model.next("turn");
  const caller = new AbortController();
  const call = post({ messages: user("x") }, { signal: caller.signal }).catch((error) => error.name);
  const request = await arrived;
  caller.abort();
  assert.equal(await call, "AbortError");
  await request.left;
  held.release();
  const second = await post({ messages: user("y") });
  assert.equal((await second.json()).choices[0].message.content, "late");
  assert.equal(request.state, "aborted");
});

test("waiting for a request that does not come ends with a sentence", async () => {
  await assert.rejects(model.next(/never/, { timeoutMs: 20 }), /no such request reached the model in 20 ms: \/never\//);
});

test("models are listed, unknown routes are refused", async () => {
  assert.equal((await (await fetch(`${model.url}/models`)).json()).object, "list");
  assert.equal((await fetch(`${model.url}/nothing`)).status, 404);
});

test("the other protocol: results and calls are read alike, and the answer is its own", async () => {
  model.on("turn", { text: "See.", toolCalls: [{ name: "read", args: { path: "a.txt" } }], usage: { prompt_tokens: 500, prompt_tokens_details: { cached_tokens: 400 } } });
  const body = {
    model: "m",
    system: [{ type: "text", text: "Be brief." }],
    tools: [{ name: "read", description: "Reads.", input_schema: { type: "object" } }],
    messages: [
      { role: "user", content: "go" },
      { role: "assistant", content: [{ type: "text", text: "Well." }, { type: "tool_use", id: "t1", name: "read", input: { path: "b.txt" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "pears" }] }, { type: "text", text: "and?" }] },
    ],
    stream: true,
  };
  const answer = await fetch(`${model.url}/messages?beta=true`, { method: "POST", body: JSON.stringify(body) });
  const events = (await answer.text()).trim().split("\n\n").map((event) => JSON.parse(event.split("\ndata: ")[1]));
  assert.deepEqual(model.requests[0].messages.map(({ role }) => role), ["system", "user", "assistant", "tool", "user"]);
  assert.deepEqual([model.requests[0].userText, model.requests[0].system], ["and?", "Be brief."]);
  assert.deepEqual(model.requests[0].messages[2].tool_calls[0].function, { name: "read", arguments: '{"path":"b.txt"}' });
  assert.deepEqual(events[0].message.usage, { input_tokens: 100, output_tokens: 1, cache_read_input_tokens: 400, cache_creation_input_tokens: 0 });
  const deltas = events.filter((event) => event.type === "content_block_delta").map(({ delta }) => delta.text ?? delta.partial_json);
  assert.deepEqual(deltas, ["See.", '{"path":"a.txt"}']);
  assert.deepEqual(events.at(-2).delta.stop_reason, "tool_use");
});
