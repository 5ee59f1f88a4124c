// @ts-check
/** Characters as scripts draw them, and those that stand on the page already. */

import { textOf } from "./formats.js";

/** @typedef {import("./formats.js").Subject} Subject */

// Letters and symbols without ink, beside all that is a space or a control.
const INKLESS = /^[\p{C}\p{Z}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFE00-\uFE0F\uFFA0]$/u;

/** The glyph of a character; what has no ink gets a box, as in templates/_glyph.html. @param {string} id */
export function glyphOf(id) {
  const text = textOf(id);
  const glyph = document.createElement("span");
  glyph.className = "glyph";
  glyph.ariaHidden = "true";
  if (INKLESS.test(text)) {
    const box = document.createElement("span");
    box.className = "unseen long";
    box.textContent = id.slice(2);
    glyph.append(box);
  } else {
    glyph.textContent = /^\p{M}/u.test(text) ? `◌${text}` : text;
  }
  return glyph;
}

/**
 * The character that an element of the page belongs to.
 * @param {EventTarget | null} target
 * @returns {{home: HTMLElement, subject: Subject} | null}
 */
export function subjectAt(target) {
  const home = target instanceof Element ? target.closest("[data-id]") : null;
  if (!(home instanceof HTMLElement)) return null;
  const { id = "", entity } = home.dataset;
  const name = home.dataset.name ?? home.querySelector(".name, h1")?.textContent ?? id;
  return { home, subject: entity ? { id, name, entity } : { id, name } };
}

/** @param {string} text @param {string} label */
export function button(text, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.ariaLabel = label;
  return made;
}

/** The pages of rows below each other, without a look into them. @param {Element} root @returns {HTMLElement[]} */
export function pagesOf(root) {
  return [...root.children]
    .flatMap((each) => (each.matches(".pages") ? [...each.children] : [each]))
    .filter((each) => each instanceof HTMLElement)
    .filter((each) => each.matches(".page"));
}

/**
 * Call with the pages of rows that are there, and with each that comes or comes back.
 * @param {(page: HTMLElement) => void} take
 */
export function onNewRows(take) {
  /** @param {EventTarget | null} page */
  function look(page) {
    if (page instanceof HTMLElement) take(page);
  }
  document.addEventListener("rows", (event) => look(event.target));
  for (const page of document.querySelectorAll(".page")) look(page);
}
