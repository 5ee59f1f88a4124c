// @ts-check
/** Keys that lead from a character to those beside it. */

import { isFree, takesText } from "./keys.js";

/** @type {Record<string, string>} */
const LINKS = {
  ArrowLeft: ".neighbours a[rel='prev']",
  k: ".neighbours a[rel='prev']",
  ArrowRight: ".neighbours a.following",
  j: ".neighbours a.following",
};

document.addEventListener("keydown", (event) => {
  const selector = LINKS[event.key];
  const link = selector ? document.querySelector(selector) : null;
  if (!(link instanceof HTMLAnchorElement) || !isFree(event) || event.shiftKey || takesText(event.target)) return;
  event.preventDefault();
  link.click();
});
