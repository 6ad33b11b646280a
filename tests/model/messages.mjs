// The other protocol that providers speak (Anthropic's Messages; MiniMax by default): read into the shape that scripts
// know, answered in its own.

/** A request as chat completions would have it: `{model, messages, tools, stream}`. */
export function asChat({ model, system, messages = [], tools = [], stream }) {
  const first = text(system) === "" ? [] : [{ role: "system", content: text(system) }];
  const functions = tools.map(({ name, description, input_schema }) => ({ type: "function", function: { name, description, parameters: input_schema } }));
  return { model, stream, messages: [...first, ...messages.flatMap(asChatMessages)], tools: functions };
}

/** One message of its own may be several: results stand in a user's, beside what the user says. */
function asChatMessages({ role, content }) {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  const of = (type) => blocks.filter((block) => block.type === type);
  const said = text(of("text"));
  if (role === "assistant") {
    const calls = of("tool_use").map(({ id, name, input }) => ({ id, type: "function", function: { name, arguments: JSON.stringify(input) } }));
    return [{ role, content: said, ...(calls.length ? { tool_calls: calls } : {}) }];
  }
  const results = of("tool_result").map((block) => ({ role: "tool", tool_call_id: block.tool_use_id, content: text(block.content) }));
  return said === "" && results.length > 0 ? results : [...results, { role, content: said }];
}

function text(content) {
  if (typeof content === "string") return content;
  return (content ?? []).map((block) => block.text ?? "").join("\n");
}

/** Sends one finished reply, streamed when the request asked for it. */
export function sendMessage(res, { body, id, reply, usage }) {
  if (res.destroyed) return;
  const message = { id, type: "message", role: "assistant", model: body.model ?? "scripted", stop_sequence: null };
  const content = blocksOf(reply, id);
  const counted = usageOf(usage);
  const stop_reason = reply.toolCalls?.length ? "tool_use" : "end_turn";
  if (!body.stream) {
    res.writeHead(200, { "content-type": "application/json" });
    return res.end(JSON.stringify({ ...message, content, stop_reason, usage: counted }));
  }
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const send = (type, value) => res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`);
  send("message_start", { message: { ...message, content: [], stop_reason: null, usage: { ...counted, output_tokens: 1 } } });
  content.forEach((block, index) => sendBlock(send, block, index));
  send("message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: counted.output_tokens } });
  send("message_stop", {});
  res.end();
}

function sendBlock(send, block, index) {
  const isText = block.type === "text";
  const delta = isText ? { type: "text_delta", text: block.text } : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
  send("content_block_start", { index, content_block: isText ? { ...block, text: "" } : { ...block, input: {} } });
  send("content_block_delta", { index, delta });
  send("content_block_stop", { index });
}

function blocksOf({ text: said, toolCalls = [] }, id) {
  const calls = toolCalls.map((call, at) => ({ type: "tool_use", id: call.id ?? `toolu_${id}_${at}`.replace(/[^\w-]/g, "_"), name: call.name, input: call.args ?? {} }));
  return said || calls.length === 0 ? [{ type: "text", text: said ?? "" }, ...calls] : calls;
}

/** What was read from the provider's cache is not part of its input here. */
function usageOf({ prompt_tokens, completion_tokens, prompt_tokens_details }) {
  const cached = prompt_tokens_details?.cached_tokens ?? 0;
  return { input_tokens: prompt_tokens - cached, output_tokens: completion_tokens, cache_read_input_tokens: cached, cache_creation_input_tokens: 0 };
}
