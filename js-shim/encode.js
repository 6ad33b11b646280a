// @ts-check
// Host values as bytes for wasm: the writing side of `src/transcript/value.rs`, where the format is described.
//
// Not JSON text, because one lone surrogate anywhere would make the whole unreadable on the other side, and because
// writing text straight into a kept buffer is many times cheaper. Total: a host object may be anything (a proxy, a
// getter that throws, a circle), and nothing about it may stop a turn.

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const NUMBER = 3;
const STRING = 4;
const ARRAY = 5;
const OBJECT = 6;

/** Containers inside containers; what lies deeper is written as null. The reader has the same limit. */
export const DEEPEST = 64;

/** Most bytes one value may take: an object that repeats itself would otherwise fill memory. */
export const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Characters of a picture's or a file's base64 (`data`) that cross: its size stands at its beginning, and nothing else is
 * read of it. A member `dataLength` tells how long it is.
 */
const MOST_DATA = 128 * 1024;

/** Up to this many characters a text is given the room of its worst case (three bytes each) instead of measured. */
const MEASURED_FROM = 4096;

/**
 * Gives a buffer of at least `needed` bytes that begins with the first `written` bytes of the one given before. It may
 * be the same one. With (0, 0) it gives whatever it has.
 * @typedef {(needed: number, written: number) => Uint8Array} Grow
 */

class TooLarge extends Error {}

const utf8 = new TextEncoder();

/**
 * Node's own method where it is there: undocumented, the same bytes, several times faster on short texts.
 * @type {(bytes: any, text: string, start: number) => number}
 */
export const writeUtf8 =
  typeof Reflect.get(Buffer.prototype, "utf8Write") === "function"
    ? (bytes, text, start) => bytes.utf8Write(text, start)
    : (bytes, text, start) => utf8.encodeInto(text, bytes.subarray(start)).written;

class Writer {
  /**
   * @param {Grow} grow
   * @param {number} most
   */
  constructor(grow, most) {
    this.grow = grow;
    this.most = most;
    this.at = 0;
    /** @type {object[]} containers being written, to find circles */
    this.open = [];
    /** @type {Buffer} */
    this.bytes = Buffer.alloc(0);
    /** @type {DataView} */
    this.view = new DataView(this.bytes.buffer, 0, 0);
    this.take(grow(0, 0));
  }

  /** @param {Uint8Array} bytes */
  take(bytes) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @param {number} more */
  room(more) {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    if (needed > this.most) throw new TooLarge();
    this.take(this.grow(Math.min(Math.max(needed, this.bytes.length * 2), this.most), this.at));
    if (this.bytes.length < needed) throw new TooLarge();
  }

  /** @param {number} tag */
  tag(tag) {
    this.room(1);
    this.bytes[this.at] = tag;
    this.at += 1;
  }

  /**
   * @param {number} tag
   * @param {number} count
   * @returns {number} where the count stands
   */
  counted(tag, count) {
    this.room(5);
    this.bytes[this.at] = tag;
    this.view.setUint32(this.at + 1, count, true);
    this.at += 5;
    return this.at - 4;
  }

  /** @param {number} value */
  number(value) {
    this.room(9);
    this.bytes[this.at] = NUMBER;
    this.view.setFloat64(this.at + 1, value, true);
    this.at += 9;
  }

  /** Lone surrogates become U+FFFD. @param {string} text */
  text(text) {
    const worst = text.length * 3;
    this.room(5 + (text.length < MEASURED_FROM ? worst : Math.min(worst, Buffer.byteLength(text))));
    const start = this.at + 5;
    const written = writeUtf8(this.bytes, text, start);
    this.counted(STRING, written);
    this.at = start + written;
  }

  /** @param {unknown} value @returns {void} */
  value(value) {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        return Number.isFinite(value) ? this.number(value) : this.tag(NULL);
      case "boolean":
        return this.tag(value ? TRUE : FALSE);
      case "bigint":
        return Number.isSafeInteger(Number(value)) ? this.number(Number(value)) : this.tag(NULL);
      case "object":
        return value === null ? this.tag(NULL) : this.container(value);
      default:
        return this.tag(NULL);
    }
  }

  /** @param {object} value @returns {void} */
  container(value) {
    if (this.open.length >= DEEPEST || this.open.includes(value)) return this.tag(NULL);
    const shape = shapeOf(value);
    if (shape === null) return this.tag(NULL);
    if (typeof shape === "number") return this.value(shape);
    this.open.push(value);
    if (shape === "array") this.array(/** @type {unknown[]} */ (value));
    else this.object(value, shape);
    this.open.pop();
  }

  /** @param {unknown[]} items */
  array(items) {
    const length = Number(read(items, "length")) || 0;
    if (length > this.most) throw new TooLarge();
    this.counted(ARRAY, length);
    for (let i = 0; i < length; i += 1) this.value(read(items, i));
  }

  /**
   * @param {object} value
   * @param {string[]} keys
   */
  object(value, keys) {
    const count = this.counted(OBJECT, 0);
    let written = 0;
    for (const key of keys) {
      let member = read(value, key);
      if (member === undefined || typeof member === "function" || typeof member === "symbol") continue;
      if (key === "data" && typeof member === "string" && member.length > MOST_DATA && isPicture(value)) {
        this.text("dataLength");
        this.value(member.length);
        written += 1;
        member = member.slice(0, MOST_DATA);
      }
      this.text(key);
      this.value(member);
      written += 1;
    }
    this.view.setUint32(count, written, true);
  }
}

/**
 * What to write for an object: the milliseconds of a date, "array", its own enumerable keys, or null for what holds no
 * data of ours (bytes) or cannot be looked into (a revoked proxy).
 * @param {object} value
 * @returns {number | "array" | string[] | null}
 */
function shapeOf(value) {
  try {
    if (Array.isArray(value)) return "array";
    if (value instanceof Date) return value.getTime();
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return null;
    return Object.keys(value);
  } catch {
    return null;
  }
}

/** Whether an object is a picture, or the data of one: a tool's argument called `data` is text, and counts. @param {object} value */
function isPicture(value) {
  return read(value, "type") === "image" || ["mimeType", "media_type"].some((name) => typeof read(value, name) === "string");
}

/**
 * A member; undefined where reading it throws.
 * @param {any} value
 * @param {string | number} key
 * @returns {unknown}
 */
function read(value, key) {
  try {
    return value[key];
  } catch {
    return undefined;
  }
}

/**
 * Writes `value` into the buffer that `grow` keeps, and says how many bytes it took; 0 where it took more than `most`
 * (nothing usable was written then). Functions, symbols and undefined are left out of objects and null in arrays; so
 * are members whose getter throws. Circles, bytes and what lies too deep are null.
 * @param {unknown} value
 * @param {Grow} grow
 * @param {number} [most]
 * @returns {number}
 */
export function encodeInto(value, grow, most = MOST_BYTES) {
  const writer = new Writer(grow, most);
  try {
    writer.value(value);
  } catch (error) {
    if (error instanceof TooLarge) return 0;
    throw error;
  }
  return writer.at;
}

/**
 * A kept buffer in JavaScript's own memory, for use without wasm.
 * @param {number} [size]
 * @returns {{ grow: Grow, bytes: () => Uint8Array }}
 */
export function kept(size = 64 * 1024) {
  let bytes = new Uint8Array(size);
  return {
    grow(needed, written) {
      if (needed > bytes.length) {
        const larger = new Uint8Array(needed);
        larger.set(bytes.subarray(0, written));
        bytes = larger;
      }
      return bytes;
    },
    bytes: () => bytes,
  };
}
