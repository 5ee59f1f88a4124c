// @ts-check
/** The bar with the characters that were collected. */

import { copyAll, formatName } from "./copy.js";
import { basket } from "./keepsakes.js";
import { announce, need } from "./page.js";
import { button, glyphOf } from "./shown.js";
import { counted, grouped, said } from "./words.js";

// So many are soon collected again.
const FEW = 3;

const bar = need("#basket");
const strip = need(".strip", bar);

/** @param {import("./formats.js").Subject} subject */
function pieceOf(subject) {
  const piece = document.createElement("li");
  const what = said("Remove {name}", { name: subject.name });
  const remove = button("", what);
  remove.title = what;
  remove.className = "piece";
  remove.dataset.piece = subject.id;
  remove.append(glyphOf(subject.id));
  piece.append(remove);
  return piece;
}

function fillIn() {
  const { items } = basket;
  const before = strip.childElementCount;
  strip.replaceChildren(...items.map(pieceOf));
  need("#collected").textContent = grouped(items.length);
  bar.hidden = items.length === 0;
  document.documentElement.classList.toggle("with-basket", !bar.hidden);
  if (items.length > before) strip.scrollLeft = strip.scrollWidth;
}

function sayFormat() {
  const format = formatName();
  need("#copy-all").textContent = format ? said("Copy all as {format}", { format }) : said("Copy all");
}

/** Where the focus goes when what had it is gone. */
function stepAside() {
  const box = document.querySelector('input[type="search"]');
  if (box instanceof HTMLElement) box.focus({ preventScroll: true });
}

strip.addEventListener("click", (event) => {
  const piece = event.target instanceof Element ? event.target.closest(".piece") : null;
  if (!(piece instanceof HTMLElement)) return;
  const at = [...strip.children].indexOf(/** @type {HTMLElement} */ (piece.parentElement));
  const { id = "", name = "" } = basket.items.find((each) => each.id === piece.dataset.piece) ?? {};
  basket.remove(id);
  announce(said("{name} is out of the basket", { name }));
  const next = strip.children[Math.min(at, strip.childElementCount - 1)]?.querySelector("button");
  if (next) next.focus();
  else stepAside();
});
need("#copy-all").addEventListener("click", () => void copyAll(basket.items, need("#copy-all")));
need("#empty-basket").addEventListener("click", () => {
  const { length } = basket.items;
  if (length > FEW && !confirm(counted("Clear {count} character?", "Clear {count} characters?", length))) return;
  basket.clear();
  announce(said("The basket is empty"), { visible: true });
  stepAside();
});

basket.subscribe(fillIn);
document.addEventListener("format", sayFormat);
addEventListener("pageshow", (event) => {
  if (event.persisted) fillIn();
});
fillIn();
sayFormat();
