// @ts-check
/** Whether shortcuts are on, and which key presses are one. */

import { read } from "./storage.js";

export function shortcutsAreOn() {
  return read("shortcuts") !== "off";
}

/** @param {EventTarget | null} target */
export function takesText(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** Whether something that lies over the page has the keys for itself. */
export function isCovered() {
  return document.querySelector("dialog[open], details.menu[open]") !== null;
}

/**
 * Whether a key may be taken for a shortcut: none of the browser's, and nobody is writing.
 * @param {KeyboardEvent} event
 */
export function isFree(event) {
  return shortcutsAreOn() && !event.defaultPrevented && !event.isComposing
    && !event.ctrlKey && !event.metaKey && !event.altKey && !isCovered();
}
