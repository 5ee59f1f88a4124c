// @ts-check
/** Copies all that a search found, whether its rows are on the page yet or not. */

import { copyAll } from "./copy.js";
import { announce } from "./page.js";
import { subjectAt } from "./shown.js";
import { said } from "./words.js";

/** The characters of one page of rows, and where the next one is. @param {string} address */
async function pageOf(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`no rows: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.querySelector("[data-rows]");
  return {
    subjects: [...page.querySelectorAll(".row")].flatMap((row) => subjectAt(row)?.subject ?? []),
    next: next instanceof HTMLElement ? next.dataset.rows : undefined,
  };
}

/** @param {HTMLButtonElement} button */
async function copyFound(button) {
  // Not disabled: it would lose the focus.
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    const found = [];
    /** @type {string | undefined} */
    let address = button.dataset.rows;
    while (address) {
      const { subjects, next } = await pageOf(address);
      found.push(...subjects);
      address = next;
    }
    await copyAll(found, button);
  } catch {
    announce(said("Not all rows could be fetched; nothing was copied. Try again."), { visible: true });
  } finally {
    button.ariaBusy = null;
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("button.copy-found") : null;
  if (button instanceof HTMLButtonElement) void copyFound(button);
});
