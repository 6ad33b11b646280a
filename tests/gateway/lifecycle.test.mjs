// Install, reload, uninstall, reinstall on the real gateway: nothing armed, nothing running, the notes in place. And
// what repeated registration costs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { messageText, startModel } from "../model/server.mjs";
import { startGateway } from "./lab.mjs";
import { ID, MAIN, blocksIn, granted, logLines, mainRecord, talk, tarball, until } from "./plugin.mjs";

const FACT = "We decided to use PostgreSQL 16 for the billing service.";
const RELOADS = 5;
let model, lab;

before(async () => {
  model = await startModel();
  lab = await startGateway({ modelUrl: model.url, politeMs: 2_000, plugin: tarball(), configAfterInstall: granted });
});
after(async () => {
  await lab?.stop();
  await model?.close();
});

const say = async (text) => messageText((await lab.client.chatSend(text, MAIN)).message);
const grant = () => lab.setConfig(`plugins.entries.${ID}.hooks`, { allowConversationAccess: true });
const heartbeat = () => stat(join(lab.stateDir, ".asm_heartbeat.json")).then((s) => s.mtimeMs, () => 0);

/** Reloads the plugin; the host takes so many reloads in a while and says how long to wait for the next. */
async function reload() {
  for (;;) {
    try {
      return await lab.client.call("plugins.reload", { plugins: [{ pluginId: ID }] });
    } catch (error) {
      const busy = /retained work|in progress/.test(error.message) ? 500 : undefined;
      const wait = error.frame?.error?.retryAfterMs ?? busy;
      if (!wait) throw error;
      await new Promise((again) => setTimeout(again, wait));
    }
  }
}

/** Memory of the gateway process that is in use, MiB. */
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${lab.owner.pid}/status`, "utf8"))[1]) / 1024;

async function notes() {
  const folder = join(lab.home, ".openclaw", "workspace", "memory");
  const names = (await readdir(folder).catch(() => [])).filter((n) => n.endsWith(".md"));
  return (await Promise.all(names.map((n) => readFile(join(folder, n), "utf8")))).join("\n");
}

test("a reload goes on with what was known", async () => {
  await say(FACT);
  for (let n = 0; n < 7; n += 1) await say(talk(n));
  await reload();
  await until("the plugin", async () => /Keeping [1-9]/.test(await say("/asm status")));
  await say("/compact");
  await say("What do we know?");
  const [block, ...more] = blocksIn(model.matching("turn").at(-1));
  assert.equal(more.length, 0);
  assert.match(block, /PostgreSQL 16/);
  assert.match(await until("the note", notes), /PostgreSQL 16/);
});

test("uninstalled: no hook, no timer, no block; record and notes stay", async () => {
  await lab.cliOk(["plugins", "uninstall", ID, "--force"]);
  await say("A turn without the plugin.");
  assert.deepEqual(blocksIn(model.matching("turn").at(-1)), []);
  // A heartbeat of before is taken away; a timer that still ran would put the next one there.
  await rm(join(lab.stateDir, ".asm_heartbeat.json"), { force: true });
  for (let n = 0; n < 8; n += 1) await say(talk(50 + n));
  await lab.cliOk(["plugins", "list", "--json"]);
  assert.equal(await heartbeat(), 0, "the heartbeat goes on after the uninstall");
  assert.ok(await mainRecord(lab.stateDir));
  assert.match(await notes(), /PostgreSQL 16/);
});

test("reinstalled and enabled: it remembers", async () => {
  await lab.installPlugin(tarball());
  await lab.cliOk(["plugins", "enable", ID]);
  await grant();
  await reload();
  await until("a heartbeat", async () => Date.now() - (await heartbeat()) < 6_000);
  for (let n = 10; n < 17; n += 1) await say(talk(n));
  await say("/compact");
  await say("What do we know now?");
  const blocks = blocksIn(model.matching("turn").at(-1));
  assert.equal(blocks.length, 1);
  assert.match(blocks[0], /PostgreSQL 16/);
});

test(`${RELOADS} reloads: the growth in memory is reported`, async (t) => {
  await reload();
  const before = resident();
  for (let n = 0; n < RELOADS; n += 1) await reload();
  await until("the plugin", async () => /Keeping [1-9]/.test(await say("/asm status")));
  await say("And now?");
  const grown = resident() - before;
  t.diagnostic(`RSS grew by ${grown.toFixed(0)} MiB over ${RELOADS} reloads, ${(grown / RELOADS).toFixed(1)} MiB each (the host keeps every module instance)`);
  const faults = logLines(lab.stateDir).filter((line) => line.level === "error");
  assert.deepEqual(faults, []);
  assert.equal(blocksIn(model.matching("turn").at(-1)).length, 1, "the block did not survive the reloads");
});
