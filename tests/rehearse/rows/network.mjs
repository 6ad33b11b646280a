// The network and the proxy, and that a person is told all the same: by the gateway's own bot, at our Bot API.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acts } from "../play.mjs";
import { scaled, withinMs } from "../times.mjs";
import { check, pass, until } from "../wait.mjs";
import { cured, watch } from "./channels.mjs";

/** Whom alerts are for. */
const CHAT = "4711";

/** The lab as a watchdog sees it that tells a person by the gateway's own bot. */
function telling(lab) {
  const configFile = join(lab.home, "telling.json");
  const config = JSON.parse(readFileSync(lab.configFile, "utf8"));
  config.plugins.entries["auto-session-manager"].config.notify = { telegramChat: CHAT };
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
  return Object.assign(Object.create(lab), { configFile });
}

/** What the person got since the last time, as `{text, t, direct}`. */
async function letters(net) {
  const all = (await net.asked()).filter(({ method, text }) => method === "sendMessage" && JSON.parse(text).chat_id === CHAT);
  return all.map(({ t, text, direct }) => ({ t: t - performance.timeOrigin, direct, text: JSON.parse(text).text }));
}

/** Nothing reaches anybody; the alert waits, and goes when the network is back, once. */
export const noNetwork = (net) => async (s) => {
  check(net.apart, "this machine allows no network namespace");
  await watch(s, { lab: telling(s.lab) });
  await letters(net);
  net.cable(false);
  s.begin();
  try {
    await s.watchdog.verdict("network-down", { from: s.onset, timeoutMs: 60_000 });
    await s.watchdog.wait("alert", (l) => l.code === "network-down", { from: s.onset, timeoutMs: 60_000 });
    await pass(scaled(300));
    const { outbox } = JSON.parse(readFileSync(join(s.watchdog.folder, "state.json"), "utf8"));
    check(outbox.letters.length > 0, "no alert is queued");
    check((await letters(net)).length === 0, "a letter came through a network that is down");
    s.over();
  } finally {
    net.cable(true);
  }
  const back = performance.now();
  const got = [];
  await until("the delivery", async () => got.push(...(await letters(net))) && got.length > 0, { timeoutMs: 60_000, everyMs: 200 });
  await s.watchdog.verdict("healthy", { from: back, timeoutMs: 60_000 });
  await cured(s, net);
  got.push(...(await letters(net)));
  // How soon the host tries its channel again does not scale: ten times as long, for us, as a cure of it waits.
  const later = acts(s.watchdog.said, back).map(({ act }) => act).filter((act) => !act.startsWith("alert"));
  check(later.every((act) => act === "channel"), `done once the network was back: ${later.join(", ")}`);
  if (later.length) s.note("the host had not tried its channel again when a tenth of the timeout was over, and it was started");
  check(got[0].t >= back && new Set(got.map(({ text }) => text)).size === got.length, `delivered ${got.length} times: ${got.map(({ text }) => text).join(" | ")}`);
  check(got.some(({ text }) => /network/i.test(text)), `not told of the network: ${got[0].text}`);
  return `queued while it was down; delivered ${((got[0].t - back) / 1000).toFixed(1)} s after the network was back: ${got.map(({ text }) => text.split("\n").slice(0, 3).join(" ")).join(" | ")}`;
};

/** Told by the direct way, as the proxy is what is down. */
export const noProxy = (net) => async (s) => {
  check(net.apart, "this machine allows no network namespace: who came directly could not be told");
  await watch(s, { lab: telling(s.lab) });
  await letters(net);
  net.tell({ proxy: false });
  s.begin();
  try {
    await s.watchdog.wait("alert", (l) => l.code === "proxy-down", { from: s.onset, timeoutMs: s.limitMs + 20_000 });
    const got = [];
    const told = () => got.find(({ text }) => /proxy/i.test(text));
    await until("the delivery", async () => got.push(...(await letters(net))) && told(), { timeoutMs: s.limitMs, everyMs: 200 });
    check(told().direct, "it did not come directly");
    const timely = s.inTime("delivered directly", told(), s.onset, withinMs(37, s.watchdog.settings));
    await pass(scaled(100));
    return `${timely}: ${told().text.split("\n").slice(0, 3).join(" ")}`;
  } finally {
    await cured(s, net);
  }
};
