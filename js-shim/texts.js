// @ts-check
// The shell's own texts, from the build's copy of the core's catalogue: they must be there when the core is not.
import { TEXTS } from "./wasm/texts.js";

/** @typedef {(name: string, ...values: (string | number)[]) => string} Say */

/**
 * Whether logs and terminals speak Chinese: the language set, else that of the first locale variable that is set. The
 * core has the same rule (`operator_language`).
 * @param {NodeJS.ProcessEnv} env
 * @param {unknown} language the setting
 */
function chinese(env, language) {
  if (language === "zh" || language === "en") return language === "zh";
  return /^zh([_.@-]|$)/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "");
}

/**
 * A text of the catalogue, filled in; its name where there is none.
 * @param {NodeJS.ProcessEnv} env
 * @param {unknown} [language] the setting `language`
 * @returns {Say}
 */
export function speaker(env, language) {
  const at = chinese(env, language) ? 1 : 0;
  return (name, ...values) => (TEXTS[name]?.[at] ?? name).replace(/\{(\d)\}/g, (_, n) => String(values[Number(n)] ?? ""));
}
