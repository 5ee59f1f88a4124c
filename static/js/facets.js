// @ts-check
/** The counts by category, block, script and version: fetched when they are wanted. */

import { addressOf, countedOf, firstOf, searchOf } from "./address.js";
import { announce, need, nodesOf } from "./page.js";
import { said } from "./words.js";

/** The panel that narrows a search down, and the link that opens it. */
export class Facets {
  #link = /** @type {HTMLAnchorElement} */ (need("#narrow"));
  #panel = need("#facets");
  /** The search whose rows are there. */
  #address = location.search;
  /** The search whose counts are there. @type {string | null} */
  #counted = null;
  #latest = 0;
  /** @type {AbortController | null} */
  #running = null;

  /** @param {(query: string) => void} narrow what to do with a narrower query */
  constructor(narrow) {
    if (this.#open) this.#counted = this.#countable;
    this.#link.addEventListener("click", (event) => this.#onLink(event));
    this.#panel.addEventListener("click", (event) => this.#onPanel(event, narrow));
    this.#show(this.#open);
  }

  get #open() {
    return !this.#panel.hidden;
  }

  /** The counts do not depend on the order of the rows. */
  get #countable() {
    return addressOf({ ...searchOf(this.#address), sort: "" });
  }

  /**
   * Keep in step with the rows.
   * @param {string} address of the rows that are there now
   * @param {boolean} narrows whether a filter can be added to that search
   */
  follow(address, narrows) {
    this.#address = address;
    this.#link.hidden = !narrows;
    this.#show(this.#open);
    if (this.#open && narrows) void this.#count();
  }

  /** @param {boolean} open */
  #show(open) {
    this.#panel.hidden = !open;
    this.#link.setAttribute("aria-expanded", String(open));
    // For another tab, where the panel is to be as it will be here.
    this.#link.href = `/${open ? firstOf(this.#address) : countedOf(this.#address)}`;
  }

  /** @param {MouseEvent} event */
  #onLink(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#show(!this.#open);
    if (this.#open) void this.#count();
  }

  /** @param {MouseEvent} event @param {(query: string) => void} narrow */
  #onPanel(event, narrow) {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    narrow(searchOf(link.search).q);
  }

  /** Fetch the counts unless they are there; answers that were overtaken are dropped. */
  async #count() {
    const wanted = this.#countable;
    const ticket = ++this.#latest;
    this.#running?.abort();
    this.#running = null;
    if (wanted === this.#counted) {
      this.#panel.removeAttribute("aria-busy");
      return;
    }
    this.#running = new AbortController();
    this.#panel.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`/facets${wanted}`, { signal: this.#running.signal });
      if (response.status >= 500) throw new Error(String(response.status));
      // What cannot be searched for cannot be counted; the box says why.
      const html = response.ok ? await response.text() : "";
      if (ticket !== this.#latest) return;
      this.#take(nodesOf(html));
      this.#counted = wanted;
    } catch {
      if (ticket === this.#latest) this.#explain();
    } finally {
      if (ticket === this.#latest) this.#panel.removeAttribute("aria-busy");
    }
  }

  /** @param {Node[]} nodes */
  #take(nodes) {
    const inside = this.#panel.contains(document.activeElement);
    this.#panel.replaceChildren(...nodes);
    if (inside) this.#panel.focus({ preventScroll: true });
  }

  #explain() {
    this.#counted = null;
    const text = document.createElement("p");
    text.textContent = said("The counts did not come.");
    const again = document.createElement("button");
    again.className = "button";
    again.type = "button";
    again.textContent = said("Try again");
    again.addEventListener("click", () => void this.#count());
    this.#take([text, again]);
    announce(text.textContent);
  }
}
