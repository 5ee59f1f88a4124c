// @ts-check
/** Asks for the fonts of the reader's one by one, before a letter that none of them has asks for them all at once. */

const root = getComputedStyle(document.documentElement);
const families = root.getPropertyValue("--theirs").split(",");
const context = document.createElement("canvas").getContext("2d");
// Each takes about half a millisecond.
const EACH_MS = 2;
const SIZE = "16px";

/** @param {IdleDeadline} deadline */
function ask(deadline) {
  while (context && families.length && deadline.timeRemaining() > EACH_MS) {
    context.font = [SIZE, families.shift()].join(" ");
    context.measureText("x");
  }
  if (families.length) requestIdleCallback(ask);
}

globalThis.requestIdleCallback?.(ask);
