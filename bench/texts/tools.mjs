// What tools answer: JSON, listings, matches, logs. JSON and matches come from the host's files, the rest is made up
// around their names.
import { choices } from "../seed.mjs";
import { sequence } from "./draw.mjs";
import { blocks } from "./sources.mjs";

/** @typedef {ReturnType<typeof choices>} Choices */

const hex = (/** @type {Choices} */ r, /** @type {number} */ n) => Array.from({ length: n }, () => r.of("0123456789abcdef")).join("");
const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
const moment = (/** @type {Choices} */ r) => `2026-${two(r.between(1, 12))}-${two(r.between(1, 28))}T${two(r.below(24))}:${two(r.below(60))}:${two(r.below(60))}.${r.between(100, 999)}Z`;

/** `ls -l` of some of the names. @param {Choices} r @param {string[]} names */
function listing(r, names) {
  const lines = Array.from({ length: r.between(8, 60) }, () => {
    const name = r.of(names);
    const when = `${r.of(["Jan", "Mar", "Jun", "Sep", "Nov"])} ${String(r.between(1, 28)).padStart(2)} ${two(r.below(24))}:${two(r.below(60))}`;
    return `-rw-r--r-- 1 node node ${String(r.skewed(120, 900_000)).padStart(8)} ${when} ${name.split("/").pop()}`;
  });
  return `total ${r.between(40, 9_000)}\n${lines.join("\n")}\n`;
}

/** `grep -n` of a word over some code. @param {Choices} r @param {string} code @param {string[]} names */
function matches(r, code, names) {
  const word = r.of(["session", "token", "config", "return", "async", "error", "message"]);
  const lines = code.split("\n");
  const found = lines.map((line, at) => [line, at]).filter(([line]) => String(line).includes(word)).slice(0, 60);
  const name = r.of(names);
  return `${found.map(([line, at]) => `${name}:${Number(at) + 1}:${line}`).join("\n")}\n`;
}

/** A gateway's log, as JSON lines or as plain ones. @param {Choices} r */
function log(r) {
  const plain = r.next() < 0.5;
  const lines = Array.from({ length: r.between(10, 50) }, () => {
    const [level, text] = r.of([["info", "request completed"], ["warn", "retrying after timeout"], ["debug", "cache hit"], ["error", "upstream refused the connection"], ["info", "session resumed"]]);
    const [id, ms, size] = [hex(r, 12), r.skewed(1, 30_000), r.skewed(200, 400_000)];
    return plain
      ? `${moment(r)} [${level}] gateway/http ${text} id=${id} ms=${ms} bytes=${size} peer=10.${r.below(256)}.${r.below(256)}.${r.below(256)}:${r.between(1024, 65535)}`
      : JSON.stringify({ time: moment(r), level, msg: text, id, ms, size, sha: hex(r, 40) });
  });
  return `${lines.join("\n")}\n`;
}

/** A part of the host's own JSON, pretty or on one line. @param {Choices} r @param {string} text */
function data(r, text) {
  try {
    const value = JSON.parse(text);
    return `${r.next() < 0.5 ? JSON.stringify(value) : JSON.stringify(value, null, 2)}\n`;
  } catch {
    return `${text}\n`;
  }
}

/** An endless sequence of tool answers. @param {import("./sources.mjs").Purpose} purpose @param {string} name */
export function toolOutput(purpose, name) {
  const r = choices(`tools:${purpose}:${name}`);
  const json = sequence(blocks("json", purpose), purpose, `${name}:json`);
  const code = sequence(blocks("code", purpose), purpose, `${name}:matches`);
  return {
    next() {
      const which = r.next();
      if (which < 0.25) return data(r, String(json.next().value));
      if (which < 0.45) return listing(r, blocks("names", purpose));
      if (which < 0.7) return matches(r, String(code.next().value), blocks("names", purpose));
      return log(r);
    },
  };
}
