// What the scripted model answers: rules tried newest first, and gates that hold an answer back.

/**
 * A rule is `{match, reply, times}`. `match` is a kind ("turn", "compaction", "memory"), a RegExp over the last
 * user text, or a function of the logged request. `reply` is a string, a reply object, or a function returning
 * either (or a promise of it). Reply objects:
 *   `{text, toolCalls: [{name, args}], usage}`, `{error: "context_length_exceeded", message?, status?}`,
 *   each with an optional `gate` that is awaited before anything is sent.
 */
export class Script {
  #rules = [];

  constructor(rules = []) {
    for (const rule of rules) this.add(rule);
  }

  /** Adds a rule in front of the others; it applies `times` times (for ever by default). */
  add({ match, reply, times = Infinity }) {
    const rule = { match, reply, left: times };
    this.#rules.unshift(rule);
    return { remove: () => void (rule.left = 0) };
  }

  /** The reply object for a request: the newest live rule that matches, or the default of its kind. */
  async replyTo(request) {
    const rule = this.#rules.find((r) => r.left > 0 && matches(r.match, request));
    if (!rule) return asReply(defaultReply(request));
    rule.left -= 1;
    return asReply(typeof rule.reply === "function" ? await rule.reply(request) : rule.reply);
  }
}

/** Whether a logged request is the one a matcher means; without a matcher every request is. */
export function matches(match, request) {
  if (match === undefined) return true;
  if (typeof match === "string") return request.kind === match;
  if (match instanceof RegExp) return match.test(request.userText);
  return Boolean(match(request));
}

// A summary in the headings the host asks for that keeps the shape and loses every fact: what a careless
// summariser does, and what the block under test has to make good.
const FORGETFUL_SUMMARY = `## Decisions
None.

## Open TODOs
None.

## Constraints/Rules
None.

## Pending user asks
None.

## Exact identifiers
None.`;

function defaultReply(request) {
  if (request.kind === "compaction") return FORGETFUL_SUMMARY;
  if (request.kind === "memory") return "NO_REPLY";
  return `Reply ${request.seq}.`;
}

function asReply(reply) {
  return typeof reply === "string" ? { text: reply } : reply;
}

/** A promise with its handle outside: put it in a reply as `gate`, and `release()` it from the test. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers();
  return { promise, release: resolve };
}
