// @ts-check
/** Walks through the rows by keys; the Tab key stops at one of them only. */

import { copyAt } from "./copy.js";
import { isCovered, isFree, shortcutsAreOn } from "./keys.js";
import { filled } from "./parking.js";
import { onNewRows, pagesOf } from "./shown.js";

const STOPS = "a, button";

/** @param {ParentNode} root @param {boolean} stop whether Tab stops there */
function setStops(root, stop) {
  for (const control of root.querySelectorAll(STOPS)) {
    if (!(control instanceof HTMLElement)) continue;
    if (stop) control.removeAttribute("tabindex");
    else control.tabIndex = -1;
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function rowAt(target) {
  const row = target instanceof Element ? target.closest(".row") : null;
  return row instanceof HTMLElement ? row : null;
}

/** @param {Element | null | undefined} row @returns {HTMLElement | null} */
function copyButton(row) {
  const found = row?.querySelector(":scope > .copy");
  return found instanceof HTMLElement ? found : null;
}

/** The rows as a list that one walks through. */
export class Walk {
  /** The row at which Tab stops. @type {HTMLElement | null} */
  #stop = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLInputElement} box
   * @param {() => Promise<boolean>} more brings the next rows
   */
  constructor(root, box, more) {
    this.root = root;
    this.box = box;
    this.more = more;
    root.addEventListener("keydown", (event) => void this.#onKey(event));
    root.addEventListener("focusin", (event) => this.#stopAt(rowAt(event.target)));
    box.addEventListener("keydown", (event) => this.#onBoxKey(event));
    onNewRows((page) => this.#take(page));
    document.addEventListener("shortcuts", () => this.#takeAll());
  }

  /** @param {HTMLElement} page */
  #take(page) {
    const on = shortcutsAreOn();
    setStops(page, !on);
    if (!on) return;
    if (!this.#stop?.isConnected) this.#stopAt(rowAt(page.querySelector(".row")));
    else if (page.contains(this.#stop)) setStops(this.#stop, true);
  }

  /** Without the keys that lead from row to row, Tab has to stop everywhere. */
  #takeAll() {
    const on = shortcutsAreOn();
    for (const row of this.root.querySelectorAll(".row")) setStops(row, !on || row === this.#stop);
    if (on && !this.#stop) this.#stopAt(rowAt(this.root.querySelector(".row")));
  }

  /** @param {HTMLElement | null} row */
  #stopAt(row) {
    if (!row || row === this.#stop || !shortcutsAreOn()) return;
    if (this.#stop) setStops(this.#stop, false);
    this.#stop?.removeAttribute("data-stop");
    setStops(row, true);
    this.#stop = row;
    row.dataset.stop = "";
  }

  /** @param {KeyboardEvent} event */
  #onBoxKey(event) {
    if (!isFree(event) || event.shiftKey) return;
    if (event.key === "ArrowDown") {
      const first = copyButton(this.root.querySelector(".row"));
      if (!first) return;
      event.preventDefault();
      first.focus();
    } else if (event.key === "Escape" && this.box.value) {
      event.preventDefault();
      this.box.value = "";
      this.box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }

  /** @param {KeyboardEvent} event */
  async #onKey(event) {
    const row = rowAt(event.target);
    if (!row || !isFree(event) || isCovered()) return;
    if (event.shiftKey) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (event.target instanceof Element) await copyAt(event.target, "id");
      return;
    }
    const act = this.#acts[event.key];
    if (!act) return;
    event.preventDefault();
    await act(row, event.target);
  }

  /** @type {Record<string, (row: HTMLElement, from: EventTarget | null) => unknown>} */
  #acts = {
    ArrowDown: (row, from) => this.#down(row, from),
    ArrowUp: (row, from) => this.#up(row, from),
    Home: (_, from) => this.#focus(this.root.querySelector(".row"), from),
    End: (_, from) => this.#focus(filled(pagesOf(this.root).at(-1))?.lastElementChild?.lastElementChild, from),
    ArrowRight: (row) => this.#link(row)?.click(),
    Escape: () => {
      this.box.focus();
      this.box.select();
    },
  };

  /** @param {HTMLElement} row @returns {HTMLElement | null} */
  #link(row) {
    return row.querySelector("a.name");
  }

  /** Of the row the control that one came from in another. @param {Element | null | undefined} row @param {EventTarget | null} from */
  #focus(row, from) {
    if (!row) return;
    const kind = from instanceof Element ? [...from.classList].find((name) => ["name", "star", "collect"].includes(name)) : "";
    const same = kind ? row.querySelector(`.${kind}`) : null;
    (same instanceof HTMLElement ? same : copyButton(row))?.focus();
  }

  /** @param {HTMLElement} row @param {EventTarget | null} from */
  async #down(row, from) {
    const next = beside(this.root, row, 1);
    if (next) this.#focus(next, from);
    else if (await this.more() && row.contains(document.activeElement)) this.#focus(beside(this.root, row, 1), from);
  }

  /** @param {HTMLElement} row @param {EventTarget | null} from */
  #up(row, from) {
    const before = beside(this.root, row, -1);
    if (before) this.#focus(before, from);
    else this.box.focus();
  }
}

/**
 * The row before or after another one, be it in the next list or on the next page.
 * @param {Element} root @param {HTMLElement} row @param {1 | -1} step
 */
function beside(root, row, step) {
  const sibling = step > 0 ? "nextElementSibling" : "previousElementSibling";
  const first = step > 0 ? "firstElementChild" : "lastElementChild";
  if (row[sibling]) return row[sibling];
  const list = row.closest(".rows")?.[sibling];
  if (list) return list[first];
  const pages = pagesOf(root);
  const other = pages[pages.findIndex((page) => page.contains(row)) + step];
  return filled(other)?.[first]?.[first] ?? null;
}
