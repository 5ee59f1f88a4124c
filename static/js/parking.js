// @ts-check
/** Takes rows that are far from view out of the document, and puts them back before they come near. */

import { pagesOf } from "./shown.js";

// Some 2,000 rows above and below stay: what fonts, focus and observers cost grows with the rows in
// the document, be they skipped or not.
const NEAR = "150000px 0px";

/** The rows of pages that have none in the document. @type {Map<Element, DocumentFragment>} */
const parked = new Map();
/** Pages that are far and have their rows, with their heights in CSS pixels. @type {Map<Element, number>} */
const due = new Map();
let waiting = false;

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting, boundingClientRect } of entries) {
    if (isIntersecting) filled(target);
    else if (!parked.has(target)) due.set(target, boundingClientRect.height);
  }
  parkSoon();
}, { rootMargin: NEAR });

// Not every browser has a call for when there is nothing else to do.
const whenIdle = globalThis.requestIdleCallback ?? ((call) => setTimeout(call, 50));

/** One page at a time: each takes some milliseconds. */
function parkSoon() {
  const page = [...due.keys()].find((each) => !isInUse(each));
  if (waiting || !page) return;
  waiting = true;
  whenIdle(() => {
    waiting = false;
    park(page);
    parkSoon();
  });
}

/** Whether somebody stands in the page: with the focus, the place for the Tab key, or a selection. @param {Element} page */
function isInUse(page) {
  const selection = getSelection();
  return page.querySelector(":focus, [data-stop]") !== null
    || (selection !== null && !selection.isCollapsed && selection.containsNode(page, true));
}

/** @param {Element} page */
function park(page) {
  const height = due.get(page);
  if (height === undefined || !(page instanceof HTMLElement) || isInUse(page)) return;
  due.delete(page);
  page.style.blockSize = `${height}px`;
  const rows = document.createDocumentFragment();
  rows.append(...page.childNodes);
  parked.set(page, rows);
}

/**
 * The page with its rows in the document.
 * @template {Element | null | undefined} Page
 * @param {Page} page
 */
export function filled(page) {
  if (!(page instanceof HTMLElement)) return page;
  due.delete(page);
  const rows = parked.get(page);
  if (!rows) return page;
  parked.delete(page);
  page.append(rows);
  page.style.blockSize = "";
  page.dispatchEvent(new Event("rows", { bubbles: true }));
  return page;
}

/** From now on the page has its rows in the document while it is near. @param {HTMLElement} page */
export function watchOver(page) {
  observer.observe(page);
}

/** The rows were replaced. */
export function forgetPages() {
  observer.disconnect();
  parked.clear();
  due.clear();
}

/** Put all rows back, until `release` is called. */
export function fillAll() {
  observer.disconnect();
  due.clear();
  for (const page of [...parked.keys()]) filled(page);
}

/** Take out again what is far. @param {Element} root */
export function release(root) {
  for (const page of pagesOf(root)) observer.observe(page);
}

/** What goes through all rows by itself, as the browser's own search does, is to find them. @param {Element} root */
export function fillForBrowser(root) {
  addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
    if (!parked.size || !(key === "F3" || ((ctrlKey || metaKey) && "afg".includes(key.toLowerCase())))) return;
    fillAll();
    // The browser has the focus until its search is closed.
    addEventListener("focus", () => release(root), { once: true });
  }, { capture: true });
  addEventListener("beforeprint", fillAll);
  addEventListener("afterprint", () => release(root));
}
