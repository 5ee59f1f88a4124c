// @ts-check
/** Says that an answer did not come, and asks for it again: by a button, and by itself until it comes. */

import { announce } from "./page.js";
import { said } from "./words.js";

const FIRST_MS = 1000;
const LONGEST_MS = 15_000;
const TOO_MANY = 429;

/** Whether what an answer of this status refused may be had later. @param {number} status */
export function isPassing(status) {
  return status >= 500 || status === TOO_MANY;
}

export class Trouble {
  #pause = FIRST_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #notice = document.createElement("div");
  #text = document.createElement("p");

  /**
   * @param {HTMLElement} root where the answer would be
   * @param {() => void} again
   */
  constructor(root, again) {
    this.root = root;
    const button = document.createElement("button");
    button.className = "button";
    button.type = "button";
    button.textContent = said("Try again");
    button.addEventListener("click", () => again());
    this.#notice.className = "notice bad stuck";
    this.#notice.append(this.#text, button);
    this.again = again;
    addEventListener("online", () => { if (this.#timer !== undefined) again(); });
  }

  /** @param {string} reason @param {boolean} goesOn whether it is worth asking again without being told to */
  tell(reason, goesOn) {
    if (!this.#notice.isConnected || this.#text.textContent !== reason) announce(reason);
    this.#text.textContent = reason;
    if (!this.#notice.isConnected) this.root.prepend(this.#notice);
    this.wait();
    if (!goesOn) return;
    this.#timer = setTimeout(() => this.again(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_MS);
  }

  /** Something is being asked for; nothing else is meanwhile. */
  wait() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The answer is there. Who pressed the button is told where to go on. @returns {boolean} whether somebody did */
  end() {
    const hadFocus = this.#notice.contains(document.activeElement);
    this.wait();
    this.#pause = FIRST_MS;
    this.#notice.remove();
    return hadFocus;
  }
}
