// What lies beyond the network, in a process of its own so that it can live in a network namespace: a Bot API, a target
// for reachability, an HTTP proxy. Told what to do over IPC; answers with its ports.
//   {bot: {poll: "empty" | "hang" | "reset", status: 200 | 401 | …, only: "getUpdates"}}   {proxy: true | false}
import { createServer as http, request as ask } from "node:http";
import { connect, createServer } from "node:net";

/** A long poll comes back empty after this: a tenth of what the Bot API is asked for by a lazy client. */
const POLL_MS = 1500;
const [host] = process.argv.slice(2);
const bot = { poll: "empty", status: 200 };
const asked = [];

function listen(server) {
  return new Promise((done) => server.listen(0, host, () => done(server.address().port)));
}

const WORDS = { 400: "Bad Request", 401: "Unauthorized", 409: "Conflict: terminated by other getUpdates request", 429: "Too Many Requests: retry after 3", 502: "Bad Gateway" };

/** `direct`, it did not come by the proxy, which lives here; never so where there is no namespace. */
function answer(request, response, text) {
  const method = request.url.split("/").at(-1).split("?")[0];
  asked.push({ method, agent: request.headers["user-agent"] ?? "", t: performance.timeOrigin + performance.now(), direct: request.socket.remoteAddress !== host, text });
  if (bot.poll === "reset") return request.socket.destroy();
  const json = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (bot.status !== 200 && (!bot.only || bot.only === method)) {
    const parameters = bot.status === 429 ? { retry_after: 3 } : undefined;
    return json(bot.status, { ok: false, error_code: bot.status, description: WORDS[bot.status], parameters });
  }
  if (method === "getUpdates" && bot.poll === "hang") return undefined;
  const ok = (result) => json(200, { ok: true, result });
  if (method === "getMe") return ok({ id: 1, is_bot: true, first_name: "Lab", username: "lab_bot" });
  if (method === "getUpdates") return setTimeout(() => ok([]), POLL_MS);
  if (method === "getWebhookInfo") return ok({ url: "", pending_update_count: 0 });
  return ok(true);
}

const open = new Set();
function proxyServer() {
  const server = http((request, response) => {
    const far = ask(request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(far.on("error", () => response.destroy()));
  });
  server.on("connect", (request, socket, head) => {
    const [to, port] = request.url.split(":");
    const far = connect(Number(port), to, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    for (const [one, other] of [[socket, far], [far, socket]]) {
      open.add(one);
      one.on("error", () => {}).on("close", () => (open.delete(one), other.destroy()));
    }
  });
  return server;
}

const ports = { bot: await listen(http((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (piece) => (text += piece)).on("end", () => answer(request, response, text));
})) };
ports.target = await listen(createServer((socket) => socket.on("error", () => {}).end()));
let proxy = proxyServer();
ports.proxy = await listen(proxy);

let up = true;
function turnProxy(on) {
  if (on === up) return;
  up = on;
  if (on) {
    proxy = proxyServer();
    proxy.listen(ports.proxy, host);
  } else {
    proxy.close();
    proxy.closeAllConnections();
    for (const socket of open) socket.destroy();
  }
}

process.on("message", (order) => {
  if (order.bot) Object.assign(bot, { only: undefined }, order.bot);
  if (order.proxy !== undefined) turnProxy(order.proxy);
  if (order.asked) process.send({ asked: asked.splice(0) });
});
process.on("disconnect", () => process.exit(0));
process.send({ ports });
