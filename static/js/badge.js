// @ts-check
/** Says whether what one sees is live, and if not, how old it is. */

/** @import { Link } from "./types" */

// A connection that is back within this time was never worth a word.
const PATIENCE_MS = 1500;

/** @param {number} at */
function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** @param {Link} link @param {number} now @param {boolean} isOnline whether there is any network */
export function wording(link, now, isOnline = true) {
  if (link.state === "live") return "Live";
  const age = link.heard === null ? "" : `, as of ${clock(link.heard)}`;
  if (!isOnline) return `Offline${age}`;
  const stopped = link.isStopped ? "The server has stopped. " : "";
  if (link.state === "connecting") return `${stopped}Connecting${age}`;
  return `${stopped}Reconnecting in ${Math.max(0, Math.ceil((link.retry - now) / 1000))} s${age}`;
}

export class Badge {
  /** @type {Link} */
  #link = { state: "connecting", since: Date.now(), heard: null, isStopped: false };

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
    const text = wording(link, Date.now(), navigator.onLine);
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}
