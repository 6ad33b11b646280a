// What one request to the model server says, read off the wire format that OpenClaw speaks.

/** Text of a chat message, whether its content is a string or a list of parts. */
export function messageText(message) {
  const content = message?.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : "")).join("\n");
}

// The host announces its summary calls in the system message and its memory flush in the user's;
// both sentences are the host's own (2026.9.6) and stand nowhere else in a request.
const SUMMARY_SYSTEM = /context summarization assistant/i;
const MEMORY_FLUSH = /pre-compaction memory flush/i;
const RUNTIME_CONTEXT = /^<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>/;

/** @returns {"compaction"|"memory"|"turn"} what the host wants with this call. */
export function requestKind(body) {
  const messages = body?.messages ?? [];
  if (messages.some((m) => isSystem(m) && SUMMARY_SYSTEM.test(messageText(m)))) return "compaction";
  if (MEMORY_FLUSH.test(lastUserText(messages))) return "memory";
  return "turn";
}

/** The newest user text that is not the host's trailing runtime data; "" when there is none. */
export function lastUserText(messages) {
  const users = messages.filter((m) => m.role === "user").map(messageText);
  return users.filter((text) => !RUNTIME_CONTEXT.test(text.trimStart())).at(-1) ?? "";
}

/** The system message's text; "" when there is none. */
export function systemText(messages) {
  return messages.filter(isSystem).map(messageText).join("\n");
}

function isSystem(message) {
  return message?.role === "system" || message?.role === "developer";
}

/**
 * Prompt tokens a provider would report, as a pure function of the request: a quarter of the UTF-8 bytes of
 * everything the model reads (messages and tool schemas), the same rule of thumb the host itself estimates by.
 */
export function estimatePromptTokens(body) {
  const read = JSON.stringify([body?.messages ?? [], body?.tools ?? []]);
  return Math.ceil(Buffer.byteLength(read, "utf8") / 4);
}

/** Completion tokens of a reply, by the same rule. */
export function estimateCompletionTokens(reply) {
  const written = (reply.text ?? "") + JSON.stringify(reply.toolCalls ?? []);
  return Math.max(1, Math.ceil(Buffer.byteLength(written, "utf8") / 4));
}
