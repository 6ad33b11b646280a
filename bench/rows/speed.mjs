// How fast: transcripts and corpora again and again, text never seen before, short calls. All peers in turn, in one
// process; the native ones in one beside it, asked in the same rounds.
import { join } from "node:path";
import { nanoseconds, ratioOf, spread, takeTurns } from "../measure.mjs";
import { openNative } from "../native.mjs";
import { GPT_TOKENIZER, OURS, PEERS, TIKTOKEN_RS } from "../peers.mjs";
import { OUT, progress, write } from "../places.mjs";
import { row, short } from "../row.mjs";
import { cutAt } from "../texts/draw.mjs";
import { KINDS, UNSEEN, corpusText, messagesOf, readJson, unseenText } from "../texts/make.mjs";
import { textsOf } from "../texts/transcripts.mjs";
import { exactness } from "./mismatches.mjs";

const NAMES = { en: "English", zh: "Chinese", code: "code", json: "JSON", mixed: "mixed" };
/** The prototype, by TOKENS.md: ms per transcript, MB/s steady and on first sight, ns per call. */
const PROTOTYPE = { transcript: { en: 4.2, zh: 5.1 }, steady: { en: 189, zh: 86, code: 169, json: 191, mixed: 130 }, first: { en: 102, zh: 76 }, call: 277 };

/** How often the short calls are gone through in one measurement. */
const REPEATS = 6;

/** Rounds of a peer that would otherwise take most of the run. */
const roundsOf = (/** @type {import("../peers.mjs").Peer} */ { share }) => (share ? { most: 3 } : {});

/** All peers, ready to count. */
async function open() {
  const native = openNative();
  const counters = new Map();
  for (const peer of PEERS) if (peer.load) counters.set(peer.name, await peer.load("o200k_base"));
  return { native, counters, exact: exactness() };
}
/** @typedef {Awaited<ReturnType<typeof open>>} Opened */

/** Runs a native peer over a text it was given. @param {Opened} opened @param {string} peer @param {string} name */
const natively = ({ native }, peer, name) => async () => (await native.ask({ do: "time", peer, encoding: "o200k_base", name })).ns;

/** @param {Opened} opened @param {string} name @param {string[]} texts */
async function give({ native }, name, texts) {
  const path = join(OUT, "native", `${name}.json`);
  write(path, JSON.stringify(texts));
  await native.ask({ do: "load", name, path });
}

/**
 * What each peer made of it, in `unit` (by `convert` from nanoseconds), and how many times longer it took than ours.
 * @param {Opened} opened @param {Map<string, number[]>} times nanoseconds, of the same amount of text
 * @param {(ns: number) => number} convert @param {string} unit @param {Record<string, string>} [notes]
 */
function figures({ exact }, times, convert, unit, notes = {}) {
  return [...times].filter(([name]) => name !== OURS).map(([name, values]) => {
    const { median: ns, low, high } = spread(values);
    const peer = PEERS.find((p) => p.name === name);
    const range = /** @type {[number, number]} */ ([short(convert(low)), short(convert(high))]);
    return { name, figure: short(convert(ns)), unit, spread: range, exact: peer?.estimate ? false : exact(name), ratio: short(ratioTo(times, name)), ...(notes[name] && { note: notes[name] }) };
  });
}

/** How many times longer the fastest exact peer of Node took than ours, and which it is. @param {Opened} opened @param {Map<string, number[]>} times */
function bestExact({ exact }, times) {
  const others = PEERS.filter((p) => p.load && p.name !== OURS && exact(p.name) && times.has(p.name));
  const [best] = others.map((p) => ({ name: p.name, ratio: ratioTo(times, p.name) })).sort((a, b) => a.ratio - b.ratio);
  return best ?? { name: "no exact peer known (the row mismatches has not run)", ratio: NaN };
}

/** @param {Map<string, number[]>} times @param {string} name */
const ratioTo = (times, name) => ratioOf(times.get(name) ?? [], times.get(OURS) ?? []);

/** @param {Opened} opened */
async function transcripts(opened) {
  const made = [];
  for (const language of /** @type {const} */ (["en", "zh"])) {
    progress(`transcript, ${NAMES[language]}`);
    const texts = messagesOf(`measured-${language}`).flatMap(textsOf);
    await give(opened, `transcript-${language}`, texts);
    const runners = PEERS.map((peer) => {
      if (peer.native) return { name: peer.name, run: natively(opened, peer.native, `transcript-${language}`) };
      const count = opened.counters.get(peer.name);
      return { name: peer.name, run: () => nanoseconds(() => texts.forEach((text) => count(text))), ...roundsOf(peer) };
    });
    const times = await takeTurns(runners, 15, 4);
    const ms = (/** @type {number} */ ns) => ns / 1e6;
    const peers = figures(opened, times, ms, "ms");
    const best = bestExact(opened, times);
    const { median, low, high } = spread(times.get(OURS) ?? []);
    const own = short(ms(median));
    const prototype = /** @type {[string, boolean]} */ ([`${PROTOTYPE.transcript[language]} ms`, ms(median) <= PROTOTYPE.transcript[language]]);
    const note = `ours ${own} ms (${short(ms(low))}–${short(ms(high))}) for ${texts.length} texts`;
    made.push(
      row({ id: `transcript-${language}-tiktoken-rs`, what: `200-turn transcript, ${NAMES[language]}, against tiktoken-rs in wasm`, value: ratioTo(times, TIKTOKEN_RS), unit: "×", atLeast: 9, peers, prototype, note }),
      row({ id: `transcript-${language}-best`, what: `200-turn transcript, ${NAMES[language]}, against the best exact peer`, value: best.ratio, unit: "×", atLeast: language === "en" ? 1.5 : 3, prototype, note: `${note}; best exact peer in Node: ${best.name}` }),
    );
  }
  return made;
}

/** @param {Opened} opened */
async function steady(opened) {
  const made = [];
  for (const kind of KINDS) {
    progress(`steady, ${NAMES[kind]}`);
    const text = corpusText(kind);
    await give(opened, `steady-${kind}`, [text]);
    /** @type {Record<string, string>} */
    const notes = {};
    const runners = PEERS.map((peer) => {
      if (peer.native) return { name: peer.name, run: natively(opened, peer.native, `steady-${kind}`) };
      const share = peer.share?.[kind] ?? 1;
      const part = share < 1 ? cutAt(text, text.length * share) : text;
      const scale = Buffer.byteLength(text) / Buffer.byteLength(part);
      if (share < 1) notes[peer.name] = `on the first ${Math.round(share * 100)} %`;
      const count = opened.counters.get(peer.name);
      return { name: peer.name, run: () => nanoseconds(() => count(part)) * scale, ...roundsOf(peer) };
    });
    const times = await takeTurns(runners, 7, 2);
    const speed = (/** @type {number} */ ns) => 1e9 / ns;
    const value = speed(spread(times.get(OURS) ?? []).median);
    made.push(row({ id: `steady-${kind}`, what: `a megabyte again and again, ${NAMES[kind]}`, value, unit: "MB/s", peers: figures(opened, times, speed, "MB/s", notes), prototype: [`${PROTOTYPE.steady[kind]} MB/s`, value >= PROTOTYPE.steady[kind]], note: `shown without a goal; ${short(ratioTo(times, TIKTOKEN_RS))}× tiktoken-rs in wasm` }));
  }
  return made;
}

/** Text no peer has met; before it, each counts other text of every kind, so that its code is warm. @param {Opened} opened */
async function first(opened) {
  progress("first pass: warming");
  const warm = KINDS.map((kind) => unseenText(kind, UNSEEN.count));
  for (const [at, text] of warm.entries()) await give(opened, `warm-${at}`, [text]);
  const peers = PEERS.filter((peer) => !peer.share);
  for (let round = 0; round < 3; round += 1) {
    for (const peer of peers) {
      for (const [at, text] of warm.entries()) await (peer.native ? natively(opened, peer.native, `warm-${at}`)() : opened.counters.get(peer.name)(text));
    }
  }
  const made = [];
  for (const kind of KINDS) {
    progress(`first pass, ${NAMES[kind]}`);
    const texts = Array.from({ length: UNSEEN.count }, (_, n) => unseenText(kind, n));
    for (const [n, text] of texts.entries()) await give(opened, `unseen-${kind}-${n}`, [text]);
    let at = 0;
    const runners = peers.map((peer) => {
      const count = opened.counters.get(peer.name);
      const run = () => (peer.native ? natively(opened, peer.native, `unseen-${kind}-${at}`)() : nanoseconds(() => count(texts[at])));
      return { name: peer.name, run };
    });
    runners.push({ name: "", run: () => ((at += 1), 0) });
    const times = await takeTurns(runners, texts.length);
    times.delete("");
    const speed = (/** @type {number} */ ns) => (UNSEEN.bytes * 1e3) / ns;
    const prototype = PROTOTYPE.first[/** @type {"en"} */ (kind)];
    const own = speed(spread(times.get(OURS) ?? []).median);
    const goal = ["en", "zh", "mixed"].includes(kind) ? { atLeast: 5 } : {};
    const note = `ours ${short(own)} MB/s over ${texts.length} texts of ${UNSEEN.bytes / 1000} KB, each counted once; js-tiktoken left out: it would take most of the run${goal.atLeast ? "" : "; shown without a goal"}`;
    made.push(row({ id: `first-${kind}`, what: `first pass over unseen text, ${NAMES[kind]}, against tiktoken-rs in wasm`, value: ratioTo(times, TIKTOKEN_RS), unit: "×", ...goal, peers: figures(opened, times, speed, "MB/s"), ...(prototype && { prototype: [`${prototype} MB/s`, own >= prototype] }), note }));
  }
  return made;
}

/** Calls of 100 bytes, different ones. @param {Opened} opened */
async function calls(opened) {
  const made = [];
  for (const kind of /** @type {const} */ (["en", "zh"])) {
    progress(`100-byte calls, ${NAMES[kind]}`);
    const texts = readJson("calls.json")[kind];
    const runners = PEERS.filter((peer) => peer.load).map((peer) => {
      const count = opened.counters.get(peer.name);
      return { name: peer.name, run: () => nanoseconds(() => { for (let n = 0; n < REPEATS; n += 1) texts.forEach((/** @type {string} */ text) => count(text)); }) / texts.length / REPEATS };
    });
    const times = await takeTurns(runners, 11, 5);
    const own = spread(times.get(OURS) ?? []).median;
    const goal = kind === "en" ? { atLeast: 8 } : {};
    const note = `ours ${short(own)} ns a call, ${texts.length} different texts${kind === "en" ? "" : "; shown without a goal"}`;
    made.push(row({ id: `call-${kind}`, what: `a 100-byte call, ${NAMES[kind]}, against gpt-tokenizer`, value: ratioTo(times, GPT_TOKENIZER), unit: "×", ...goal, peers: figures(opened, times, (ns) => ns, "ns"), ...(kind === "en" && { prototype: [`${PROTOTYPE.call} ns`, own <= PROTOTYPE.call] }), note }));
  }
  return made;
}

/** @param {string[]} wanted */
export async function rows(wanted) {
  const opened = await open();
  const groups = { first, transcript: transcripts, call: calls, steady };
  const made = [];
  for (const [name, group] of Object.entries(groups)) if (wanted.includes(name)) made.push(...(await group(opened)));
  opened.native.close();
  return made;
}
