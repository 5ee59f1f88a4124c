// @ts-check
/** The controls of a replay: a moment to choose, or to let go by. */

import { need } from "./page.js";
import { asOf } from "./replay.js";
import { said } from "./words.js";

/** @import { Replay } from "./replay.js" */

export class Player {
  /** How many events have happened; null outside the replay. @type {number | null} */
  #length = null;
  #spent = 0;
  #isPlaying = false;
  #before = 0;

  /**
   * @param {HTMLElement} root
   * @param {() => Replay} replay
   * @param {(length: number | null) => void} onMoment null for the present
   */
  constructor(root, replay, onMoment) {
    this.root = root;
    this.replay = replay;
    this.onMoment = onMoment;
    this.enterButton = this.#part("enter");
    this.player = this.#part("player");
    this.playButton = this.#part("play");
    this.said = this.#part("said");
    this.range = /** @type {HTMLInputElement} */ (this.#part("moment"));
    this.speed = /** @type {HTMLSelectElement} */ (this.#part("speed"));
    this.enterButton.addEventListener("click", () => this.enter());
    this.#part("leave").addEventListener("click", () => this.leave());
    this.playButton.addEventListener("click", () => this.#toggle());
    this.range.addEventListener("input", () => {
      this.#pause();
      this.#go(Number(this.range.value));
    });
    this.player.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.leave();
    });
  }

  /** @param {string} name */
  #part(name) {
    return need(`[data-replay="${name}"]`, this.root);
  }

  get isIn() {
    return this.#length !== null;
  }

  /** Whether there is something to be replayed. @param {boolean} isPossible */
  offer(isPossible) {
    this.root.hidden = !isPossible;
    if (!isPossible) this.leave();
  }

  enter() {
    this.enterButton.hidden = true;
    this.player.hidden = false;
    this.range.max = String(this.replay().length);
    this.#go(1);
    this.range.focus();
    this.#toggle();
  }

  leave() {
    if (!this.isIn) return;
    this.#pause();
    this.#length = null;
    const hadFocus = this.player.contains(document.activeElement);
    this.player.hidden = true;
    this.enterButton.hidden = false;
    if (hadFocus) this.enterButton.focus();
    this.onMoment(null);
  }

  /** @param {number} length */
  #go(length) {
    this.#length = length;
    const replay = this.replay();
    const text = asOf(replay.when(length), length, replay.length);
    this.range.value = String(length);
    this.range.setAttribute("aria-valuetext", text);
    this.said.textContent = text;
    this.onMoment(length);
  }

  #toggle() {
    if (this.#isPlaying) {
      this.#pause();
      return;
    }
    // From the end there is nothing to play but the whole.
    if (this.#length === this.replay().length) this.#go(1);
    this.#isPlaying = true;
    this.#spent = 0;
    this.#before = performance.now();
    this.playButton.textContent = said("Pause");
    requestAnimationFrame((now) => this.#frame(now));
  }

  #pause() {
    this.#isPlaying = false;
    this.playButton.textContent = said("Play");
  }

  /** @param {number} now */
  #frame(now) {
    if (!this.#isPlaying || this.#length === null) return;
    const passed = Math.max(0, now - this.#before) * Number(this.speed.value);
    this.#before = now;
    const { length, spent } = this.replay().after(this.#length, this.#spent + passed);
    this.#spent = spent;
    if (length !== this.#length) this.#go(length);
    if (length === this.replay().length) this.#pause();
    else requestAnimationFrame((at) => this.#frame(at));
  }
}
