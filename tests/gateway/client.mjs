// An operator's connection to the gateway: one persistent WebSocket.
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";

/** Direct loopback with the gateway's token needs no device pairing under this identity. */
const IDENTITY = { id: "gateway-client", mode: "backend", platform: process.platform, version: "0.0.0" };

/** States of a `chat` event after which its run sends no other. */
const ENDED = new Set(["final", "error", "aborted"]);

/** @returns {Promise<Client>} connected and authorised. */
export async function connectClient({ url, token, timeoutMs = 20_000 }) {
  const client = new Client(url);
  const timer = setTimeout(() => client.close(new Error(`no handshake with ${url} in ${timeoutMs} ms`)), timeoutMs);
  try {
    await client.handshake(token);
    return client;
  } finally {
    clearTimeout(timer);
  }
}

/** Emits `event {event, payload}` for every gateway event, `close` once. */
class Client extends EventEmitter {
  #socket;
  #pending = new Map();
  #challenge = Promise.withResolvers();
  #closed;
  /** Every event since the connection opened, oldest first. */
  events = [];

  constructor(url) {
    super();
    this.setMaxListeners(0);
    this.#challenge.promise.catch(() => {});
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => this.#heard(JSON.parse(data));
    this.#socket.onerror = () => this.close(new Error(`cannot talk to ${url}`));
    this.#socket.onclose = ({ code, reason }) => this.close(new Error(`connection closed: ${code} ${reason}`));
  }

  async handshake(token) {
    await this.#challenge.promise;
    const scopes = ["operator.admin", "operator.read", "operator.write", "operator.approvals"];
    this.hello = await this.call("connect", {
      minProtocol: 4,
      maxProtocol: 4,
      client: IDENTITY,
      role: "operator",
      scopes,
      caps: [],
      auth: { token },
    });
  }

  /** One request; resolves with its payload. With `settled`, the payload that satisfies it (an `accepted` does not). */
  call(method, params = {}, { timeoutMs = 60_000, settled = () => true } = {}) {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers();
    const timer = setTimeout(() => reject(new Error(`${method}: no answer in ${timeoutMs} ms`)), timeoutMs);
    this.#pending.set(id, { resolve, reject, settled, method });
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    return promise.finally(() => {
      clearTimeout(timer);
      this.#pending.delete(id);
    });
  }

  /** A turn by the `agent` method (no channel, no slash commands); resolves when the run has ended. */
  agent(message, { sessionKey = "agent:main:main", timeoutMs = 120_000, ...more } = {}) {
    const params = { message, sessionKey, idempotencyKey: randomUUID(), ...more };
    return this.call("agent", params, { timeoutMs, settled: (payload) => payload?.status !== "accepted" });
  }

  /** A chat message (slash commands work); resolves with the final `chat` event of its run. */
  async chatSend(message, { sessionKey = "agent:main:main", timeoutMs = 120_000 } = {}) {
    const idempotencyKey = randomUUID();
    const ended = this.waitEvent("chat", (p) => p.runId === idempotencyKey && ENDED.has(p.state), { timeoutMs });
    ended.catch(() => {});
    const { runId } = await this.call("chat.send", { sessionKey, message, idempotencyKey }, { timeoutMs });
    if (runId && runId !== idempotencyKey) throw new Error(`chat.send answered with another run: ${runId}`);
    const final = await ended;
    if (final.state !== "final") throw new Error(`chat run ended ${final.state}: ${final.errorMessage ?? ""}`);
    return final;
  }

  /** The payload of the first event from now on with that name and property. */
  waitEvent(name, accept = () => true, { timeoutMs = 60_000 } = {}) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const listen = ({ event, payload }) => event === name && accept(payload) && resolve(payload);
    const timer = setTimeout(() => reject(new Error(`no ${name} event in ${timeoutMs} ms`)), timeoutMs);
    this.on("event", listen).on("close", reject);
    return promise.finally(() => {
      clearTimeout(timer);
      this.off("event", listen).off("close", reject);
    });
  }

  close(reason = new Error("connection closed by us")) {
    if (this.#closed) return;
    this.#closed = reason;
    this.#challenge.reject(reason);
    for (const { reject, method } of this.#pending.values()) reject(new Error(`${method}: ${reason.message}`));
    this.#socket.close();
    this.emit("close", reason);
  }

  #heard(frame) {
    if (frame.type === "event") {
      if (frame.event === "connect.challenge") this.#challenge.resolve(frame.payload);
      this.events.push(frame);
      this.emit("event", frame);
      return;
    }
    const waiting = this.#pending.get(frame.id);
    if (frame.type !== "res" || !waiting) return;
    if (!frame.ok) waiting.reject(Object.assign(new Error(`${waiting.method}: ${frame.error?.message}`), { frame }));
    else if (waiting.settled(frame.payload)) waiting.resolve(frame.payload);
  }
}
