// @ts-check
/** Brings the next rows as one scrolls towards them. */

import { cursorOf } from "./address.js";
import { announce, nodesOf } from "./page.js";
import { said } from "./words.js";

const AHEAD = "1500px 0px";

/** Who went to the end of the page must not see it pushed away by more rows. */
function isAtTheEnd() {
  return document.activeElement?.closest("#end") !== null;
}

/** The pages of rows below each other in `root`, and the link to the next of them. */
export class Rows {
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
    for (const place of [root, document.querySelector("#end")]) {
      place?.addEventListener("focusout", () => this.#observeLink());
    }
  }

  /** How many pages are there. */
  get pages() {
    return this.root.querySelectorAll(".page").length;
  }

  /** @returns {HTMLAnchorElement | null} */
  get #link() {
    return this.root.querySelector('a[rel="next"]');
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
    this.#mark(0, cursor);
    this.#observeLink();
    this.#tell();
  }

  /** For all that belongs to rows: some are new. */
  #tell() {
    this.root.dispatchEvent(new Event("rows", { bubbles: true }));
  }

  /** @param {number} index @param {string} cursor */
  #mark(index, cursor) {
    const page = this.root.querySelectorAll(".page")[index];
    if (page instanceof HTMLElement) page.dataset.cursor = cursor;
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
    this.root.querySelector(".stuck")?.remove();
    try {
      const response = await fetch(link.dataset.rows);
      if (!link.isConnected) return false;
      if (!response.ok) throw new Error(String(response.status));
      const nodes = nodesOf(await response.text());
      const index = this.pages;
      link.replaceWith(...nodes);
      this.#mark(index, cursorOf(link.search));
    } catch {
      if (link.isConnected) this.#explain(link);
      return false;
    }
    this.#observeLink();
    this.#tell();
    this.#count();
    return true;
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
    const shown = this.root.querySelectorAll(".row").length;
    announce(said("{shown} of {total} shown", { shown, total: Number(this.root.dataset.total) }));
  }

  /** @param {MouseEvent} event */
  async #onClick(event) {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest('a[rel="next"]') !== this.#link || !this.#link) return;
    event.preventDefault();
    const pages = this.pages;
    if (!await this.more()) return;
    const link = this.root.querySelectorAll(".page")[pages]?.querySelector("a");
    link?.focus({ preventScroll: true });
  }
}
