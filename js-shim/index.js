// @ts-check
// The plugin's entry. The host evaluates this module several times in one process and registers it in several modes;
// what must exist once lives in `shared()`.
import { readFileSync } from "node:fs";
import { registerAsmCli } from "./cli.js";
import { registerCommands } from "./commands.js";
import { contentHash, openEngine, settingsFrom } from "./engine.js";
import { SHAPE, openFiles, stateDirectory } from "./files.js";
import { registerHooks } from "./hooks.js";
import { conversationAccess, unsupported } from "./host.js";
import { readOriginalSkill, setAsideOriginals } from "./original.js";
import { identity, registerHeartbeat } from "./service.js";
import { shared } from "./shared.js";
import { tell } from "./tell.js";
import { speaker } from "./texts.js";

const { name, version, description } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));

/** Opens the engine, or keeps the one this process has if nothing about it changed. */
function openOnce(/** @type {any} */ api) {
  const g = shared();
  const access = conversationAccess(api.config, name);
  const facts = meterFacts(api.config);
  const settings = JSON.stringify([version, contentHash(), api.pluginConfig ?? {}, settingsFrom(process.env), access, facts]);
  // A core that trapped stays off until the plugin is loaded afresh; the gateway's other instances do not do that.
  if (g.engine && g.settings === settings && (!g.engine.broken || api.registrationMode === "discovery")) return;
  if (g.engine) tell({ type: "stopping" });
  g.say = speaker(process.env, api.pluginConfig?.language);
  const say = (/** @type {string} */ name, /** @type {any[]} */ ...values) => shared().say(name, ...values);
  if (g.files?.shape !== SHAPE) g.files = openFiles(stateDirectory(api), say, g.files);
  g.version = version;
  g.timeZone = api.pluginConfig?.userTimezone || api.config?.agents?.defaults?.userTimezone;
  g.said.clear();
  const report = (/** @type {string} */ line) => {
    (g.full ?? api).logger?.error?.(`auto-session-manager: ${line}`);
    const entry = { at: new Date().toISOString(), level: "error", code: "core", text: line };
    g.files?.log(JSON.stringify(entry)).catch(() => {});
  };
  g.engine = openEngine(api.pluginConfig, report, g.say);
  g.settings = settings;
  const state = stateDirectory(api);
  const { files, occupied } = readOriginalSkill(state);
  setAsideOriginals(state, occupied);
  const { text, unreadable } = g.files.read(g.files.paths.state);
  tell({ type: "boot", state: text, unreadable, conversationAccess: access }, facts);
  if (files.length > 0) tell({ type: "original_skill" }, files);
  const incident = g.files.read(g.files.paths.incident).text;
  const { pid, startTicks } = identity();
  if (incident !== undefined) tell({ type: "incident", text: incident, pid, startTicks });
  g.files.sweep().catch(() => {});
}

/** What the host's configuration says of prices and of old tool results, and of who trims those: nothing else crosses. */
function meterFacts(/** @type {any} */ config) {
  const priced = Object.entries(config?.models?.providers ?? {}).flatMap(([provider, of]) => {
    const models = Array.isArray(of?.models) ? of.models : [];
    return models.flatMap((/** @type {any} */ model) => (model?.id && model.cost ? [[`${provider}/${model.id}`, model.cost]] : []));
  });
  const profiles = Object.values(config?.auth?.profiles ?? {}).map((/** @type {any} */ profile) => ({ provider: profile?.provider, mode: profile?.mode }));
  const anthropicUrl = config?.models?.providers?.anthropic?.baseUrl;
  return { prices: Object.fromEntries(priced), pruning: config?.agents?.defaults?.contextPruning, anthropicUrl, profiles };
}

export default {
  id: name,
  name: "Auto Session Manager",
  description,
  version,
  register(/** @type {any} */ api) {
    const mode = api.registrationMode ?? "full";
    if (mode.startsWith("setup-")) return;
    // The host's command line registers twice: for the names, and as "discovery" for what runs.
    if (mode === "cli-metadata" || mode === "discovery") registerAsmCli(api);
    if (mode === "cli-metadata") return;
    const why = unsupported(api, speaker(process.env, api?.pluginConfig?.language));
    if (why) return void (mode === "full" && api.logger?.error?.(why));
    if (mode === "tool-discovery") return registerHooks(api);
    const g = shared();
    if (mode === "full") g.full = api;
    try {
      // A process that never registers fully is the command line: it reads ASM's files, and must not write them.
      if (g.full) openOnce(api);
    } catch (error) {
      api.logger?.error?.(`auto-session-manager: ${g.say("coreNotLoaded", /** @type {Error} */ (error).message)}`);
      return;
    }
    registerHooks(api);
    if (mode === "full") {
      registerCommands(api);
      registerHeartbeat(api);
    }
  },
};
