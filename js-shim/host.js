// @ts-check
// Whether this host can run the plugin, in one line where it cannot.

/** The oldest host whose hooks, instances and session ids are those this version was written for. */
const OLDEST_HOST = [2026, 9, 0];
const OLDEST_NODE = [24, 16, 0];

/** What registration calls on every host it supports. */
const CALLED = ["on", "registerService", "registerCommand"];

/** @param {string} version @returns {number[]} */
function parts(version) {
  return (version.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

/** @param {string} version @param {number[]} oldest */
function olderThan(version, oldest) {
  const is = parts(version);
  if (is.length < 2) return false;
  const differs = oldest.findIndex((number, at) => number !== (is[at] ?? 0));
  return differs >= 0 && (is[differs] ?? 0) < (oldest[differs] ?? 0);
}

/** The host's version; undefined where it does not tell. Some registration modes throw at any look at the runtime. */
function versionOf(/** @type {any} */ api) {
  try {
    const version = api?.runtime?.version;
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why the plugin stays inert here, English and Chinese; undefined where it can run. A host that does not tell its
 * version is judged by what it can do.
 * @param {any} api as handed to `register`
 * @param {string} [node] version of Node
 * @returns {string | undefined}
 */
export function unsupported(api, node = process.versions.node) {
  if (olderThan(node, OLDEST_NODE)) {
    const wanted = OLDEST_NODE.join(".");
    return `auto-session-manager needs Node ${wanted} or newer and is off (this is ${node}). Update Node, then restart the gateway. / 需要 Node ${wanted} 或更新版本，现已停用（当前 ${node}）。请更新 Node 并重启网关。`;
  }
  const host = versionOf(api);
  const wanted = OLDEST_HOST.join(".");
  if (host !== undefined && olderThan(host, OLDEST_HOST)) {
    return `auto-session-manager needs OpenClaw ${wanted} or newer and is off (this is ${host}). Run: openclaw update / 需要 OpenClaw ${wanted} 或更新版本，现已停用（当前 ${host}）。请运行：openclaw update`;
  }
  const lacking = CALLED.find((name) => typeof api?.[name] !== "function");
  if (lacking) {
    return `auto-session-manager is off: this host lacks api.${lacking}; it needs OpenClaw ${wanted} or newer. Run: openclaw update / 已停用：宿主缺少 api.${lacking}；需要 OpenClaw ${wanted} 或更新版本。请运行：openclaw update`;
  }
  return undefined;
}
