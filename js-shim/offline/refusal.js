// @ts-check
// Exit codes, and the one way a command ends early.

/** Done. */
export const OK = 0;
/** Unreadable, or nothing usable in it. */
export const UNUSABLE = 1;
/** Wrong usage. */
export const USAGE = 2;
/** Done, with diagnostics, under `--strict`. */
export const DIAGNOSTICS = 3;

/** Ends a command: the text says what to do. */
export class Refusal extends Error {
  /**
   * @param {number} code the exit code
   * @param {string} text
   */
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}
