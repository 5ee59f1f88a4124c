// @ts-check
/** What the page of one job has beside its card: history, replay, causes, a word at the end. */

import { Causes } from "./causes.js";
import { Log } from "./log.js";
import { Herald } from "./notify.js";
import { need } from "./page.js";
import { Player } from "./player.js";
import { Timeline } from "./timeline.js";
import { isOver } from "./wall.js";

/** @import { JobEvent, JobView } from "./types" */
/** @import { Wall } from "./wall.js" */

export class JobPage {
  /** @type {JobView | null} */
  #view = null;
  /** How many events the timeline has, of the run that began behind so many. */
  #drawn = { run: 0, length: 0 };

  /**
   * @param {HTMLElement} card
   * @param {Wall} wall
   * @param {(form: HTMLFormElement) => void} onForm
   */
  constructor(card, wall, onForm) {
    const id = card.dataset.job ?? "";
    this.card = card;
    this.wall = wall;
    this.timeline = new Timeline(need('[data-field="timeline"]', card));
    this.causes = new Causes(need('[data-field="causes"]', card), id, onForm);
    this.herald = new Herald(need('[data-field="notify"]', card));
    this.log = new Log(id, () => this.#onGrown());
    const replay = need('[data-field="replay"]', card);
    this.player = new Player(replay, () => this.log.replay, (length) => this.#onMoment(length));
  }

  /** The job as it is now, after these events. @param {JobView} view @param {JobEvent[]} events */
  show(view, events) {
    this.#view = view;
    this.log.reach(view.job.seq, events);
    this.herald.show(view.job);
    this.causes.draw(view, isOver(view.job));
    this.#offer();
    if (this.player.isIn) return;
    this.wall.show(view);
    this.timeline.show(view);
  }

  #offer() {
    const { length } = this.log.replay;
    this.player.offer(this.#view !== null && isOver(this.#view.job) && this.log.isWhole && length > 1);
  }

  #onGrown() {
    this.#offer();
    if (!this.player.isIn) this.#drawRun(this.log.replay.length);
  }

  /** @param {number | null} length */
  #onMoment(length) {
    this.card.toggleAttribute("data-past", length !== null);
    const { replay } = this.log;
    this.#drawRun(length ?? replay.length);
    this.timeline.mark(length === null ? null : replay.when(length));
    if (!this.#view) return;
    if (length === null) this.wall.show(this.#view);
    else this.wall.show(replay.at(length), { isPast: true });
  }

  /** Draw the run that so many events lead into, as far as the log goes. @param {number} length */
  #drawRun(length) {
    const { start, events } = this.log.replay.run(length);
    if (this.#drawn.run !== start) this.#drawn = { run: start, length: 0 };
    if (events.length > this.#drawn.length) this.timeline.add(events.slice(this.#drawn.length));
    this.#drawn.length = events.length;
  }
}
