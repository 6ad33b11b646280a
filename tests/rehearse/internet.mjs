// A small Internet for one lab: in a network namespace of its own, behind a cable that can be pulled; on the loopback,
// without the cable, where this machine allows no namespaces.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { node } from "../gateway/host.mjs";

const server = join(dirname(fileURLToPath(import.meta.url)), "internet-server.mjs");
// An address nobody else here has: from the range for benchmarks (RFC 2544).
const [OURS, THEIRS] = [1, 2].map((n) => `198.18.${process.pid % 256}.${n}`);

const ip = (...words) => spawnSync("ip", words, { encoding: "utf8" });
const fine = (...words) => ip(...words).status === 0;

/** @param {object} options `near`: on the loopback in any case */
export async function internet({ near = false } = {}) {
  const name = `asmr${process.pid}`;
  const inside = (...words) => fine("-n", name, ...words);
  const made =
    !near &&
    fine("netns", "add", name) &&
    fine("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`, "netns", name) &&
    fine("addr", "add", `${OURS}/30`, "dev", `${name}a`) &&
    fine("link", "set", `${name}a`, "up") &&
    inside("addr", "add", `${THEIRS}/30`, "dev", `${name}b`) &&
    inside("link", "set", "lo", "up") &&
    inside("link", "set", `${name}b`, "up");
  const host = made ? THEIRS : "127.0.0.1";
  const words = made ? ["ip", "netns", "exec", name, node, server, host] : [node, server, host];
  const child = spawn(words[0], words.slice(1), { stdio: ["ignore", "inherit", "inherit", "ipc"], env: { ...process.env, NODE_OPTIONS: "" } });
  const [{ ports }] = await once(child, "message");
  return {
    apart: made,
    botUrl: `http://${host}:${ports.bot}`,
    target: `${host}:${ports.target}`,
    proxyUrl: `http://${host}:${ports.proxy}`,
    tell: (order) => child.send(order),
    /** Requests at the Bot API since the last time. */
    async asked() {
      child.send({ asked: true });
      const [{ asked }] = await once(child, "message");
      return asked;
    },
    cable: (plugged) => inside("link", "set", `${name}b`, plugged ? "up" : "down"),
    async close() {
      child.disconnect();
      await once(child, "exit");
      if (!made) return;
      ip("link", "del", `${name}a`);
      ip("netns", "del", name);
    },
  };
}
