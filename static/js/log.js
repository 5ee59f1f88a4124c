// @ts-check
/** The log of a job from its beginning, fetched page by page behind what the socket tells. */

import { Replay } from "./replay.js";

/** @import { JobEvent } from "./types" */

const AGAIN_MS = 3_000;

export class Log {
  replay = new Replay();
  #head = 0;
  #isFetching = false;

  /** @param {string} job @param {() => void} onGrown */
  constructor(job, onGrown) {
    this.address = `/api/v1/jobs/${encodeURIComponent(job)}/events`;
    this.onGrown = onGrown;
  }

  /** Whether it has all that is known of. */
  get isWhole() {
    return this.replay.length >= this.#head;
  }

  /**
   * Take over what came; what is missing before it is fetched.
   * @param {number} seq the last one known of
   * @param {JobEvent[]} events
   */
  reach(seq, events) {
    this.#head = Math.max(this.#head, seq);
    const before = this.replay.length;
    this.replay.append(events);
    if (this.replay.length > before) this.onGrown();
    if (!this.isWhole && !this.#isFetching) this.#fetch();
  }

  async #fetch() {
    this.#isFetching = true;
    try {
      while (!this.isWhole) {
        const answer = await fetch(`${this.address}?after=${this.replay.length}`);
        // A job that is no more has no log.
        if (answer.status === 404) return;
        if (!answer.ok) throw new Error(`${answer.status}`);
        /** @type {{events: JobEvent[]}} */
        const { events } = await answer.json();
        const before = this.replay.length;
        this.replay.append(events);
        if (this.replay.length === before) throw new Error("nothing came");
        this.onGrown();
      }
    } catch {
      setTimeout(() => this.reach(this.#head, []), AGAIN_MS);
    } finally {
      this.#isFetching = false;
    }
  }
}
