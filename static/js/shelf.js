// @ts-check
/** Favourites and what was used lately, on the first page. */

import { favourites, recent } from "./keepsakes.js";
import { announce } from "./page.js";
import { button, glyphOf } from "./shown.js";
import { said } from "./words.js";

/** @typedef {import("./keepsakes.js").Keepsakes} Keepsakes */

/** @type {Keepsakes[]} */
const SHELVES = [favourites, recent];

/** @param {import("./formats.js").Subject} subject */
function tileOf({ id, name, entity }) {
  const tile = document.createElement("li");
  Object.assign(tile.dataset, entity ? { id, name, entity } : { id, name });
  const link = document.createElement("a");
  link.href = `/characters/${id}`;
  link.title = name;
  link.ariaLabel = name;
  link.append(glyphOf(id));
  const copy = button("", said("Copy {name}", { name }));
  copy.className = "copy";
  tile.append(link, copy);
  return tile;
}

/** @param {Keepsakes} kept */
function fillIn(kept) {
  const shelf = document.querySelector(`[data-shelf="${kept.name}"]`);
  // Only the first page has shelves.
  if (!(shelf instanceof HTMLElement)) return;
  const { items } = kept;
  const strip = shelf.querySelector(".strip");
  // What is under the pointer or has the focus must not move away by being used.
  if (strip?.contains(document.activeElement) && items.length === strip.childElementCount) return;
  strip?.replaceChildren(...items.map(tileOf));
  shelf.hidden = items.length === 0;
}

function fillInAll() {
  SHELVES.forEach(fillIn);
}

document.addEventListener("click", (event) => {
  const forget = event.target instanceof Element ? event.target.closest("[data-forget]") : null;
  const kept = forget instanceof HTMLElement && SHELVES.find(({ name }) => name === forget.dataset.forget);
  if (!kept) return;
  kept.clear();
  announce(said("Forgotten"), { visible: true });
  const box = document.querySelector('input[type="search"]');
  if (box instanceof HTMLElement) box.focus({ preventScroll: true });
});
for (const kept of SHELVES) kept.subscribe(() => fillIn(kept));
document.addEventListener("rows", fillInAll);
addEventListener("pageshow", fillInAll);
fillInAll();
