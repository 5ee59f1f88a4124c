// @ts-check
/** Searches as one types; the address and the history keep up. */

import { addressOf, cursorOf, firstOf, searchOf, turnedTo } from "./address.js";
import { Facets } from "./facets.js";
import "./families.js";
import "./found.js";
import "./menu.js";
import { restBefore } from "./pace.js";
import { announce, need } from "./page.js";
import { entryKey, goTo, newKey, savedPlace, savePlace, topmostPage } from "./place.js";
import { Rows } from "./rows.js";
import { isPassing, Trouble } from "./trouble.js";
import { Walk } from "./walk.js";
import { said } from "./words.js";

// After a browser refused to change the address: by then it does again.
const REFUSED_MS = 1000;
// Letters typed in one go are one entry of the history; a longer rest between two ends it.
const REST_MS = 1500;
// Beyond this, coming back would take too long: then the list begins at the page last in view.
const MOST_PAGES = 100;
// Browsers let an address be changed some six times a second; typing needs some of that too.
const FOLLOW_MS = 300;
// The server turns longer addresses away unread, without a word for people.
const LONGEST_ADDRESS = 128_000;

const form = /** @type {HTMLFormElement} */ (need("#search"));
const box = /** @type {HTMLInputElement} */ (need("#q"));
const results = need("#results");
const rows = new Rows(results);
const trouble = new Trouble(results, () => void load());
const selects = [...form.elements].filter((element) => element instanceof HTMLSelectElement);
const facets = new Facets((query) => {
  box.value = query;
  form.requestSubmit();
});

let key = entryKey();
// The search that was asked for last, unless it failed, and the one whose answer is shown: addresses
// of their first rows.
/** @type {string | null} */
let asked = firstOf(location.search);
/** @type {string | null} */
let shown = asked;
let latest = 0;
// What the answer before took, from the request until its rows were there.
let took = 0;
let typedAt = -Infinity;
// Whether what is being typed has its entry in the history already.
let entered = false;
// While the rows of an entry are being brought back, what is in view is not its place.
let arriving = false;
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;

/** The address of what is typed and chosen. */
function wanted() {
  const chosen = Object.fromEntries(selects.map((select) => [select.name, select.value]));
  return addressOf({ q: box.value, lang: "", sort: "", mode: "", ...chosen });
}

/** Let the box and the options say what the address says. */
function fillIn() {
  const search = searchOf(location.search);
  if (box.value !== search.q) box.value = search.q;
  for (const select of selects) {
    const value = Object.entries(search).find(([name]) => name === select.name)?.[1] ?? "";
    // What is not offered, and what is meant by saying nothing, stands first.
    select.selectedIndex = Math.max(0, [...select.options].findIndex((option) => option.value === value));
  }
}

/** Put what is typed and chosen into the address. */
function remember() {
  const address = wanted();
  if (address === firstOf(location.search)) return false;
  if (entered) {
    history.replaceState({ key }, "", `/${address}`);
  } else {
    keepPlace();
    key = newKey();
    arriving = false;
    history.pushState({ key }, "", `/${address}`);
    entered = true;
  }
  return true;
}

/** @param {Document} page @param {HTMLElement} fresh its results */
function take(page, fresh) {
  if (trouble.end()) box.focus();
  document.title = page.title;
  results.dataset.total = fresh.dataset.total;
  results.replaceChildren(...fresh.childNodes);
  need("#chosen").textContent = page.getElementById("chosen")?.textContent ?? "";
  // A mistake is told of at the box, as the server told of it.
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = page.getElementById("q")?.getAttribute(name);
    if (value) box.setAttribute(name, value);
    else box.removeAttribute(name);
  }
}

/** Say what the server could not: that the text is too long to reach it. */
function refuse() {
  latest += 1;
  running?.abort();
  trouble.end();
  asked = shown = null;
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.id = "query-problem";
  notice.role = "alert";
  notice.textContent = said("This text is too long to search for; shorten it.");
  results.removeAttribute("aria-busy");
  results.replaceChildren(notice);
  box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", notice.id);
}

/** Fetch what an address says; answers that were overtaken are dropped. */
async function load(address = location.search) {
  const ticket = ++latest;
  running?.abort();
  running = new AbortController();
  asked = firstOf(address);
  const began = performance.now();
  results.setAttribute("aria-busy", "true");
  trouble.wait();
  try {
    const response = await fetch(`/${address}`, { signal: running.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (ticket !== latest) return false;
    const fresh = page.getElementById("results");
    if (!fresh) {
      asked = null;
      trouble.tell(
        page.querySelector(".problem h1 + p")?.textContent ?? said("The search did not work."), isPassing(response.status),
      );
      return false;
    }
    take(page, fresh);
    rows.watch(cursorOf(address));
    shown = firstOf(address);
    took = performance.now() - began;
    facets.follow(address, page.getElementById("narrow")?.hidden === false);
    // An alert is read out by itself.
    announce(results.querySelector(".heading h2")?.textContent?.trim() ?? "");
  } catch {
    if (ticket !== latest) return false;
    asked = null;
    trouble.tell(navigator.onLine
      ? said("The search did not work: the server did not answer. It is asked again until it does; what you see stays.")
      : said("You are offline. What you see stays; new searches need a connection."), true);
    return false;
  } finally {
    if (ticket === latest) results.removeAttribute("aria-busy");
  }
  return true;
}

async function search() {
  clearTimeout(pause);
  if (wanted().length > LONGEST_ADDRESS) {
    refuse();
    return;
  }
  try {
    if (!remember() && asked === firstOf(location.search)) return;
  } catch {
    pause = setTimeout(() => void search(), REFUSED_MS);
    return;
  }
  if (await load()) scrollTo({ top: 0, behavior: "instant" });
}

/** Whether what is in view belongs to the present entry of the history. */
function settled() {
  return !arriving && shown === firstOf(location.search);
}

function keepPlace() {
  if (settled()) savePlace(results, key);
}

/** Let the address name the page of rows in view. */
function follow() {
  const page = topmostPage(results);
  const cursor = page?.dataset.cursor ?? "";
  if (!page || !settled() || cursor === cursorOf(location.search)) return;
  history.replaceState({ key }, "", `/${turnedTo(location.search, cursor)}${location.hash}`);
}

/**
 * Bring back the rows that were there, and stand where one stood.
 * @param {boolean} anew whether the rows shown are those of another entry
 */
async function comeBack(anew) {
  const place = savedPlace(key);
  const pages = place && place.pages <= MOST_PAGES ? place.pages : 0;
  const cursor = place && pages ? place.first : cursorOf(location.search);
  if (anew || cursor !== cursorOf(location.search)) {
    if (!await load(turnedTo(location.search, cursor))) return;
    scrollTo({ top: 0, behavior: "instant" });
  }
  const ticket = latest;
  while (rows.pages < pages && ticket === latest) {
    if (!await rows.more()) break;
  }
  if (place && ticket === latest) await goTo(results, place);
}

/** @param {boolean} anew */
async function arrive(anew) {
  arriving = true;
  const destination = key;
  await comeBack(anew);
  if (destination !== key) return;
  arriving = false;
  follow();
}

async function onHistory() {
  clearTimeout(pause);
  entered = false;
  // A link within the page makes an entry without a state; the rows are there already.
  const within = history.state === null;
  key = entryKey();
  if (within) return;
  fillIn();
  await arrive(true);
}

function onKeystroke() {
  if (performance.now() - typedAt > REST_MS) entered = false;
  typedAt = performance.now();
}

function searchSoon() {
  clearTimeout(pause);
  pause = setTimeout(() => void search(), restBefore(results.ariaBusy === "true", took));
}

history.scrollRestoration = "manual";
new Walk(results, box, () => rows.more());
rows.watch(cursorOf(location.search));

box.addEventListener("input", (event) => {
  onKeystroke();
  if (!(event instanceof InputEvent && event.isComposing)) searchSoon();
});
box.addEventListener("compositionend", searchSoon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void search();
  entered = false;
});
for (const link of document.querySelectorAll(".tools a[href='/identify']")) {
  link.addEventListener("click", () => {
    if (!(link instanceof HTMLAnchorElement)) return;
    link.search = box.value ? String(new URLSearchParams({ text: box.value })) : "";
  });
}
for (const select of selects) {
  select.addEventListener("change", () => {
    entered = false;
    void search();
    entered = false;
  });
}
addEventListener("popstate", () => void onHistory());
addEventListener("pagehide", keepPlace);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let following;
addEventListener("scroll", () => {
  // Another address makes a browser look at every link there is, so not in the middle of it.
  clearTimeout(following);
  following = setTimeout(() => {
    follow();
    keepPlace();
  }, FOLLOW_MS);
}, { passive: true });

const [navigation] = performance.getEntriesByType("navigation");
if (navigation instanceof PerformanceNavigationTiming && navigation.type !== "navigate") {
  void arrive(false);
}
// A browser may put back what was typed and chosen before the page was left.
fillIn();
