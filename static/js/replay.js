// @ts-check
/** A job as it was after any of its events, and the moments in between; no page needed. */

import { fold } from "./fold.js";
import { begins } from "./lanes.js";
import { clock, said } from "./words.js";

/** @import { JobEvent, JobView } from "./types" */

// So many events are folded within a frame, with time to spare.
const STRIDE = 250;
// Nobody waits through a pause of hours.
const LONGEST_LULL_MS = 2_000;

/** A log that grows at its end, with the state kept at every so many events. */
export class Replay {
  /** @type {JobEvent[]} */
  events = [];
  /** The state after 1 · STRIDE, 2 · STRIDE … events. @type {JobView[]} */
  #kept = [];
  /** How many events came before each run. @type {number[]} */
  #runs = [];
  /** @type {{length: number, view: JobView} | null} */
  #last = null;

  get length() {
    return this.events.length;
  }

  /**
   * Append those of the events that come next; what is known already, or leaves a gap, is left out.
   * @param {JobEvent[]} events
   */
  append(events) {
    for (const event of events) {
      if (event.seq !== this.events.length + 1) continue;
      if (begins(event)) this.#runs.push(this.events.length);
      this.events.push(event);
    }
    while ((this.#kept.length + 1) * STRIDE <= this.events.length) {
      const start = this.#kept.length * STRIDE;
      this.#kept.push(fold(this.#kept.at(-1) ?? null, this.events.slice(start, start + STRIDE)));
    }
  }

  /**
   * The job after so many events, at least one: from the state kept last before that, or the one asked for last.
   * @param {number} length
   * @returns {JobView}
   */
  at(length) {
    const kept = Math.floor(length / STRIDE);
    let from = kept * STRIDE;
    let view = this.#kept[kept - 1] ?? null;
    if (this.#last && this.#last.length >= from && this.#last.length <= length) {
      from = this.#last.length;
      view = this.#last.view;
    }
    const events = this.events.slice(from, length);
    this.#last = { length, view: view && !events.length ? view : fold(view, events) };
    return this.#last.view;
  }

  /**
   * The events of the run that the last of so many events belongs to.
   * @param {number} length
   * @returns {{start: number, events: JobEvent[]}} start names the run
   */
  run(length) {
    const place = this.#runs.findLastIndex((start) => start < length);
    const start = this.#runs[place] ?? 0;
    return { start, events: this.events.slice(start, this.#runs[place + 1]) };
  }

  /** When the last of so many events happened, as ms since 1970. @param {number} length */
  when(length) {
    return Date.parse(this.events[length - 1]?.at ?? "");
  }

  /**
   * Where playing gets to from so many events on.
   * @param {number} length
   * @param {number} spent ms of the job's own time since the last of them
   * @returns {{length: number, spent: number}} spent is left over
   */
  after(length, spent) {
    while (length < this.events.length) {
      const lull = Math.min(Math.max(0, this.when(length + 1) - this.when(length)), LONGEST_LULL_MS);
      if (lull > spent) break;
      spent -= lull;
      length += 1;
    }
    return { length, spent };
  }
}

/**
 * `as of 12:03:41.2, event 212 of 560`.
 * @param {number} moment ms since 1970
 * @param {number} length
 * @param {number} total
 */
export function asOf(moment, length, total) {
  return said("as of {time}, event {number} of {total}", { time: clock(moment, { tenths: true }), number: length, total });
}
