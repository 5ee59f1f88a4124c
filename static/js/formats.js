// @ts-check
/** Characters as one writes them in texts and programs. Pure; webapp/characters/escapes.py says the same. */

import { hasStyles } from "./styles.js";

/**
 * @typedef {object} Subject a character or sequence
 * @property {string} id such as `U+1F468-200D-1F469`
 * @property {string} name
 * @property {string} [entity] HTML's name for it, without & and ;
 */

const TEXT_STYLE = "\uFE0E";
const EMOJI_STYLE = "\uFE0F";
// In a string of Java these end the string or the line even as \u escapes.
const JAVA = new Map([["\n", "\\n"], ["\r", "\\r"], ['"', '\\"'], ["\\", "\\\\"]]);
const C_BASIC = 0xa0;

/** @param {string} char @param {number} [digits] */
function hex(char, digits = 1) {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(digits, "0");
}

/** @param {string} text */
function bytes(text) {
  return [...new TextEncoder().encode(text)];
}

/** @param {number} byte */
function pair(byte) {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

/** @param {string} char */
function utf16(char) {
  return Array.from({ length: char.length }, (_, at) => `\\u${hex(char.charAt(at), 4)}`).join("");
}

/** @param {string} char */
function shortOrLong(char) {
  return char <= "\uffff" && char.length === 1 ? `\\u${hex(char, 4)}` : `\\U${hex(char, 8)}`;
}

/** @param {string} char */
function python(char) {
  if (char <= "\xff") return `\\x${hex(char, 2).toLowerCase()}`;
  return char.length === 1
    ? `\\u${hex(char, 4).toLowerCase()}`
    : `\\U${hex(char, 8).toLowerCase()}`;
}

/** @param {string} char */
function c(char) {
  if ((char.codePointAt(0) ?? 0) >= C_BASIC) return shortOrLong(char);
  // Three digits, never more: unlike \x, no digit that follows can become part of it.
  return bytes(char).map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

/** @param {string} char */
function braced(char) {
  return `\\u{${hex(char)}}`;
}

/** How one code point is written, in the formats that go code point by code point. */
const EACH = /** @type {Record<string, (char: string) => string>} */ ({
  char: (char) => char,
  html: (char) => `&#x${hex(char)};`,
  css: (char) => `\\${hex(char)} `,
  javascript: braced,
  json: utf16,
  python,
  rust: braced,
  go: shortOrLong,
  java: (char) => JAVA.get(char) ?? utf16(char),
  c,
  url: (char) => bytes(char).map((byte) => `%${pair(byte)}`).join(""),
});

/** Those whose pieces need a space between them. */
const SPACED = new Set(["id", "css", "utf-8"]);

export const FORMATS = [...Object.keys(EACH), "id", "html_named", "python_named", "utf-8"];

/** The format of that name; the character itself where there is none. @param {string | null} name */
export function known(name) {
  return name !== null && FORMATS.includes(name) ? name : "char";
}

/**
 * The text that an id stands for: made from the id, because markup cannot carry every character.
 * @param {string} id
 */
export function textOf(id) {
  return String.fromCodePoint(...id.slice(2).split("-").map((digits) => parseInt(digits, 16)));
}

/** @param {string} text */
export function idOf(text) {
  return `U+${[...text].map((char) => hex(char, 4)).join("-")}`;
}

/** The text with the selector of a style, "text" or "emoji", where there is one. @param {string} text @param {string} style */
export function styled(text, style) {
  const selector = { text: TEXT_STYLE, emoji: EMOJI_STYLE }[style];
  return selector && hasStyles(text) ? text + selector : text;
}

/** @param {string} text @param {string} format */
function escaped(text, format) {
  if (format === "id") return idOf(text);
  if (format === "utf-8") return bytes(text).map(pair).join(" ");
  const escape = Object.hasOwn(EACH, format) ? EACH[format] : undefined;
  if (!escape) throw new Error(`no format ${format}`);
  const written = [...text].map(escape).join("");
  // The space ends an escape of CSS, so that a digit after it stays a digit.
  return format === "css" ? written.trimEnd() : written;
}

/**
 * Python knows the names of single characters only, and none of what has just a label.
 * @param {string} text
 * @param {string} name
 */
function named(text, name) {
  const selectors = [...text].slice(1);
  if (!/^[A-Z][A-Z0-9 -]*$/.test(name) || selectors.some((each) => each !== TEXT_STYLE && each !== EMOJI_STYLE)) {
    return escaped(text, "python");
  }
  return `\\N{${name}}${escaped(selectors.join(""), "python")}`;
}

/**
 * A character in a format, "text" or "emoji" style where it comes in both.
 * @param {Subject} subject
 * @param {string} format one of FORMATS
 * @param {string} [style]
 */
export function formatted({ id, name, entity }, format, style = "") {
  const plain = textOf(id);
  const text = styled(plain, style);
  if (format === "python_named") return named(text, name);
  if (format !== "html_named") return escaped(text, format);
  return entity ? `&${entity};${escaped(text.slice(plain.length), "html")}` : escaped(text, "html");
}

/**
 * Several characters in a format, one after the other.
 * @param {readonly Subject[]} subjects
 * @param {string} format
 * @param {string} [style]
 */
export function joined(subjects, format, style = "") {
  const pieces = subjects.map((subject) => formatted(subject, format, style));
  return pieces.join(SPACED.has(format) ? " " : "");
}
