// @ts-check
// One line for each kind of failure; the rest of them stay silent.
import { shared } from "./shared.js";

/** @param {string} kind @param {unknown} error @returns {undefined} */
export function sayOnce(kind, error) {
  const { said, full, files, say } = shared();
  if (said.has(kind)) return undefined;
  said.add(kind);
  const line = `auto-session-manager: ${say("hookFailed", kind, error instanceof Error ? error.message : String(error))}`;
  const entry = { at: new Date().toISOString(), level: "warn", code: "hook-failed", text: line };
  files?.log(JSON.stringify(entry)).catch(() => {});
  try {
    (full?.logger ?? console).warn?.(line);
  } catch {
    // A retired instance's logger may refuse.
  }
  return undefined;
}
