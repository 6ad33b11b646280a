// Answers in the shapes of an OpenAI-compatible chat completions API.

/** Statuses a script may ask for by name, with the bodies providers send. */
const FAILURES = {
  context_length_exceeded: [400, { type: "invalid_request_error", param: "messages" }],
  rate_limit_exceeded: [429, { type: "rate_limit_error" }],
  insufficient_quota: [429, { type: "insufficient_quota" }],
  invalid_api_key: [401, { type: "invalid_request_error" }],
  server_error: [500, { type: "server_error" }],
};

/** Sends `{error: code, message?}` as the provider failure of that name (unknown names become a 500). */
export function sendFailure(res, { error, message, status }) {
  const [known, extra] = FAILURES[error] ?? FAILURES.server_error;
  const text = message ?? `scripted failure: ${error}`;
  sendJson(res, status ?? known, { error: { message: text, code: error, ...extra } });
}

export function sendJson(res, status, value) {
  if (res.destroyed) return;
  res.writeHead(status, { "content-type": "application/json" });
  res.end(JSON.stringify(value));
}

/** Sends one finished reply, streamed when the request asked for it. */
export function sendReply(res, { body, id, created, reply, usage }) {
  const head = { id, created, model: body.model ?? "scripted" };
  if (body.stream) sendStream(res, head, reply, usage);
  else sendJson(res, 200, completion(head, reply, usage));
}

function completion(head, reply, usage) {
  const message = { role: "assistant", content: reply.text ?? "" };
  if (reply.toolCalls?.length) message.tool_calls = toolCalls(reply.toolCalls, head.id);
  const choice = { index: 0, message, finish_reason: finishReason(reply) };
  return { ...head, object: "chat.completion", choices: [choice], usage };
}

function sendStream(res, head, reply, usage) {
  if (res.destroyed) return;
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const chunk = (delta, finish_reason = null) =>
    sendEvent(res, { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] });
  chunk({ role: "assistant", content: "" });
  for (const piece of pieces(reply.text ?? "")) chunk({ content: piece });
  if (reply.toolCalls?.length) {
    chunk({ tool_calls: toolCalls(reply.toolCalls, head.id).map((call, index) => ({ index, ...call })) });
  }
  chunk({}, finishReason(reply));
  sendEvent(res, { ...head, object: "chat.completion.chunk", choices: [], usage });
  res.end("data: [DONE]\n\n");
}

function sendEvent(res, value) {
  res.write(`data: ${JSON.stringify(value)}\n\n`);
}

// Split on code points, so that no piece ends inside a surrogate pair.
function* pieces(text, size = 400) {
  const points = Array.from(text);
  for (let at = 0; at < points.length; at += size) yield points.slice(at, at + size).join("");
}

function toolCalls(calls, id) {
  return calls.map((call, index) => ({
    id: call.id ?? `call_${id}_${index}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.args ?? {}) },
  }));
}

function finishReason(reply) {
  return reply.toolCalls?.length ? "tool_calls" : "stop";
}
