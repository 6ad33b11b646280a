// Conversations of 200 turns in the host's own form: about 525 messages of 50 bytes to 20 KB, 0.84 MB of JSON.
import { choices } from "../seed.mjs";
import { drawer } from "./draw.mjs";

/** @typedef {"en" | "zh" | "mixed"} Language */
/** @typedef {{role: string, content: any[], timestamp: number, [more: string]: unknown}} Message */

const START_MS = Date.UTC(2026, 9, 1);
/** Mean sizes are chosen so that 200 turns make about 0.84 MB of JSON. */
const BYTES = { user: [50, 4_000], reply: [150, 12_000], result: [400, 20_000] };

/** In which language something is written, in a conversation of one language. @param {ReturnType<typeof choices>} r @param {Language} language */
function tongue(r, language) {
  if (language === "mixed") return r.of(/** @type {const} */ (["en", "zh"]));
  return language;
}

/** What a tool gave back: code or data, in a Chinese conversation also Chinese text. @param {ReturnType<typeof choices>} r @param {Language} language */
function resultKind(r, language) {
  const kinds = { en: ["code", "json", "json", "en"], zh: ["code", "json", "zh", "zh"], mixed: ["code", "json", "mixed", "en"] };
  return /** @type {import("./draw.mjs").Kind} */ (r.of(kinds[language]));
}

/**
 * @param {Language} language
 * @param {import("./sources.mjs").Purpose} purpose
 * @param {number} turns
 * @param {string} [name] tells two of the same kind apart
 * @returns {Message[]}
 */
export function transcript(language, purpose, turns, name = "") {
  const r = choices(`transcript:${language}:${purpose}:${name}`);
  const text = drawer(purpose, `transcript:${language}:${name}`);
  /** @type {Message[]} */
  const messages = [];
  let timestamp = START_MS;
  const say = (/** @type {string} */ role, /** @type {any[]} */ content, more = {}) =>
    messages.push({ role, content, timestamp: (timestamp += r.between(800, 40_000)), ...more });
  const words = (/** @type {[number, number]} */ [low, high]) => ({ type: "text", text: text.piece(tongue(r, language), r.skewed(low, high)) });
  const model = { api: "openai-completions", provider: "bench", model: "bench-1" };
  for (let turn = 0; turn < turns; turn += 1) {
    say("user", [words(/** @type {[number, number]} */ (BYTES.user))]);
    if (r.next() < 0.31) {
      const call = { type: "toolCall", id: `call_${turn}_${r.below(1e9)}`, name: r.of(["read", "bash", "grep"]), arguments: { path: `src/${r.below(1e6)}.ts`, limit: r.between(10, 400) } };
      say("assistant", [words([50, 400]), call], { ...model, stopReason: "toolUse" });
      const result = { type: "text", text: text.piece(resultKind(r, language), r.skewed(...(/** @type {[number, number]} */ (BYTES.result)))) };
      say("toolResult", [result], { toolCallId: call.id, toolName: call.name, isError: false });
    }
    say("assistant", [words(/** @type {[number, number]} */ (BYTES.reply))], { ...model, stopReason: "stop" });
  }
  return messages;
}

/** Everything of a message that is text for a model, in pieces. @param {Message} message @returns {string[]} */
export function textsOf(message) {
  return message.content.flatMap((part) => {
    if (part.type === "text") return [part.text];
    if (part.type === "toolCall") return [part.name, JSON.stringify(part.arguments)];
    return [];
  });
}
