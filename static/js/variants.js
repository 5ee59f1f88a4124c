// @ts-check
/** Shows the skin tones and genders of an emoji within its row. */

import { isFree } from "./keys.js";
import { announce, nodesOf } from "./page.js";
import { counted, said } from "./words.js";

/** @param {HTMLElement} row @returns {HTMLElement | null} */
function panelOf(row) {
  const panel = row.querySelector(":scope > .variants");
  return panel instanceof HTMLElement ? panel : null;
}

/** @param {HTMLElement} row @param {HTMLElement} opener @param {boolean} open */
function show(row, opener, open) {
  opener.setAttribute("aria-expanded", String(open));
  const panel = panelOf(row);
  if (panel) panel.hidden = !open;
}

/** @param {HTMLElement} row */
function panelFor(row) {
  const panel = document.createElement("div");
  panel.className = "variants";
  panel.setAttribute("role", "group");
  panel.ariaLabel = said("Variants of {name}", { name: row.querySelector(".name")?.textContent ?? "" });
  row.append(panel);
  return panel;
}

/** @param {HTMLElement} row @param {HTMLElement} opener */
async function turn(row, opener) {
  const open = opener.getAttribute("aria-expanded") !== "true";
  show(row, opener, open);
  if (!open || panelOf(row)) return;
  const panel = panelFor(row);
  panel.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`/characters/${row.dataset.id}/variants`);
    if (!response.ok) throw new Error(String(response.status));
    panel.append(...nodesOf(await response.text()));
    panel.removeAttribute("aria-busy");
    announce(counted("{count} variant", "{count} variants", panel.querySelectorAll("button").length));
  } catch {
    panel.remove();
    show(row, opener, false);
    announce(said("The variants did not come. Press the button to try again."), { visible: true });
  }
}

/** @param {EventTarget | null} target */
function openerAt(target) {
  const opener = target instanceof Element ? target.closest(".vary") : null;
  const row = opener?.closest(".row");
  return opener instanceof HTMLElement && row instanceof HTMLElement ? { opener, row } : null;
}

document.addEventListener("click", (event) => {
  const at = openerAt(event.target);
  if (at) void turn(at.row, at.opener);
});
// Before the rows take it for the way back to the box.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isFree(event) || !(event.target instanceof Element)) return;
  const row = event.target.closest(".variants")?.closest(".row");
  const opener = row?.querySelector(".vary");
  if (!(row instanceof HTMLElement) || !(opener instanceof HTMLElement)) return;
  event.stopPropagation();
  event.preventDefault();
  show(row, opener, false);
  opener.focus();
}, { capture: true });
