// @ts-check
/** Identifies the text while one types or pastes it, and copies it cleaned. */

import { toClipboard } from "./copy.js";
import { announce, need } from "./page.js";
import { isPassing, Trouble } from "./trouble.js";
import { counted, said } from "./words.js";

const PAUSE_MS = 250;
const LONGEST_ADDRESS = 2000;

const form = /** @type {HTMLFormElement} */ (need("#identify"));
const box = /** @type {HTMLTextAreaElement} */ (need("#text"));
const answer = need("#answer");
const trouble = new Trouble(answer, () => void identify());
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
let latest = 0;

/** Keep the address such that the page can be loaded again, where it is not too long for that. */
function remember() {
  const address = box.value ? `?${new URLSearchParams({ text: box.value })}` : "";
  history.replaceState(null, "", `/identify${address.length > LONGEST_ADDRESS ? "" : address}`);
}

/** @param {Document} page @param {number} status */
function take(page, status) {
  const fresh = page.getElementById("answer");
  if (!fresh) {
    trouble.tell(
      page.querySelector(".problem h1 + p")?.textContent ?? said("The text could not be looked at; try again."), isPassing(status),
    );
    return;
  }
  if (trouble.end()) box.focus();
  answer.replaceChildren(...fresh.childNodes);
  document.title = page.title;
  announce(answer.querySelector("[data-summary]")?.textContent?.trim() ?? "");
}

async function identify() {
  clearTimeout(pause);
  const ticket = ++latest;
  running?.abort();
  running = new AbortController();
  answer.setAttribute("aria-busy", "true");
  trouble.wait();
  remember();
  try {
    const response = await fetch("/identify", {
      method: "POST",
      body: new URLSearchParams({ text: box.value }),
      headers: { Accept: "text/html" },
      signal: running.signal,
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (ticket === latest) take(page, response.status);
  } catch {
    if (ticket === latest) {
      trouble.tell(navigator.onLine
        ? said("The text could not be looked at: the server did not answer. It is asked again until it does; what you see stays.")
        : said("You are offline. What you see stays; a new text needs a connection."), true);
    }
  } finally {
    if (ticket === latest) answer.removeAttribute("aria-busy");
  }
}

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.dataset.text ?? "";
  announce(await toClipboard(text)
    ? counted("Copied {count} code point", "Copied {count} code points", [...text].length)
    : said("The browser does not let this page copy here."), { visible: true });
}

box.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => void identify(), PAUSE_MS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void identify();
});
answer.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button[data-text]");
  if (button instanceof HTMLElement) void copy(button);
});
