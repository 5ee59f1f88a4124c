// @ts-check
/** Stars and basket buttons at characters, and the keys for them. */

import "./basket.js";
import { basket, favourites, recent } from "./keepsakes.js";
import { isFree, takesText } from "./keys.js";
import { announce } from "./page.js";
import "./shelf.js";
import { onNewRows, subjectAt } from "./shown.js";
import "./variants.js";
import { said } from "./words.js";

/** @typedef {import("./keepsakes.js").Keepsakes} Keepsakes */

/** @typedef {(name: string) => string} Message */

/** @type {[selector: string, kept: Keepsakes, into: Message, outOf: Message][]} */
const KINDS = [
  [
    ".star", favourites,
    (name) => said("{name} is a favourite now", { name }),
    (name) => said("{name} is no favourite any more", { name }),
  ],
  [
    ".collect", basket,
    (name) => said("{name} is in the basket", { name }),
    (name) => said("{name} is out of the basket", { name }),
  ],
];
const KEYS = new Map([["b", ".collect"], ["f", ".star"]]);

/** Let the buttons say what is kept. @param {ParentNode} root */
function fillIn(root) {
  for (const [selector, kept] of KINDS) {
    const ids = new Set(kept.items.map(({ id }) => id));
    for (const pick of root.querySelectorAll(ids.size ? selector : `${selector}[aria-pressed="true"]`)) {
      const home = pick.closest("[data-id]");
      const is = String(home instanceof HTMLElement && ids.has(home.dataset.id ?? ""));
      if (pick.getAttribute("aria-pressed") !== is) pick.setAttribute("aria-pressed", is);
    }
  }
}

/** Put the character in, or take it out. @param {Element} source @param {string} selector */
function turn(source, selector) {
  const at = subjectAt(source);
  const kind = KINDS.find(([each]) => each === selector);
  if (!at || !kind) return;
  const [, kept, into, outOf] = kind;
  const { subject } = at;
  if (kept.has(subject.id)) {
    kept.remove(subject.id);
    announce(outOf(subject.name), { visible: true });
  } else if (kept.add(subject)) {
    announce(into(subject.name), { visible: true });
  } else {
    announce(said("There is room for {number}; take something out first.", { number: kept.most }), { visible: true });
  }
}

/** Where a key means a character: at what has the focus, else at the one of the page. */
function subjectOfKeys() {
  return document.activeElement?.closest("[data-id]") ?? document.querySelector("article[data-id]");
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const pick = event.target.closest(".pick");
  if (pick) turn(pick, pick.matches(".star") ? ".star" : ".collect");
  const glyph = event.ctrlKey || event.metaKey ? event.target.closest(".row > .glyph, .tone, .plate .glyph") : null;
  if (glyph) turn(glyph, ".collect");
});
document.addEventListener("keydown", (event) => {
  const selector = KEYS.get(event.key);
  if (!selector || !isFree(event) || takesText(event.target)) return;
  const source = subjectOfKeys();
  if (!source) return;
  event.preventDefault();
  turn(source, selector);
});

onNewRows(fillIn);
fillIn(document);
for (const [, kept] of KINDS) kept.subscribe(() => fillIn(document));
// A page that comes out of the cache was not told what happened meanwhile.
addEventListener("pageshow", (event) => {
  if (event.persisted) fillIn(document);
});

const opened = subjectAt(document.querySelector("article[data-id]"));
if (opened) recent.addFirst(opened.subject);
