// @ts-check
/** Arrow keys in the chart of a block: one cell takes the tab key, the arrows move on from there. */

import { need } from "./page.js";

const chart = need("#chart");
const cells = /** @type {HTMLAnchorElement[]} */ ([...chart.querySelectorAll("a.cell")]);
const first = Number(chart.dataset.first);
const last = Number(chart.dataset.last);
const narrow = matchMedia("(max-width: 46rem)");
const PLAIN_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** @param {number} codePoint */
function cellAt(codePoint) {
  const hex = codePoint.toString(16).toUpperCase().padStart(4, "0");
  const cell = document.getElementById(`U+${hex}`);
  return cell instanceof HTMLAnchorElement ? cell : null;
}

/** @param {HTMLAnchorElement} cell */
function codePointOf(cell) {
  return parseInt(cell.id.slice(2), 16);
}

/** The next cell with a character, so many code points away each time. @param {number} from @param {number} step */
function along(from, step) {
  for (let at = from + step; at >= first && at <= last; at += step) {
    const cell = cellAt(at);
    if (cell) return cell;
  }
  return null;
}

/** @param {string} key @param {number} from */
function meant(key, from) {
  const columns = narrow.matches ? 8 : 16;
  const start = from - from % columns;
  switch (key) {
    case "ArrowLeft": return along(from, -1);
    case "ArrowRight": return along(from, 1);
    case "ArrowUp": return along(from, -columns);
    case "ArrowDown": return along(from, columns);
    case "Home": return cellAt(start) ?? along(start, 1);
    default: return cellAt(start + columns - 1) ?? along(start + columns - 1, -1);
  }
}

/** @param {HTMLAnchorElement} cell */
function enter(cell) {
  for (const each of chart.querySelectorAll('a.cell[tabindex="0"]')) each.setAttribute("tabindex", "-1");
  cell.tabIndex = 0;
}

/** Go to the cell that the address names. */
function arrive() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(named instanceof HTMLAnchorElement) || !chart.contains(named)) return;
  enter(named);
  named.focus();
}

chart.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!(cell instanceof HTMLAnchorElement) || !PLAIN_KEYS.has(event.key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const next = meant(event.key, codePointOf(cell));
  if (!next) return;
  enter(next);
  next.focus();
});
chart.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLAnchorElement) enter(event.target);
});
for (const cell of cells) cell.tabIndex = -1;
if (cells[0]) cells[0].tabIndex = 0;
arrive();
addEventListener("hashchange", arrive);
