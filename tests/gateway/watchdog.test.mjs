// What the watchdog's eyes see of the real gateway: its process, its channels through its RPC, the provider's answer.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { repository, run } from "./host.mjs";
import { startGateway } from "./lab.mjs";
import { until } from "./plugin.mjs";

const TOKEN = "123456:LABTOKEN";
const binary = [process.env.ASM_WATCHDOG, join(repository, "target/pack/asm-watchdog"), join(repository, "target/debug/asm-watchdog")]
  .find((path) => path && existsSync(path));
let bot, lab;

/** A Bot API on the loopback: polls are held open, everything else is answered at once. */
async function startBot() {
  const state = { asked: [], status: 200 };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const method = request.url.split("/").at(-1).split("?")[0];
      state.asked.push({ method, agent: request.headers["user-agent"] ?? "" });
      const answer = (result) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, result }));
      if (state.status !== 200)
        return response.writeHead(state.status, { "content-type": "application/json" }).end(JSON.stringify({ ok: false, error_code: state.status, description: "Unauthorized" }));
      if (method === "getMe") return answer({ id: 1, is_bot: true, first_name: "Lab", username: "lab_bot" });
      if (method === "getUpdates") return setTimeout(() => answer([]), 2000).unref();
      if (method === "getWebhookInfo") return answer({ url: "", pending_update_count: 3 });
      return answer(true);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { state, url: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}

before(async () => {
  bot = await startBot();
  lab = await startGateway({
    modelUrl: "http://127.0.0.1:9/v1",
    politeMs: 2000,
    config: {
      channels: { telegram: { enabled: true, botToken: TOKEN, apiRoot: bot.url, dmPolicy: "open", allowFrom: ["*"] } },
      plugins: { entries: { telegram: { enabled: true } } },
    },
  });
});
after(async () => {
  await lab?.stop();
  bot?.close();
});

/** The gateway's configuration, with nothing outside this machine asked whether the network is up. */
function config() {
  const path = join(lab.home, "check.json");
  const watchdog = { reachabilityTargets: "" };
  const whole = { ...JSON.parse(readFileSync(lab.configFile, "utf8")), plugins: { entries: { "auto-session-manager": { config: { watchdog } } } } };
  writeFileSync(path, JSON.stringify(whole), { mode: 0o600 });
  return path;
}

/** `asm-watchdog check --json` in the lab's home: `{code, facts}`. */
async function check() {
  assert.ok(binary, "no asm-watchdog: run `make pack` or `cargo build` first");
  const args = ["check", "--json", "--config", config(), "--port", String(lab.port), "--state-dir", lab.stateDir];
  const { code, stdout, stderr } = await run(binary, args, { env: { ...lab.env, LANG: "C" }, cwd: lab.home });
  assert.ok(!stdout.includes("LABTOKEN") && !stderr.includes("LABTOKEN"), "no secret in what is said");
  assert.ok(!stdout.includes(lab.token) && !stderr.includes(lab.token));
  return { code, facts: JSON.parse(stdout) };
}

const accountsOf = ({ facts }) => facts.evidence.channels.accounts ?? [];

test("a healthy gateway is seen whole", async () => {
  await until("the channel is ready", async () => {
    const found = await check();
    return accountsOf(found).some((a) => a.lifecycle === "ready" && a.last_transport_at_ms);
  });
  bot.state.asked.length = 0;
  const seen = await check();
  assert.equal(seen.code, 0, JSON.stringify(seen.facts));
  const { evidence } = seen.facts;
  assert.equal(seen.facts.verdict, "healthy");
  const [account] = accountsOf(seen);
  assert.deepEqual([account.channel, account.account, account.running, account.connected], ["telegram", "default", true, true]);
  assert.equal(evidence.startupz.fields.version, "2026.9.6");
  assert.equal(evidence.config.config, "sound");
  const unasked = { reach: "not-asked" };
  assert.deepEqual(evidence.network, { direct: unasked, proxy: unasked }, "no target is set here, so nothing outside is asked");
  if (process.platform === "linux") {
    assert.equal(evidence.process.pid, lab.owner.pid, "found by its port: no plugin tells a heartbeat here");
    assert.equal(evidence.port.pid, lab.owner.pid);
    assert.match(evidence.port.name, /^openclaw/);
    assert.ok(evidence.process.cpu_ms > 0);
  }
  assert.ok(!bot.state.asked.some(({ agent }) => agent.startsWith("asm-watchdog")), "the provider is asked in doubt only");
});

test("a channel stopped by the operator is seen as that", async () => {
  await lab.client.call("channels.stop", { channel: "telegram" });
  const seen = await check();
  const [account] = accountsOf(seen);
  assert.deepEqual([account.lifecycle, account.running], ["stopped", false]);
  await lab.client.call("channels.start", { channel: "telegram" });
  await until("the channel is ready again", async () => accountsOf(await check()).some((a) => a.lifecycle === "ready"));
});

test("a frozen gateway is silent, held by its process, and stopped", { skip: process.platform !== "linux" && "reads /proc" }, async () => {
  await lab.owner.signal("SIGSTOP");
  const { code, facts } = await check();
  await lab.owner.signal("SIGCONT");
  assert.equal(code, 1);
  assert.equal(facts.evidence.healthz.outcome, "timed-out");
  assert.deepEqual([facts.evidence.process.pid, facts.evidence.process.state], [lab.owner.pid, "T"]);
  assert.equal(facts.evidence.port.pid, lab.owner.pid);
  await lab.ready();
});

test("a channel that its provider refuses is in doubt, and the provider is asked without taking its updates", async () => {
  bot.state.status = 401;
  bot.state.asked.length = 0;
  await lab.client.call("channels.stop", { channel: "telegram" });
  await lab.client.call("channels.start", { channel: "telegram" });
  const seen = await until("the refusal is seen", async () => {
    const found = await check();
    return found.facts.evidence.providers["telegram/default"] && found;
  });
  assert.deepEqual(seen.facts.evidence.providers["telegram/default"], { outcome: "refuses", status: 401, retry_after_s: null });
  const ours = bot.state.asked.filter(({ agent }) => agent.startsWith("asm-watchdog")).map(({ method }) => method);
  assert.ok(ours.length > 0 && ours.every((method) => method === "getMe"), String(ours));
});
