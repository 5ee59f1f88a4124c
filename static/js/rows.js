// @ts-check
/** Brings the next rows as one scrolls towards them. */

import { cursorOf } from "./address.js";
import { announce, nodesOf } from "./page.js";
import { fillForBrowser, forgetPages, watchOver } from "./parking.js";
import { pagesOf } from "./shown.js";
import { said } from "./words.js";

const AHEAD = "1500px 0px";
// Of all pages within one element, each would be laid out anew with each that comes.
const GROUP = 20;

// So long do rows that come into view take to have their height.
const SETTLING_FRAMES = 12;

/**
 * Rows that come into view may be higher than was thought, and push what is below them out of it.
 * @param {Element} element who has the focus there
 * @param {number} [frames]
 */
function keepInView(element, frames = SETTLING_FRAMES) {
  if (!frames || document.activeElement !== element) return;
  element.scrollIntoView({ block: "nearest" });
  requestAnimationFrame(() => keepInView(element, frames - 1));
}

/** Who went to the end of the page must not see it pushed away by more rows. */
function isAtTheEnd() {
  return document.activeElement?.closest("#end") !== null;
}

/** The pages of rows below each other in `root`, and the link to the next of them. */
export class Rows {
  /** @type {HTMLElement[]} */
  #pages = [];
  #shown = 0;
  /** @type {Promise<boolean> | null} */
  #loading = null;
  #observer = new IntersectionObserver(
    (entries) => { if (entries.some((entry) => entry.isIntersecting) && !this.#isPassing) void this.more(); },
    { rootMargin: AHEAD },
  );

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    root.addEventListener("click", (event) => this.#onClick(event));
    fillForBrowser(root);
    for (const place of [root, document.querySelector("#end")]) {
      place?.addEventListener("focusout", () => this.#observeLink());
      place?.addEventListener("focusin", () => { if (document.activeElement && this.#isPassing) keepInView(document.activeElement); });
    }
  }

  /** How many pages are there. */
  get pages() {
    return this.#pages.length;
  }

  /** It stands last: among many rows, looking for it takes long. @returns {HTMLAnchorElement | null} */
  get #link() {
    const last = this.root.lastElementChild;
    return last instanceof HTMLAnchorElement && last.rel === "next" ? last : null;
  }

  /** Who comes by the link with the Tab key is not held up by more rows: the link is there to be used. */
  get #isPassing() {
    return isAtTheEnd() || (this.#link !== null && this.#link === document.activeElement);
  }

  /**
   * To be called when the rows were replaced.
   * @param {string} cursor that of the page of rows which is there now, or ""
   */
  watch(cursor) {
    this.#loading = null;
    this.#pages = [];
    this.#shown = 0;
    forgetPages();
    for (const page of pagesOf(this.root)) this.#take(page, cursor);
    this.#observeLink();
  }

  /** Let all that belongs to rows know of a new page. @param {HTMLElement} page @param {string} cursor */
  #take(page, cursor) {
    page.dataset.cursor = cursor;
    this.#pages.push(page);
    for (const list of page.children) this.#shown += list.childElementCount;
    page.dispatchEvent(new Event("rows", { bubbles: true }));
    watchOver(page);
  }

  #observeLink() {
    this.#observer.disconnect();
    if (this.#link) this.#observer.observe(this.#link);
  }

  /** Append the next page; false when there is none or it did not come. */
  more() {
    if (this.#loading) return this.#loading;
    const loading = this.#append().finally(() => {
      // The rows may have been replaced meanwhile; what loads then is not for this one to end.
      if (this.#loading === loading) this.#loading = null;
    });
    this.#loading = loading;
    return loading;
  }

  async #append() {
    const link = this.#link;
    if (!link?.dataset.rows) return false;
    link.setAttribute("aria-busy", "true");
    if (link.previousElementSibling?.matches(".stuck")) link.previousElementSibling.remove();
    try {
      const response = await fetch(link.dataset.rows);
      if (!link.isConnected) return false;
      if (!response.ok) throw new Error(String(response.status));
      const [page, ...rest] = nodesOf(await response.text()).filter((node) => node instanceof HTMLElement);
      if (!page) throw new Error("no rows");
      this.#group(link).append(page);
      link.replaceWith(...rest);
      this.#take(page, cursorOf(link.search));
    } catch {
      if (link.isConnected) this.#explain(link);
      return false;
    }
    this.#observeLink();
    this.#count();
    return true;
  }

  /** Where the next page goes. @param {HTMLAnchorElement} link */
  #group(link) {
    const last = link.previousElementSibling;
    if (last?.matches(".pages") && last.childElementCount < GROUP) return last;
    const group = document.createElement("div");
    group.className = "pages";
    link.before(group);
    return group;
  }

  /** @param {HTMLAnchorElement} link */
  #explain(link) {
    link.removeAttribute("aria-busy");
    this.#observer.disconnect();
    const notice = document.createElement("p");
    notice.className = "notice bad stuck";
    notice.textContent = said("The next rows did not come. Nothing is lost: press the button to try again.");
    link.before(notice);
    announce(notice.textContent);
  }

  #count() {
    announce(said("{shown} of {total} shown", { shown: this.#shown, total: Number(this.root.dataset.total) }));
  }

  /** @param {MouseEvent} event */
  async #onClick(event) {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest('a[rel="next"]') !== this.#link || !this.#link) return;
    event.preventDefault();
    const pages = this.pages;
    if (!await this.more()) return;
    this.#pages[pages]?.querySelector("a")?.focus({ preventScroll: true });
  }
}
