// @ts-check
/** Shows below an example what this server says to it now. */

import { announce } from "./page.js";
import { said } from "./words.js";

const LONGEST_SHOWN = 20_000;

/** @param {Response} answer */
async function shown(answer) {
  const text = JSON.stringify(await answer.json(), null, 2);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}\n…` : text;
}

/** @param {HTMLAnchorElement} link */
async function ask(link) {
  const listing = link.parentElement?.querySelector(".listing");
  const place = listing?.querySelector("code");
  if (!(listing instanceof HTMLElement) || !place) return;
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { Accept: "application/json" } });
    place.textContent = await shown(answer);
    announce(said("The server answered {status}", { status: String(answer.status) }), { visible: true });
  } catch {
    place.textContent = said("The server cannot be reached; try again.");
    announce(place.textContent);
  }
  listing.hidden = false;
  link.removeAttribute("aria-busy");
}

document.addEventListener("click", (event) => {
  // With a key held down the answer itself is wanted, in a tab.
  if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest(".asked > a");
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  void ask(link);
});
