// Counting a whole context without an anchor, for models whose tokenizer is not ours: after eight reported turns, against
// what their tokenizers really make of it.
import { spread } from "../measure.mjs";
import { openCore, progress } from "../places.mjs";
import { PROVIDERS } from "../providers.mjs";
import { missing, row, short } from "../row.mjs";
import { messagesOf } from "../texts/make.mjs";
import { FRAMING, LANGUAGES, addedBy, makeTruth, truth } from "../truth.mjs";

const REPORTED_TURNS = 8;
/** Of the later turns, every so manieth is recounted, and the last: each recount is of everything. */
const EVERY = 6;
const MODELS = { deepseek: "deepseek/deepseek-v4", qwen: "qwen/qwen3", "qwen3.5": "qwen/qwen3.5", kimi: "moonshot/kimi-k3", glm: "zhipu/glm-5", minimax: "minimax/minimax-m2", gemma: "google/gemma-3", mistral: "mistral/mistral-nemo", claude: "anthropic/claude-2" };
const WHAT = "whole-context recount without an anchor after 8 reported turns";

/**
 * Errors in percent, at the end of later turns: the first eight are told with what the provider would have reported,
 * then everything up to there is counted anew.
 * @param {any} core @param {import("../providers.mjs").Provider} provider @param {typeof LANGUAGES[number]} language
 */
function errors(core, provider, language) {
  const facts = truth("measured", language).messages;
  const messages = messagesOf(`measured-${language}`);
  const [name, model] = MODELS[provider].split("/");
  const meter = core.openMeter({ provider: name, model });
  const found = [];
  let size = FRAMING.system;
  for (const [at, message] of messages.entries()) {
    const { turn } = facts[at];
    const usage = { input: size, output: facts[at].tokens[provider], cacheRead: 0, cacheWrite: 0 };
    const told = message.role === "assistant" ? { ...message, provider: name, model, usage } : message;
    if (turn <= REPORTED_TURNS) meter.add(told);
    size += addedBy(facts[at], provider);
    const ends = facts[at + 1]?.turn !== turn;
    const due = (turn - REPORTED_TURNS) % EVERY === 1 || at === messages.length - 1;
    if (turn > REPORTED_TURNS && ends && due) found.push((100 * (Number(meter.recount(messages.slice(0, at + 1))?.tokens) - size)) / size);
  }
  return found;
}

export async function rows() {
  await makeTruth(["measured"]);
  const core = await openCore();
  if (!core.openMeter) {
    const why = "not available yet: the package has no openMeter";
    return [missing("recount-median", `${WHAT}: median error`, "≤ 1.5 %", why), missing("recount-worst", `${WHAT}: worst error`, "≤ 3 %", why)];
  }
  const found = LANGUAGES.flatMap((language) => {
    progress(`recounts, ${language}`);
    return PROVIDERS.map((provider) => ({ provider, language, errors: errors(core, provider, language) }));
  });
  const size = (/** @type {number[]} */ list) => list.map(Math.abs);
  const all = found.flatMap((one) => size(one.errors));
  const [worst] = [...found].sort((a, b) => Math.max(...size(b.errors)) - Math.max(...size(a.errors)));
  const peers = found.map(({ provider, language, errors: list }) => ({
    name: `${provider}, ${language}`, figure: short(spread(size(list)).median), unit: "% median", exact: null, ratio: null, note: `worst ${short(Math.max(...size(list)))} %, at the end ${short(Number(list.at(-1)))} %`,
  }));
  const note = `${PROVIDERS.length} tokenizers × ${LANGUAGES.length} transcripts, at the end of every ${EVERY}th turn from the ninth to the last; system prompt of ${FRAMING.system} tokens and ${FRAMING.message} tokens a message, not told`;
  return [
    row({ id: "recount-median", what: `${WHAT}: median error`, value: spread(all).median, unit: "%", atMost: 1.5, peers, note }),
    row({ id: "recount-worst", what: `${WHAT}: worst error`, value: Math.max(...all), unit: "%", atMost: 3, prototype: ["5.4 % (Mistral, English)", Math.max(...all) <= 5.4], note: `${worst.provider}, ${worst.language}` }),
  ];
}
