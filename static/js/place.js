// @ts-check
/** Remembers where one was in a list, for each entry of the history. */

import { fillAll, release } from "./parking.js";
import { pagesOf } from "./shown.js";

/**
 * @typedef {object} Place
 * @property {string} first cursor of the first page of rows that was there, or ""
 * @property {number} pages how many pages of rows were there
 * @property {string} row id of the topmost row in view
 * @property {number} top where that row stood in the window, in CSS pixels
 * @property {string} focus id of the row that had the focus, or ""
 */

/** The key of the present history entry; entries get one when they are first seen. */
export function entryKey() {
  const key = history.state?.key;
  if (typeof key === "string") return key;
  const fresh = newKey();
  history.replaceState({ key: fresh }, "");
  return fresh;
}

export function newKey() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}

// A few pixels down: the border between two rows belongs to neither.
const INSIDE_PX = 12;

/** How far down the window one begins to read: below the box, which stays at the top. */
function edge() {
  return document.querySelector(".search")?.getBoundingClientRect().bottom ?? 0;
}

/**
 * The page of rows at the top of the view; null when there are no rows.
 * @param {HTMLElement} root
 */
export function topmostPage(root) {
  const line = edge() + INSIDE_PX;
  const pages = pagesOf(root);
  return pages.findLast((page) => page.getBoundingClientRect().top <= line) ?? pages[0] ?? null;
}

/** @param {HTMLElement} root @returns {HTMLElement | null} */
function topmostRow(root) {
  const left = root.getBoundingClientRect().left + 100;
  for (const below of [INSIDE_PX, 40]) {
    const row = document.elementFromPoint(left, edge() + below)?.closest(".row");
    if (row instanceof HTMLElement) return row;
  }
  return null;
}

/** @param {HTMLElement} root @param {string} key */
export function savePlace(root, key) {
  const pages = pagesOf(root);
  const row = topmostRow(root);
  const focus = document.activeElement?.closest(".row");
  /** @type {Place} */
  const place = {
    first: pages[0]?.dataset.cursor ?? "",
    pages: pages.length,
    row: scrollY > 0 ? row?.dataset.id ?? "" : "",
    top: row?.getBoundingClientRect().top ?? 0,
    focus: focus instanceof HTMLElement ? focus.dataset.id ?? "" : "",
  };
  try {
    sessionStorage.setItem(`place:${key}`, JSON.stringify(place));
  } catch {
    // Storage may be full or forbidden: then one comes back to the top.
  }
}

/** @param {string} key @returns {Place | null} */
export function savedPlace(key) {
  try {
    return JSON.parse(sessionStorage.getItem(`place:${key}`) ?? "null");
  } catch {
    return null;
  }
}

/** @param {HTMLElement} root @param {string} id @returns {HTMLElement | null} */
function rowOf(root, id) {
  return id ? root.querySelector(`.row[data-id="${CSS.escape(id)}"]`) : null;
}

/**
 * Scroll so that the row stands where it stood.
 * @param {HTMLElement} root
 * @param {Place} place
 */
export async function goTo(root, place) {
  fillAll();
  release(root);
  rowOf(root, place.focus)?.querySelector("a")?.focus({ preventScroll: true });
  const row = rowOf(root, place.row);
  if (!row) return;
  // Pages out of view have an estimated height until they are drawn, so one jump does not suffice.
  for (let frame = 0; frame < 8; frame += 1) {
    const distance = row.getBoundingClientRect().top - place.top;
    if (frame > 2 && Math.abs(distance) < 1) return;
    scrollBy({ top: distance, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
}
