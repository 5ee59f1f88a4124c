// @ts-check
/** Lists of characters that are kept in this browser and nowhere else. */

import { onChange, read, write } from "./storage.js";

/** @typedef {import("./formats.js").Subject} Subject */

const LONGEST_NAME = 200;
const ID = /^U\+[0-9A-F]{4,6}(?:-[0-9A-F]{4,6}){0,31}$/;
const ENTITY = /^[A-Za-z][A-Za-z0-9]{0,40}$/;

/** @param {string} id */
function isReal(id) {
  return id.slice(2).split("-").every((digits) => {
    const point = parseInt(digits, 16);
    return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  });
}

/** @param {unknown} value @returns {Subject | null} */
function subjectOf(value) {
  if (typeof value !== "object" || value === null) return null;
  const { id, name, entity } = /** @type {Record<string, unknown>} */ (value);
  if (typeof id !== "string" || !ID.test(id) || !isReal(id)) return null;
  const called = typeof name === "string" && name ? name.slice(0, LONGEST_NAME) : id;
  return typeof entity === "string" && ENTITY.test(entity)
    ? { id, name: called, entity }
    : { id, name: called };
}

/**
 * The characters that a stored text lists; whatever is none is left out, and so are second ones.
 * @param {string | null} text
 * @param {number} most
 * @returns {Subject[]}
 */
export function parsed(text, most) {
  try {
    const values = JSON.parse(text ?? "[]");
    if (!Array.isArray(values)) return [];
    /** @type {Map<string, Subject>} */
    const found = new Map();
    for (const value of values) {
      const subject = subjectOf(value);
      if (subject && found.size < most && !found.has(subject.id)) found.set(subject.id, subject);
    }
    return [...found.values()];
  } catch {
    return [];
  }
}

/** A bounded list of characters under a name, the same in all tabs. */
export class Keepsakes {
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #text = /** @type {string | null} */ ("");
  /** @type {Map<string, Subject>} */
  #items = new Map();

  /** @param {string} name @param {number} most */
  constructor(name, most) {
    this.name = name;
    this.most = most;
    onChange(name, () => this.#tell());
  }

  /** @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** The characters in their order. */
  get items() {
    return [...this.#present().values()];
  }

  /** @param {string} id */
  has(id) {
    return this.#present().has(id);
  }

  /** Put it in as the last one; false when the list is full. @param {Subject} subject */
  add(subject) {
    const { items } = this;
    if (items.length >= this.most) return false;
    this.#keep([...items, subject]);
    return true;
  }

  /** Put it in as the first one; the oldest gives way. @param {Subject} subject */
  addFirst(subject) {
    const others = this.items.filter(({ id }) => id !== subject.id);
    this.#keep([subject, ...others].slice(0, this.most));
  }

  /** @param {string} id */
  remove(id) {
    this.#keep(this.items.filter((each) => each.id !== id));
  }

  clear() {
    this.#keep([]);
  }

  #present() {
    const text = read(this.name);
    if (text !== this.#text) {
      this.#text = text;
      this.#items = new Map(parsed(text, this.most).map((subject) => [subject.id, subject]));
    }
    return this.#items;
  }

  /** @param {Subject[]} items */
  #keep(items) {
    write(this.name, JSON.stringify(items));
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

export const basket = new Keepsakes("basket", 500);
export const favourites = new Keepsakes("favourites", 500);
export const recent = new Keepsakes("recent", 30);
