// The gateway configuration of a lab: loopback, one scripted model, no channel, nothing that calls out.

/**
 * @param {object} options
 * @param {number} options.port of the gateway
 * @param {string} options.token of the operator
 * @param {string} options.modelUrl base URL of the model server, ending in /v1
 * @param {string} options.logFile the host's log would otherwise be shared by all homes of a user
 * @param {number} [options.contextWindow] tokens
 * @param {number} [options.maxTokens] of one reply
 * @param {number} [options.keepRecentTokens] kept verbatim by a compaction
 * @param {object} [overrides] merged in last, objects key by key
 */
export function labConfig(options, overrides = {}) {
  const { port, token, contextWindow = 32_768, maxTokens = 2048, keepRecentTokens = 2000 } = options;
  const model = {
    id: "small",
    name: "Scripted model",
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow,
    maxTokens,
  };
  const provider = { baseUrl: options.modelUrl, apiKey: "scripted", api: "openai-completions", models: [model] };
  const config = {
    gateway: {
      mode: "local",
      port,
      bind: "loopback",
      auth: { mode: "token", token },
      controlUi: { enabled: false },
    },
    discovery: { mdns: { mode: "off" } },
    update: { checkOnStart: false },
    models: { mode: "replace", providers: { scripted: provider } },
    agents: {
      defaults: {
        model: { primary: "scripted/small" },
        skipBootstrap: true,
        heartbeat: { every: "0m" },
        // The host would reject a summary that drops identifiers, and dropping them is what is rehearsed here.
        compaction: { keepRecentTokens, qualityGuard: { enabled: false } },
      },
    },
    logging: { level: "debug", file: options.logFile },
  };
  return merge(config, overrides);
}

/** Objects merge key by key; anything else, and `undefined` never, replaces. */
export function merge(base, over) {
  if (over === undefined) return base;
  if (!isPlain(base) || !isPlain(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(base[key], over[key])]));
}

function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
