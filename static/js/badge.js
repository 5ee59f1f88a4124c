// @ts-check
/** Says whether what one sees is live, and if not, how old it is. */

import { clock, said } from "./words.js";

/** @import { Link } from "./types" */

// A connection that is back within this time was never worth a word.
const PATIENCE_MS = 1500;

/** @param {Link} link @param {number} now @param {boolean} isOnline whether there is any network */
export function wording(link, now, isOnline = true) {
  if (link.state === "live") return said("Live");
  const doing = isOnline ? attempt(link, now) : said("Offline");
  const status = link.heard === null ? doing : said("{status}, as of {time}", { status: doing, time: clock(link.heard) });
  return link.isStopped && isOnline ? said("The server has stopped. {status}", { status }) : status;
}

/** @param {Exclude<Link, {state: "live"}>} link @param {number} now */
function attempt(link, now) {
  if (link.state === "connecting") return said("Connecting");
  return said("Reconnecting in {seconds} s", { seconds: Math.max(0, Math.ceil((link.retry - now) / 1000)) });
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
    this.button.textContent = said("Reconnect now");
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
