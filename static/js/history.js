// @ts-check
/** All jobs: choosing many at once. */

import { need } from "./page.js";
import { counted } from "./words.js";

const form = need("#jobs");
const all = form.querySelector("[data-all]");

function boxes() {
  return [...form.querySelectorAll('input[name="ids"]')].filter(
    (box) => box instanceof HTMLInputElement,
  );
}

/** @param {HTMLElement} label */
function chooseMany(label) {
  const box = /** @type {HTMLInputElement} */ (need("input", label));
  const picked = need("[data-picked]", form);
  const words = picked.textContent;

  const count = () => {
    const chosen = boxes().filter((it) => it.checked).length;
    box.checked = chosen > 0 && chosen === boxes().length;
    box.indeterminate = chosen > 0 && !box.checked;
    picked.textContent = chosen ? counted("{count} selected", "{count} selected", chosen) : words;
    return chosen;
  };

  label.hidden = false;
  box.addEventListener("change", () => {
    for (const it of boxes()) it.checked = box.checked;
  });
  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const isDelete = button instanceof HTMLButtonElement && button.value === "delete";
    const chosen = count();
    if (!isDelete || !chosen) return;
    const question = counted("Delete the selected job? Its images stay.", "Delete these {count} jobs? Their images stay.", chosen);
    if (!confirm(question)) event.preventDefault();
  });
  // A page that comes back may have its boxes checked already.
  addEventListener("pageshow", count);
}

if (all instanceof HTMLElement) chooseMany(all);
