// A scripted stand-in for a paid model: a server on loopback that speaks OpenAI's chat completions and Anthropic's
// messages, and logs every request.
import { closeSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { asChat, sendMessage } from "./messages.mjs";
import { estimateCompletionTokens, estimatePromptTokens, lastUserText, requestKind, systemText } from "./request.mjs";
import { matches, Script } from "./script.mjs";
import { sendFailure, sendJson, sendReply } from "./wire.mjs";

export { gate } from "./script.mjs";
export { messageText } from "./request.mjs";

/**
 * Starts the server.
 * @param {object} options
 * @param {number} [options.port] 0 (default) picks a free one.
 * @param {string} [options.logFile] JSON lines, one per request, with the full body.
 * @param {object[]} [options.script] rules as in `Script`.
 * @param {(body: object) => number} [options.countPromptTokens] reported as `usage.prompt_tokens`.
 * @param {(reply: object) => number} [options.countCompletionTokens]
 * @returns {Promise<Model>}
 */
export async function startModel(options = {}) {
  const model = new Model(options);
  await model.listen(options.port ?? 0);
  return model;
}

class Model {
  /**
   * Every request so far: `{seq, at_ms, kind, body, messages, system, userText, promptTokens, state, left}`; `left`
   * resolves if the caller goes away without its answer.
   */
  requests = [];
  #script;
  #waiting = new Set();
  #log;
  #count;
  #countReply;
  #server = createServer((req, res) => this.#serve(req, res));

  constructor({ script, logFile, countPromptTokens, countCompletionTokens }) {
    this.#script = new Script(script);
    this.#count = countPromptTokens ?? estimatePromptTokens;
    this.#countReply = countCompletionTokens ?? estimateCompletionTokens;
    if (logFile) this.#log = openSync(logFile, "a", 0o600);
  }

  listen(port) {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#server.once("error", reject).listen(port, "127.0.0.1", () => {
      this.port = this.#server.address().port;
      this.url = `http://127.0.0.1:${this.port}/v1`;
      resolve();
    });
    return promise;
  }

  /** Answers matching requests with `reply` (see `Script`); returns `{remove}`. */
  on(match, reply, { times } = {}) {
    return this.#script.add({ match, reply, times });
  }

  /** Resolves with the first matching request that arrives after this call. */
  next(match, { timeoutMs = 60_000 } = {}) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const waiter = { match, resolve };
    const timer = setTimeout(() => {
      this.#waiting.delete(waiter);
      reject(new Error(`no such request reached the model in ${timeoutMs} ms: ${match}`));
    }, timeoutMs);
    this.#waiting.add(waiter);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Requests so far that match, oldest first. */
  matching(match) {
    return this.requests.filter((request) => matches(match, request));
  }

  async close() {
    const { promise, resolve } = Promise.withResolvers();
    this.#server.close(resolve);
    this.#server.closeAllConnections();
    await promise;
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
  }

  async #serve(req, res) {
    try {
      const text = await readBody(req);
      if (req.method === "GET" && req.url === "/v1/models") {
        return sendJson(res, 200, { object: "list", data: [{ id: "scripted", object: "model" }] });
      }
      const [path] = req.url.split("?");
      if (req.method !== "POST" || !/\/(chat\/completions|messages)$/.test(path)) {
        return sendJson(res, 404, { error: { message: `no route ${req.method} ${req.url}` } });
      }
      if (path.endsWith("/messages")) await this.#complete(asChat(JSON.parse(text)), res, sendMessage);
      else await this.#complete(JSON.parse(text), res, sendReply);
    } catch (error) {
      sendFailure(res, { error: "server_error", message: `model script: ${error.message}` });
    }
  }

  async #complete(body, res, send) {
    const request = this.#record(body);
    request.left = new Promise((resolve) => {
      res.on("close", () => {
        if (res.writableFinished) return;
        request.state = "aborted";
        resolve();
      });
    });
    const reply = await this.#script.replyTo(request);
    if (reply.gate) await reply.gate.promise;
    request.reply = reply;
    if (request.state === "aborted") return;
    request.state = reply.error ? "failed" : "answered";
    if (reply.error) return sendFailure(res, reply);
    const created = Math.floor(request.at_ms / 1000);
    send(res, { body, id: `scripted-${request.seq}`, created, reply, usage: this.#usage(request, reply) });
  }

  #record(body) {
    const messages = body.messages ?? [];
    const request = {
      seq: this.requests.length + 1,
      at_ms: Date.now(),
      kind: requestKind(body),
      body,
      messages,
      system: systemText(messages),
      userText: lastUserText(messages),
      promptTokens: this.#count(body),
      state: "open",
    };
    this.requests.push(request);
    const { seq, at_ms, kind, promptTokens } = request;
    if (this.#log !== undefined) writeSync(this.#log, `${JSON.stringify({ seq, at_ms, kind, promptTokens, body })}\n`);
    for (const waiter of this.#waiting) {
      if (!matches(waiter.match, request)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(request);
    }
    return request;
  }

  #usage(request, reply) {
    const prompt_tokens = reply.usage?.prompt_tokens ?? request.promptTokens;
    const completion_tokens = reply.usage?.completion_tokens ?? this.#countReply(reply);
    return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, ...reply.usage };
  }
}

async function readBody(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
