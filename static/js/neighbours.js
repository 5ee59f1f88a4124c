// @ts-check
/** Keys that lead from a character to those beside it. */

// Kept by the list of shortcuts: keys of one letter must be possible to switch off.
const SWITCH = "charfinder.shortcuts";
/** @type {Record<string, string>} */
const LINKS = {
  ArrowLeft: ".neighbours a[rel='prev']",
  k: ".neighbours a[rel='prev']",
  ArrowRight: ".neighbours a.following",
  j: ".neighbours a.following",
};

function switchedOff() {
  try {
    return localStorage.getItem(SWITCH) === "off";
  } catch {
    // Storage may be forbidden; then nothing was switched off.
    return false;
  }
}

/** @param {KeyboardEvent} event */
function isForElsewhere(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing
    || event.defaultPrevented
    || (event.target instanceof HTMLElement
      && (event.target.isContentEditable || event.target.matches("input, textarea, select, dialog, dialog *")));
}

document.addEventListener("keydown", (event) => {
  const link = LINKS[event.key] && document.querySelector(LINKS[event.key] ?? "");
  if (!(link instanceof HTMLAnchorElement) || isForElsewhere(event) || switchedOff()) return;
  event.preventDefault();
  link.click();
});
