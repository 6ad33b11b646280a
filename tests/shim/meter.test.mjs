// @ts-check
// The outline of a history, and the meter as JavaScript sees it, with the real wasm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMeter } from "../../pkg/engine.js";
import { outline } from "../../pkg/outline.js";

const row = (/** @type {string} */ role, /** @type {unknown} */ content, timestamp = 1_795_000_000_000) => ({ role, content, timestamp });

test("an outline follows a history that grows and shows one that became another", () => {
  const history = [row("user", "hello"), row("assistant", [{ type: "text", text: "hi" }])];
  const first = outline("grows", history);
  assert.deepEqual([first?.rows, first?.rowsBefore], [2, 0]);
  const grown = outline("grows", [...history, row("custom", "for one request alone"), row("user", "and?")]);
  assert.deepEqual([grown?.rows, grown?.rowsBefore, grown?.sumBefore], [2, 2, first?.sum]);
  const other = outline("grows", [row("user", "hello there"), ...history.slice(1), row("user", "and?")]);
  assert.deepEqual([other?.rows, other?.rowsBefore], [2, 2]);
  assert.notEqual(other?.sumBefore, grown?.sum);
  const gone = outline("grows", history.slice(1));
  assert.deepEqual([gone?.rows, gone?.rowsBefore], [1, 2]);
});

test("what a person says is joined to a command before it without being another history", () => {
  const answered = [row("user", "hello"), row("assistant", "hi")];
  const first = outline("joined", [...answered, row("user", "/asm status")]);
  const joined = row("user", [{ type: "text", text: "/asm status" }, { type: "text", text: "and?" }], 1_795_000_001_000);
  const next = outline("joined", [...answered, joined, row("assistant", "yes")]);
  assert.deepEqual([next?.rows, next?.rowsBefore, next?.sumBefore], [4, 2, first?.sum]);
});

test("an outline is total", () => {
  assert.equal(outline(undefined, []), undefined);
  assert.equal(outline("s", undefined), undefined);
  const odd = [null, 5, {}, row("user", null), row("user", [null, 7, { type: "image" }]), { role: "user", timestamp: "x" }];
  assert.equal(outline("odd", [...odd, row("assistant", null)])?.rows, 4);
  for (let n = 0; n < 1000; n++) outline(`many-${n}`, []);
  assert.equal(outline("odd", odd)?.rowsBefore, 0, "the longest unused is forgotten");
});

test("a meter alone: reports teach it, a recount needs no anchor", () => {
  const meter = openMeter({ provider: "deepseek", model: "deepseek-v4" });
  assert.equal(meter.recount([]), undefined);
  const words = (/** @type {number} */ n) => "plain words of a message ".repeat(n);
  const messages = [];
  let prompt = 5_000;
  for (let turn = 1; turn <= 8; turn++) {
    const question = row("user", words(20 * turn));
    prompt += 100 * turn + 5;
    const reply = { ...row("assistant", [{ type: "text", text: words(4) }]), usage: { input: prompt, output: 25 } };
    prompt += 25;
    for (const message of [question, reply]) {
      meter.add(message);
      messages.push(message);
    }
  }
  const told = meter.recount(messages);
  assert.ok(told && Math.abs(told.tokens - prompt) < prompt * 0.02, JSON.stringify({ told, prompt }));
  assert.ok(told.low <= prompt && prompt <= told.high);
});
