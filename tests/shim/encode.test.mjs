// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEEPEST, encodeInto, kept } from "../../js-shim/encode.js";

/** The reading side, small enough to be seen right: the real one is `src/transcript/value.rs`. @param {Uint8Array} bytes */
function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const count = () => view.getUint32((at += 4) - 4, true);
  /** @returns {any} */
  const value = () => {
    const tag = view.getUint8(at++);
    if (tag < 3) return [null, false, true][tag];
    if (tag === 3) return view.getFloat64((at += 8) - 8, true);
    const length = count();
    if (tag === 4) {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, at + length));
      at += length;
      return text;
    }
    if (tag === 5) return Array.from({ length }, value);
    assert.equal(tag, 6);
    return Object.fromEntries(Array.from({ length }, () => [value(), value()]));
  };
  const out = value();
  assert.equal(at, bytes.length, "every byte belongs to the value");
  return out;
}

/** @param {unknown} value @param {number} [size] */
function trip(value, size = 1) {
  const buffer = kept(size);
  const length = encodeInto(value, buffer.grow);
  return decode(buffer.bytes().subarray(0, length));
}

test("what is written is read", () => {
  for (const value of [
    null, true, false, 0, -1, 1.5, 2 ** 53, "", "会话 🧭", "\ufeffmark", [], {}, [[]], [null, [1, "a"]],
    { role: "user", content: [{ type: "text", text: "hi" }], usage: { input: 3, cost: { total: 0.1 } }, "": "empty key" },
    { text: "x".repeat(100_000) }, { text: "好".repeat(100_000) }, Array.from({ length: 5000 }, (_, i) => i),
  ]) {
    assert.deepEqual(trip(value), value);
    assert.deepEqual(trip(value, 1 << 20), value);
  }
});

test("a buffer of any size gives the same bytes", () => {
  const value = { a: ["会", 1, { b: "x".repeat(9000) }], c: "🧭".repeat(3000) };
  const whole = kept(1 << 20);
  const length = encodeInto(value, whole.grow);
  for (const size of [0, 1, 7, 100, 9000, length - 1, length]) {
    const small = kept(size);
    assert.equal(encodeInto(value, small.grow), length);
    assert.deepEqual(small.bytes().subarray(0, length), whole.bytes().subarray(0, length));
  }
});

test("lone surrogates become U+FFFD, pairs stay", () => {
  assert.equal(trip("a\ud800b"), "a\ufffdb");
  assert.equal(trip("\udc00"), "\ufffd");
  assert.equal(trip("end\ud83d"), "end\ufffd");
  assert.equal(trip("\ud83d\ude00"), "😀");
  assert.equal(trip("\ud800".repeat(5000)), "\ufffd".repeat(5000));
  assert.deepEqual(trip({ "k\ud800": 1 }), { "k\ufffd": 1 });
});

test("what is no data is left out of objects and null in arrays", () => {
  const odd = [undefined, () => 1, Symbol("s"), NaN, Infinity, 10n ** 30n];
  assert.deepEqual(trip(odd), odd.map(() => null));
  assert.deepEqual(trip({ a: undefined, b: () => 1, c: Symbol("s"), d: 1, e: NaN, f: 12n }), { d: 1, e: null, f: 12 });
  assert.equal(trip(undefined), null);
  assert.equal(trip(() => 1), null);
  assert.deepEqual(trip({ m: new Map([[1, 2]]), b: Buffer.from("x"), d: new Date(5), u: new ArrayBuffer(4), n: new Date(NaN) }),
    { m: {}, b: null, d: 5, u: null, n: null });
  assert.deepEqual(trip([, 1]), [null, 1]);
});

test("only own enumerable members", () => {
  const value = Object.create({ inherited: 1 });
  value.own = 1;
  Object.defineProperty(value, "hidden", { value: 1, enumerable: false });
  value[Symbol("s")] = 1;
  assert.deepEqual(trip(value), { own: 1 });
  assert.deepEqual(trip(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
  assert.deepEqual(Object.keys(trip(JSON.parse('{"__proto__":{"x":1},"y":2}'))), ["__proto__", "y"]);
});

test("getters and proxies that throw are contained", () => {
  const bad = { a: 1, get b() { throw new Error("no"); }, c: 2 };
  assert.deepEqual(trip(bad), { a: 1, c: 2 });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  assert.deepEqual(trip({ p: revoked.proxy, q: 1 }), { p: null, q: 1 });
  const keys = new Proxy({}, { ownKeys() { throw new Error("no"); } });
  assert.deepEqual(trip([keys]), [null]);
  const items = new Proxy([1, 2], { get(target, key) { if (key === "1") throw new Error("no"); return Reflect.get(target, key); } });
  assert.deepEqual(trip(items), [1, null]);
});

test("circles are cut, repetition is not", () => {
  /** @type {any} */ const circle = { name: "c" };
  circle.self = circle;
  circle.list = [circle, { up: circle }];
  assert.deepEqual(trip(circle), { name: "c", self: null, list: [null, { up: null }] });
  const twice = { x: 1 };
  assert.deepEqual(trip([twice, twice]), [twice, twice]);
});

test("what lies too deep is null", () => {
  /** @param {number} levels */
  const nest = (levels) => { let v = /** @type {any} */ ("core"); for (let i = 0; i < levels; i += 1) v = { v }; return v; };
  /** @param {any} v */
  const depth = (v) => { let n = 0; for (let at = v; at !== null && typeof at === "object"; at = at.v) n += 1; return n; };
  assert.deepEqual(trip(nest(DEEPEST)), nest(DEEPEST));
  assert.equal(depth(trip(nest(DEEPEST + 1))), DEEPEST);
  assert.equal(depth(trip(nest(100_000))), DEEPEST);
});

test("a value too large is refused, not written in part", () => {
  const buffer = kept(16);
  assert.equal(encodeInto({ text: "x".repeat(1000) }, buffer.grow, 500), 0);
  /** @type {any} */ let twice = "x".repeat(100);
  for (let i = 0; i < 40; i += 1) twice = [twice, twice];
  assert.equal(encodeInto(twice, kept(16).grow, 1 << 20), 0);
  assert.equal(encodeInto(new Array(4_000_000_000), kept(16).grow), 0);
  assert.equal(encodeInto("ok", buffer.grow), 7);
});

test("of a large picture its beginning crosses, and how long it is", () => {
  const data = "iVBORw0KGgo".repeat(100_000);
  const part = trip({ type: "image", data, mimeType: "image/png" });
  assert.deepEqual([part.dataLength, part.data.length, part.mimeType], [data.length, 128 * 1024, "image/png"]);
  assert.ok(data.startsWith(part.data));
  const given = { type: "toolCall", name: "write", arguments: { data } };
  assert.deepEqual(trip(given), given, "what a tool is called with is text");
  assert.deepEqual(trip({ type: "image", data: "abc" }), { type: "image", data: "abc" });
});
