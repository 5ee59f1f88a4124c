// @ts-check
/** What was chosen the last time, for the next time. */

import { read, write } from "./storage.js";

const NAME = "start";

/** @param {HTMLFormElement} form */
function controls(form) {
  return [...form.elements].filter(
    (it) => it instanceof HTMLInputElement || it instanceof HTMLSelectElement,
  );
}

/** @param {HTMLInputElement | HTMLSelectElement} control @param {string} value */
function canTake(control, value) {
  if (control instanceof HTMLInputElement) return true;
  return [...control.options].some((option) => option.value === value);
}

/**
 * Codes typed in win over a set that is chosen: they come back only where no set was chosen.
 * @param {Record<string, string>} chosen
 * @returns {Record<string, string>}
 */
export function worthKeeping(chosen) {
  return chosen.preset ? { ...chosen, codes: "" } : chosen;
}

/** @param {HTMLFormElement} form */
export function remember(form) {
  const chosen = Object.fromEntries(controls(form).map(({ name, value }) => [name, value]));
  write(NAME, JSON.stringify(worthKeeping(chosen)));
}

/** Not over what came back from the server with a mistake. @param {HTMLFormElement} form */
export function recall(form) {
  if (form.querySelector("[aria-invalid]")) return;
  try {
    const kept = JSON.parse(read(NAME) ?? "{}");
    for (const control of controls(form)) {
      const value = kept?.[control.name];
      if (typeof value === "string" && canTake(control, value)) control.value = value;
    }
  } catch {
    // Nothing kept, or nothing that can be read.
  }
}
