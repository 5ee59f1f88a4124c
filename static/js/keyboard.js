// @ts-check
/** Keys that work on every page, and the list of all keys with their switch. */

import { isFree, shortcutsAreOn, takesText } from "./keys.js";
import { need } from "./page.js";
import { onChange, write } from "./storage.js";

const list = /** @type {HTMLDialogElement} */ (need("#shortcuts"));
const toggle = /** @type {HTMLInputElement} */ (need("#shortcuts-on"));

function fillIn() {
  toggle.checked = shortcutsAreOn();
  document.documentElement.classList.toggle("without-shortcuts", !toggle.checked);
  document.dispatchEvent(new Event("shortcuts"));
}

function toTheBox() {
  const box = document.querySelector('input[type="search"]');
  if (!(box instanceof HTMLInputElement)) return false;
  box.focus();
  box.select();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!isFree(event) || takesText(event.target)) return;
  if (event.key === "?") list.showModal();
  else if (event.key !== "/" || !toTheBox()) return;
  event.preventDefault();
});
for (const opener of document.querySelectorAll("#show-shortcuts, [data-shows='shortcuts']")) {
  opener.addEventListener("click", () => list.showModal());
}
list.addEventListener("click", (event) => {
  // Beside its content one is on the backdrop.
  if (event.target === list) list.close();
});
toggle.addEventListener("change", () => {
  write("shortcuts", toggle.checked ? "on" : "off");
  fillIn();
});
onChange("shortcuts", fillIn);
fillIn();
