// The demo: one whole turn of the wheel on the real gateway, each step verified, everything taken down at the end.
//   node scripts/demo/main.mjs PLUGIN.tgz ASM-WATCHDOG
import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageText, startModel } from "../../tests/model/server.mjs";
import { createLab } from "../../tests/gateway/lab.mjs";
import { blocksIn, carried, whole } from "./block.mjs";
import { FACTS, SECRET, talk } from "./conversation.mjs";
import { freezeAndRecover } from "./frozen.mjs";
import { check, step, until } from "./timeline.mjs";

const [tarball, watchdog] = process.argv.slice(2).map((path) => resolve(path));
const MAIN = { sessionKey: "agent:main:main" };
const ID = "auto-session-manager";
const WINDOW = 32_768;
const wanted = FACTS.map(([, literal]) => literal);

const model = await startModel();
// What only the demo's freeze needs of the watchdog: short times. Everything else is the default.
const lab = await createLab({ modelUrl: model.url, contextWindow: WINDOW, politeMs: 2_000 });
let ended = false;
const end = async () => {
  if (ended) return;
  ended = true;
  await lab.stop();
  await model.close();
};
process.on("SIGINT", () => end().finally(() => process.exit(130)));
process.on("SIGTERM", () => end().finally(() => process.exit(143)));

const say = async (text) => messageText((await lab.client.chatSend(text, MAIN)).message);
const state = async () => JSON.parse(await readFile(join(lab.stateDir, ".asm_state.json"), "utf8"));
const record = async () => {
  const names = await readdir(join(lab.stateDir, ".session_memory")).catch(() => []);
  const texts = await Promise.all(names.filter((n) => n.endsWith(".json")).map((n) => readFile(join(lab.stateDir, ".session_memory", n), "utf8")));
  return texts.map((text) => JSON.parse(text)).find((r) => r.session_key === MAIN.sessionKey);
};
const ledger = async (code) => (await state()).ledger.filter((entry) => entry.code === code);
const compactions = () => model.matching("compaction");

async function install() {
  await lab.installPlugin(tarball);
  await lab.editConfig({ plugins: { entries: { [ID]: { hooks: { allowConversationAccess: true } } } } });
  await lab.start();
  const { plugin } = JSON.parse(await lab.cliOk(["plugins", "inspect", ID, "--runtime", "--json"]));
  check(plugin.status === "loaded", `the host says the plugin is ${plugin.status}`);
  const { version } = lab.client.hello.server ?? {};
  return `OpenClaw ${version} with ${ID} ${plugin.version}, from the tarball, in a private home on port ${lab.port}`;
}

async function talkWithFacts() {
  model.on(/切换窗口/, "I do not know yet.", { times: 1 });
  for (const [n, [text]] of FACTS.entries()) {
    await say(text);
    if (n % 3 === 2) await say(talk(n, 6));
  }
  await say(`The API key for the sandbox is ${SECRET}, keep it to yourself.`);
  check(blocksIn(model.requests.at(-1)).length === 0, "a block was sent before any boundary");
  return [`${FACTS.length} facts in English and Chinese, one secret`, ...(await say("/asm status")).split("\n")];
}

async function growPastTheLine() {
  for (let n = 1; n <= 40; n += 1) {
    await say(talk(n, 40));
    if ((await say("/asm status")).includes("Saved in this cycle")) return n;
  }
  throw new Error("40 turns and no checkpoint");
}

async function checkpoint() {
  const turns = await growPastTheLine();
  const c = await until("the record", async () => (await record())?.generations.at(-1).checkpoints.at(-1));
  check(c.reason === "line", `the checkpoint was made because of ${c.reason}, not the line`);
  check(compactions().length === 0, "the host compacted before the checkpoint");
  const stored = JSON.stringify(await record());
  const missing = wanted.filter((literal) => !stored.includes(literal));
  check(missing.length === 0, `the record lacks: ${missing.join(", ")}`);
  check(!stored.includes(SECRET), "the record holds a secret");
  const notes = await until("the memory note", () => readNotes());
  const unnoted = wanted.filter((literal) => !notes.includes(literal));
  check(unnoted.length === 0, `the memory note lacks: ${unnoted.join(", ")}\n${notes}`);
  check(!notes.includes(SECRET), "the memory note holds a secret");
  return [
    `after ${turns} more turns: ${c.context.tokens} of ${c.window_tokens} tokens in use, line at ${c.line_tokens} (bound: ${c.bound})`,
    `record and memory note hold all ${wanted.length} facts, and not the secret`,
  ];
}

async function readNotes() {
  const folder = join(lab.home, ".openclaw", "workspace", "memory");
  const names = await readdir(folder).catch(() => []);
  return (await Promise.all(names.filter((n) => n.endsWith(".md")).map((n) => readFile(join(folder, n), "utf8")))).join("\n");
}

async function automaticCompaction() {
  const before = compactions().length;
  for (let n = 0; n < 12 && compactions().length === before; n += 1) await say(talk(100 + n, 40));
  check(compactions().length > before, "the host did not compact by itself");
  check(compactions().every((request) => blocksIn(request).length === 0), "the block leaked into the summary request");
  check(wanted.some((literal) => !whole(model.matching("turn").at(-1)).replace(/<asm-memory [^]*?<\/asm-memory>/, "").includes(literal)), "the summary dropped nothing, so nothing is proved");
  return "the host compacted before a turn; its summary had dropped facts, the block was not in its summary request";
}

const boundary = (name, sent) => async () => (await carried({ say, model, wanted, secret: SECRET, name, sent })).lines;

async function manualCompaction() {
  for (let n = 0; n < 6; n += 1) await say(talk(200 + n, 6));
  const before = compactions().length;
  const answer = await say("/compact");
  check(compactions().length > before, `/compact asked for no summary: ${answer}`);
  return answer.split("\n")[0];
}

async function fresh() {
  await say("/new");
  await until("the next generation", async () => (await record()).generations.at(-2)?.ended_by === "new");
  return "the session's history is empty; the record began its next generation";
}

async function automaticNewContext() {
  const reloads = (output) => output.split("hot reload applied").length;
  const before = reloads(await lab.output());
  await lab.setConfig(`plugins.entries.${ID}.config.ladder.newContext`, true);
  // The host refuses commands while it exchanges the plugin: its own word says when that is over.
  await until("the reload", async () => reloads(await lab.output()) > before);
  check((await say("/asm explain")).includes("new context at"), "the setting was not taken");
  const generations = (await record()).generations.length;
  for (let n = 0; n < 40 && (await ledger("new-context")).length === 0; n += 1) {
    await say(talk(300 + n, 40));
    if ((await ledger("new-context-due")).length > 0) {
      await until("the new context", async () => (await ledger("new-context")).length > 0);
    }
  }
  const { generations: now } = await record();
  const ended = now.at(-2);
  check(now.length > generations && ended.ended_by === "new_context", "no generation was ended by a new context");
  const saved = ended.checkpoints.findLast((c) => c.reason === "new_context");
  check(saved && saved.at <= ended.ended_at, "the record was not written before the new context");
  return `record written at ${saved.at}, then the session reset through the gateway's RPC at ${ended.ended_at}`;
}

async function emptied() {
  await say("Where were we?");
  const history = model.matching("turn").at(-1).messages.filter((m) => m.role === "assistant");
  check(history.length === 0, `the new context began with ${history.length} old answers`);
  return boundary("new context", 1)();
}

try {
  await step("the real gateway runs with the plugin installed", install);
  await step("a conversation of ordinary length", talkWithFacts);
  await step("growth past the effective line: memory is saved", checkpoint);
  await step("the gateway compacts by itself", automaticCompaction);
  await step("the conversation goes on knowing it", boundary("automatic compaction", 1));
  await step("a manual /compact", manualCompaction);
  await step("the conversation goes on knowing it", boundary("manual compaction"));
  await step("/new starts a fresh context", fresh);
  await step("the fresh context knows it", boundary("/new"));
  await step("told to, ASM opens a new context by itself", automaticNewContext);
  await step("the new context is empty and knows it", emptied);
  await step("a frozen gateway comes back", () => freezeAndRecover(lab, watchdog));
  await step("and still knows it", boundary("freeze"));
  console.log("every step was verified");
} catch (error) {
  console.error(`\n${error.stack ?? error}`);
  console.error((await lab.output(2_000)).trimEnd());
  process.exitCode = 1;
} finally {
  await end();
}
