// @ts-check
/** Identifies the text while one types or pastes it, and copies it cleaned. */

import { toClipboard } from "./copy.js";
import { announce, need } from "./page.js";
import { counted, said } from "./words.js";

const PAUSE_MS = 250;
const LONGEST_ADDRESS = 2000;

const form = /** @type {HTMLFormElement} */ (need("#identify"));
const box = /** @type {HTMLTextAreaElement} */ (need("#text"));
const answer = need("#answer");
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
let latest = 0;

/** @param {string} reason */
function explain(reason) {
  const notice = document.createElement("p");
  notice.className = "notice bad stuck";
  notice.textContent = reason;
  answer.querySelector(".stuck")?.remove();
  answer.prepend(notice);
  announce(reason);
}

/** Keep the address such that the page can be loaded again, where it is not too long for that. */
function remember() {
  const address = box.value ? `?${new URLSearchParams({ text: box.value })}` : "";
  history.replaceState(null, "", `/identify${address.length > LONGEST_ADDRESS ? "" : address}`);
}

/** @param {Document} page */
function take(page) {
  const fresh = page.getElementById("answer");
  if (!fresh) {
    explain(page.querySelector(".problem h1 + p")?.textContent ?? said("The text could not be looked at; try again."));
    return;
  }
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
  remember();
  try {
    const response = await fetch("/identify", {
      method: "POST",
      body: new URLSearchParams({ text: box.value }),
      headers: { Accept: "text/html" },
      signal: running.signal,
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (ticket === latest) take(page);
  } catch {
    if (ticket === latest) {
      explain(navigator.onLine
        ? said("The text could not be looked at. Nothing is lost: type on to try again.")
        : said("You are offline. What you see stays; a new text needs a connection."));
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
