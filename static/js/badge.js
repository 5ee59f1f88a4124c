// @ts-check
/** Says whether what one sees is live, and if not, how old it is. */

/** @import { Link } from "./types" */

// A connection that is back within this time was never worth a word.
const PATIENCE_MS = 1500;

/** @param {number} at */
function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** @param {Link} link @param {number} now */
export function wording(link, now) {
  if (link.state === "live") return "Live";
  const age = link.heard === null ? "" : `, as of ${clock(link.heard)}`;
  if (link.state === "connecting") return `Connecting${age}`;
  return `Reconnecting in ${Math.max(0, Math.ceil((link.retry - now) / 1000))} s${age}`;
}

export class Badge {
  /** @type {Link} */
  #link = { state: "connecting", since: Date.now(), heard: null };

  /** @param {HTMLElement} element @param {() => void} retry */
  constructor(element, retry) {
    this.element = element;
    this.text = document.createElement("span");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button";
    this.button.textContent = "Reconnect now";
    this.button.addEventListener("click", retry);
    element.replaceChildren(this.text, this.button);
    setInterval(() => this.#draw(), 500);
  }

  /** @param {Link} link */
  show(link) {
    this.#link = link;
    this.#draw();
  }

  #draw() {
    const link = this.#link;
    const live = link.state === "live";
    if (!live && Date.now() - link.since < PATIENCE_MS) return;
    this.element.hidden = false;
    this.element.dataset.link = live ? "live" : "waiting";
    this.button.hidden = link.state !== "waiting";
    const text = wording(link, Date.now());
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}
