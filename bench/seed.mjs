// Random choices that are the same in every run, on every machine.

/** FNV-1a of a text, 32 bits. @param {string} text */
export function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** A source of choices (mulberry32), named so that two uses never share a sequence. @param {string} name */
export function choices(name) {
  let state = hash(name);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (/** @type {number} */ n) => Math.floor(next() * n);
  return {
    next,
    below,
    between: (/** @type {number} */ low, /** @type {number} */ high) => low + below(high - low + 1),
    /** @template T @param {ArrayLike<T>} list @returns {T} */
    of: (list) => list[below(list.length)],
    /** Most small, few large, as lengths of messages are. @param {number} low @param {number} high */
    skewed: (low, high) => Math.round(low * Math.exp(next() ** 1.6 * Math.log(high / low))),
    /** @template T @param {T[]} list @returns {T[]} a shuffled copy */
    shuffled(list) {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j], copy[i]];
      }
      return copy;
    },
  };
}
