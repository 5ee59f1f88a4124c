// @ts-check
/** Narrows a list that is there already to what contains the words typed. */

import { announce, need } from "./page.js";
import { said } from "./words.js";

const box = /** @type {HTMLInputElement} */ (need("#filter"));
const entries = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-entry]")]);
const groups = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-group]")]);
const none = need("#none");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let saying;

function narrow() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const entry of entries) {
    const text = (entry.dataset.entry ?? "").toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
    if (!entry.hidden) shown += 1;
  }
  for (const group of groups) group.hidden = !group.querySelector("[data-entry]:not([hidden])");
  none.hidden = shown > 0;
  clearTimeout(saying);
  saying = setTimeout(() => announce(said("{shown} of {total} shown", { shown, total: entries.length })), 400);
}

box.addEventListener("input", narrow);
need("#filtering").hidden = false;
// A browser may put back what was typed before the page was left.
if (box.value) narrow();
