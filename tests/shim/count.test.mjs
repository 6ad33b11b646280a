// @ts-check
// Exact counts through the small wasm, as pkg/ has it: what the native tests prove of the counter must hold behind
// JavaScript's strings as well.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { watchMemories } from "../../bench/memories.mjs";

const pkg = fileURLToPath(new URL("../../pkg/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "asm-count-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @type {typeof import("../../js-shim/core.js")} */
const { countStream, countTokens, encodings } = await import(`file://${pkg}core.js`);

/** Tokens as tiktoken has them: text, in o200k_base, in cl100k_base. */
const KNOWN = /** @type {const} */ ([
  ["", 0, 0],
  ["hello world", 2, 2],
  ["tiktoken is great!", 6, 6],
  ["你好，世界", 3, 6],
  ["<|endoftext|>", 7, 7],
  ["\ufffd", 1, 1],
]);

test("both encodings count what tiktoken counts", () => {
  assert.deepEqual(encodings(), ["o200k_base", "cl100k_base"]);
  for (const [text, o200k, cl100k] of KNOWN) {
    assert.deepEqual([countTokens(text), countTokens(text, "o200k_base"), countTokens(text, "cl100k_base")], [o200k, o200k, cl100k], text);
  }
});

/** Tokens of a text as Node makes bytes of it. */
function countStreamed(/** @type {string} */ text) {
  const stream = countStream();
  stream.push(Buffer.from(text));
  return stream.finish();
}

test("a lone surrogate counts as U+FFFD, wherever a long text is cut", () => {
  assert.equal(countTokens("\ud83e"), countTokens("\ufffd"));
  assert.equal(countTokens("a\udddd b"), countTokens("a\ufffd b"));
  const text = "🧭 и 中文 word 12345\r\n".repeat(4000);
  for (let shift = 0; shift < 5; shift += 1) {
    const shifted = "x".repeat(shift) + text;
    assert.equal(countTokens(shifted), countStreamed(shifted));
    const [lone, replaced] = ["\udded\ud83e!", "\ufffd\ufffd!"].map((odd) => countStreamed(shifted.replaceAll("word", odd)));
    assert.equal(lone, replaced);
    assert.equal(countTokens(shifted.replaceAll("word", "\udded\ud83e!")), lone);
  }
});

test("a text in pieces counts as in one, also beside another one", () => {
  const text = "一段 mixed 文本 with words, 12345 and 🧭\r\n".repeat(5000);
  const bytes = Buffer.from(text);
  for (const encoding of encodings()) {
    for (const size of [7777, 65_536, 70_001, bytes.length]) {
      const [one, other] = [countStream(encoding), countStream("o200k_base")];
      for (let at = 0; at < bytes.length; at += size) {
        one.push(bytes.subarray(at, at + size));
        other.push(Buffer.from("hello world "));
      }
      assert.equal(one.finish(), countTokens(text, encoding), `${encoding}, parts of ${size}`);
      assert.equal(other.finish(), countTokens("hello world ".repeat(Math.ceil(bytes.length / size))));
    }
  }
});

test("an unknown encoding is refused and named", () => {
  for (const odd of ["", "o200k", "p50k_base", "__proto__"]) {
    assert.throws(() => countTokens("x", odd), (/** @type {Error} */ error) => error.message.startsWith("asm[encoding]:") && error.message.includes(JSON.stringify(odd)));
  }
});

test("tables of another build, or not whole, are refused", async () => {
  const broken = (/** @type {string} */ name) => {
    const copy = join(folder, name);
    cpSync(pkg, copy, { recursive: true });
    return { file: join(copy, "wasm/o200k_base.tables"), load: () => import(`file://${copy}/core.js`) };
  };
  const other = broken("other");
  const bytes = readFileSync(other.file);
  bytes[9] = /** @type {number} */ (bytes[9]) ^ 1;
  writeFileSync(other.file, bytes);
  const short = broken("short");
  truncateSync(short.file, 100_000);
  for (const { load } of [other, short]) {
    const core = await load();
    assert.throws(() => core.countTokens("x"), /o200k_base\.tables is of another build; reinstall the plugin/);
    assert.equal(core.countTokens("hello world", "cl100k_base"), 2);
  }
});

test("a piece without an end takes no more memory than prose", async () => {
  const memories = watchMemories();
  const fresh = await import(`file://${pkg}core.js?of-its-own`);
  const bytes = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  fresh.countTokens("Prose has words that end, and lines. ".repeat(30_000));
  const before = bytes();
  for (const unit of ["a", " ", "=", "\n", "AV", "亚", "\u3000", "\u0301"]) {
    const counted = fresh.countStream();
    const part = Buffer.from(unit.repeat(1_000_000));
    for (let n = 0; n < 16; n += 1) counted.push(part);
    assert.ok(counted.finish() > 100_000, unit);
  }
  assert.equal(memories.length, 1);
  assert.ok(bytes() - before < 2_000_000, `${before} → ${bytes()}`);
});
