// What providers' tokenizers really make of the transcripts: target/bench/truth/<purpose>-<language>.json. A calibration
// may be developed on `development`; the row of the report is measured on `measured`, which shares no text with it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openNative } from "./native.mjs";
import { OUT, TEXTS, progress, write } from "./places.mjs";
import { PROVIDERS, countAll } from "./providers.mjs";
import { makeTexts, messagesOf } from "./texts/make.mjs";
import { textsOf } from "./texts/transcripts.mjs";

/**
 * What a request holds besides texts, in tokens; chosen once, the same for every provider, none of it told to us.
 * `system`: system prompt and tool schemas; the others are added per message, per tool call and per tool result.
 */
export const FRAMING = { system: 7_431, message: 5, toolCall: 9, toolResult: 6 };

export const LANGUAGES = /** @type {const} */ (["en", "zh", "mixed"]);

const pathOf = (/** @type {string} */ name) => join(OUT, "truth", `${name}.json`);

/** @typedef {{role: string, turn: number, tools: number, bytes: number, o200k: number, classes: Record<string, number>, tokens: Record<string, number>}} True */
/** @typedef {{purpose: string, language: string, framing: typeof FRAMING, texts: string, messages: True[]}} Truth */

/** Adds up pieces per message. @param {number[]} owner the message of each piece @param {number[]} counts @param {number} messages */
function perMessage(owner, counts, messages) {
  const sums = new Array(messages).fill(0);
  owner.forEach((message, at) => (sums[message] += counts[at]));
  return sums;
}

/** @param {ReturnType<typeof openNative>} native @param {string} purpose @param {string} language */
async function truthOf(native, purpose, language) {
  const messages = messagesOf(`${purpose}-${language}`);
  const pieces = messages.flatMap((message, at) => textsOf(message).map((text) => ({ at, text })));
  const owner = pieces.map(({ at }) => at);
  const texts = pieces.map(({ text }) => text);
  const counts = await countAll(native, texts);
  const classes = await native.ask({ do: "classes", path: join(OUT, "truth", ".texts.json") });
  const sum = (/** @type {number[]} */ list) => perMessage(owner, list, messages.length);
  const byClass = Object.fromEntries(["nonAscii", "words", "digits", "other"].map((name) => [name, sum(classes.map((/** @type {any} */ c) => c[name]))]));
  const byProvider = Object.fromEntries(PROVIDERS.map((provider) => [provider, sum(counts[provider])]));
  const bytes = sum(texts.map((text) => Buffer.byteLength(text)));
  let turn = 0;
  return messages.map((message, at) => {
    if (message.role === "user") turn += 1;
    const own = Object.fromEntries(Object.entries(byClass).map(([name, list]) => [name, list[at]]));
    const tools = message.content.filter((part) => part.type === "toolCall").length;
    const tokens = Object.fromEntries(PROVIDERS.map((provider) => [provider, byProvider[provider][at]]));
    return { role: message.role, turn, tools, bytes: bytes[at], o200k: Object.values(own).reduce((a, b) => a + b), classes: own, tokens };
  });
}

/** Makes what is not there yet. @param {string[]} purposes */
export async function makeTruth(purposes) {
  makeTexts();
  const texts = readFileSync(join(TEXTS, ".stamp"), "utf8");
  const version = `${texts} ${PROVIDERS.length}`;
  const stale = (/** @type {string} */ name) => !existsSync(pathOf(name)) || JSON.parse(readFileSync(pathOf(name), "utf8")).texts !== version;
  const wanted = purposes.flatMap((purpose) => LANGUAGES.map((language) => ({ purpose, language }))).filter(({ purpose, language }) => stale(`${purpose}-${language}`));
  if (wanted.length === 0) return;
  const native = openNative();
  for (const { purpose, language } of wanted) {
    progress(`counting ${purpose}-${language} with the tokenizers of ${PROVIDERS.length} providers`);
    const messages = await truthOf(native, purpose, language);
    write(pathOf(`${purpose}-${language}`), JSON.stringify({ purpose, language, framing: FRAMING, texts: version, messages }));
  }
  native.close();
}

/** @param {string} purpose @param {string} language @returns {Truth} */
export const truth = (purpose, language) => JSON.parse(readFileSync(pathOf(`${purpose}-${language}`), "utf8"));

/** What a message adds to a request. @param {True} message @param {string} provider */
export function addedBy(message, provider) {
  const tools = message.tools * FRAMING.toolCall + (message.role === "toolResult" ? FRAMING.toolResult : 0);
  return message.tokens[provider] + FRAMING.message + tools;
}

if (process.argv[1] === new URL(import.meta.url).pathname) await makeTruth(process.argv.slice(2).length ? process.argv.slice(2) : ["development", "measured"]);
