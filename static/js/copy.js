// @ts-check
/** Copies a character, and says so. */

import { announce } from "./page.js";

/**
 * The text that an id stands for: made from the id, because markup cannot carry every character.
 * @param {string} id such as `U+1F468-200D-1F469`
 */
function textOf(id) {
  return String.fromCodePoint(...id.slice(2).split("-").map((hex) => parseInt(hex, 16)));
}

/** @param {string} text */
export async function write(text) {
  // Off loopback without TLS there is no clipboard API.
  if (!navigator.clipboard) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {Element} element */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

/** @param {HTMLElement} button @param {HTMLElement} home */
async function copy(button, home) {
  const glyph = home.querySelector(".glyph");
  const name = home.querySelector(".name, h1")?.textContent ?? "";
  const label = button.dataset.text ?? `${glyph?.textContent ?? ""} ${name}`;
  if (await write(button.dataset.text ?? textOf(home.dataset.id ?? ""))) {
    announce(`Copied ${label}`, { visible: true });
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  } else if (glyph) {
    select(glyph);
    announce("Selected. Press Ctrl+C to copy.", { visible: true });
  }
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const home = event.target.closest("[data-id]");
  if (!(home instanceof HTMLElement)) return;
  const button = event.target.closest(".copy")
    ?? (event.target.closest(".row .glyph") && home.querySelector(".copy"));
  if (button instanceof HTMLElement) void copy(button, home);
});
