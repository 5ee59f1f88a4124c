// @ts-check
/** Searches as one types; the address and the history keep up. */

import { announce, need } from "./page.js";
import { entryKey, goTo, newKey, savedPlace, savePlace } from "./place.js";
import { Rows } from "./rows.js";

const PAUSE_MS = 150;
// Letters typed in one go are one entry of the history.
const ONE_GO_MS = 2000;
// Beyond this, coming back would take too long: then the list begins at its top.
const MOST_PAGES = 100;

const form = need("#search");
const box = /** @type {HTMLInputElement} */ (need("#q"));
const results = need("#results");
const rows = new Rows(results);

let key = entryKey();
let shown = location.search;
let latest = 0;
let typedAt = -Infinity;
// While the rows of an entry are being brought back, what is in view is not its place.
let arriving = false;
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;

/** @param {string} query */
function addressOf(query) {
  return query ? `?${new URLSearchParams({ q: query })}` : "";
}

function queryOfAddress() {
  const parameters = new URLSearchParams(location.search);
  return parameters.get("q") ?? parameters.get("query") ?? "";
}

/** Put the text of the box into the address. */
function remember() {
  const address = addressOf(box.value);
  if (address === location.search) return false;
  const oneGo = performance.now() - typedAt < ONE_GO_MS;
  typedAt = performance.now();
  if (oneGo) {
    history.replaceState({ key }, "", `/${address}`);
  } else {
    keepPlace();
    key = newKey();
    arriving = false;
    history.pushState({ key }, "", `/${address}`);
  }
  return true;
}

/** @param {string} html */
function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("results");
  if (!fresh) throw new Error("this is no page of results");
  document.title = page.title;
  results.dataset.total = fresh.dataset.total;
  results.replaceChildren(...fresh.childNodes);
  // A mistake is told of at the box, as the server told of it.
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = page.getElementById("q")?.getAttribute(name);
    if (value) box.setAttribute(name, value);
    else box.removeAttribute(name);
  }
  rows.watch();
}

function explain() {
  const notice = document.createElement("div");
  notice.className = "notice bad stuck";
  const text = document.createElement("p");
  text.textContent = navigator.onLine
    ? "The search did not work. Nothing is lost: the rows below are those from before."
    : "You are offline. What you see stays; new searches need a connection.";
  const again = document.createElement("button");
  again.className = "button";
  again.type = "button";
  again.textContent = "Try again";
  again.addEventListener("click", () => void load());
  notice.append(text, again);
  results.prepend(notice);
  announce(text.textContent ?? "");
}

/** Fetch what the address says; answers that were overtaken are dropped. */
async function load() {
  const ticket = ++latest;
  running?.abort();
  running = new AbortController();
  shown = location.search;
  results.setAttribute("aria-busy", "true");
  results.querySelector(".stuck")?.remove();
  try {
    const response = await fetch(`/${shown}`, { signal: running.signal, headers: { Accept: "text/html" } });
    const html = await response.text();
    if (ticket !== latest) return false;
    take(html);
    announce(results.querySelector(".heading h2, .notice")?.textContent?.trim() ?? "");
  } catch {
    if (ticket !== latest) return false;
    explain();
    return false;
  } finally {
    if (ticket === latest) results.removeAttribute("aria-busy");
  }
  return true;
}

async function search() {
  clearTimeout(pause);
  if (!remember() && location.search === shown) return;
  if (await load()) scrollTo({ top: 0, behavior: "instant" });
}

function keepPlace() {
  if (!arriving) savePlace(results, key, rows.pages);
}

/** Bring back the rows that were there, and stand where one stood. */
async function comeBack() {
  const place = savedPlace(key);
  if (!place || place.pages > MOST_PAGES) return;
  const ticket = latest;
  while (rows.pages < place.pages && ticket === latest) {
    if (!await rows.more()) break;
  }
  if (ticket === latest) await goTo(results, place);
}

/** @param {() => Promise<void>} journey */
async function arrive(journey) {
  arriving = true;
  const destination = key;
  await journey();
  if (destination === key) arriving = false;
}

async function onHistory() {
  clearTimeout(pause);
  typedAt = -Infinity;
  key = entryKey();
  box.value = queryOfAddress();
  await arrive(async () => {
    if (!await load()) return;
    scrollTo({ top: 0, behavior: "instant" });
    await comeBack();
  });
}

function onInput() {
  clearTimeout(pause);
  pause = setTimeout(() => void search(), PAUSE_MS);
}

history.scrollRestoration = "manual";
rows.watch();

box.addEventListener("input", (event) => {
  if (!(event instanceof InputEvent && event.isComposing)) onInput();
});
box.addEventListener("compositionend", onInput);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void search();
  typedAt = -Infinity;
});
addEventListener("popstate", () => void onHistory());
addEventListener("pagehide", keepPlace);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let settle;
addEventListener("scroll", () => {
  clearTimeout(settle);
  settle = setTimeout(keepPlace, 200);
}, { passive: true });

const [navigation] = performance.getEntriesByType("navigation");
if (navigation instanceof PerformanceNavigationTiming && navigation.type !== "navigate") {
  void arrive(comeBack);
}
// A browser may put back what was typed before the page was left.
if (box.value !== queryOfAddress()) box.value = queryOfAddress();
