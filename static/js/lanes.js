// @ts-check
/** The attempts of a run side by side: what the server does in timeline.py, done again while it runs. */

import { decimal, said } from "./words.js";

/** @import { JobEvent } from "./types" */

/**
 * One attempt, or `count` items that needed none; times in ms since the run began, `end` null under way.
 * @typedef {{code: string, attempt: number, lane: number, start: number, end: number | null,
 *   outcome: string, status: number | null, count: number}} Bar
 */

const MINUTE = 60_000;
// What people count time in, from a millisecond to six hours.
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000,
  ...[1, 2, 5, 10, 15, 30, 60, 120, 360].map((minutes) => minutes * MINUTE),
];

/** Whether a run begins with the event. @param {JobEvent} event */
export function begins(event) {
  return event.type === "job.created" || event.type === "job.retried";
}

/** The attempts of one run in the order of their starts, each in the first lane that was free. */
export class Lanes {
  /** @type {Bar[]} */
  bars = [];
  span = 0;
  /** When it began, as ms since 1970. @type {number | null} */
  began = null;
  /** @type {boolean[]} */
  #busy = [];
  /** The places in `bars` of what is under way. @type {Map<string, number>} */
  #open = new Map();

  get count() {
    return this.#busy.length;
  }

  /** @returns {Iterable<number>} the places in `bars` of what is under way */
  get open() {
    return this.#open.values();
  }

  /**
   * Go on with the next event of the run.
   * @param {JobEvent} event
   * @returns {number} the place in `bars` of what changed, -1 for nothing
   */
  take(event) {
    switch (event.type) {
      case "job.started":
        this.began ??= Date.parse(event.at);
        return -1;
      case "item.started":
        return this.#begin(event.data.code, event.data.attempt, this.#since(event));
      case "item.retry_scheduled":
        return this.#end(event.data.code, this.#since(event), "retried", event.data.http_status);
      case "item.requeued":
        if (!this.#open.has(event.data.code)) return -1;
        return this.#end(event.data.code, this.#since(event), "requeued", null);
      case "item.finished": {
        const { code, status, http_status } = event.data;
        const at = this.#since(event);
        return status === "skipped" ? this.#keep(code, at) : this.#end(code, at, status, http_status);
      }
      default:
        return -1;
    }
  }

  /** @param {JobEvent} event */
  #since({ at }) {
    const moment = Date.parse(at);
    this.began ??= moment;
    // A clock that was set back must not turn a bar around.
    this.span = Math.max(this.span, moment - this.began);
    return this.span;
  }

  #free() {
    const free = this.#busy.indexOf(false);
    return free < 0 ? this.#busy.push(false) - 1 : free;
  }

  /** @param {string} code @param {number} attempt @param {number} start */
  #begin(code, attempt, start) {
    const lane = this.#free();
    this.#busy[lane] = true;
    const place = this.bars.push({ code, attempt, lane, start, end: null, outcome: "running", status: null, count: 1 }) - 1;
    this.#open.set(code, place);
    return place;
  }

  /** @param {string} code @param {number} end @param {string} outcome @param {number | null} status */
  #end(code, end, outcome, status) {
    const place = this.#open.get(code) ?? -1;
    const bar = this.bars[place];
    // What never began, such as an item cancelled while it waited, has no bar.
    if (!bar) return -1;
    this.#open.delete(code);
    this.#busy[bar.lane] = false;
    Object.assign(bar, { end, outcome, status });
    return place;
  }

  /** @param {string} code @param {number} at */
  #keep(code, at) {
    const last = this.bars.at(-1);
    if (last?.outcome === "skipped" && last.start === at) last.count += 1;
    else this.bars.push({ code, attempt: 0, lane: this.#free(), start: at, end: at, outcome: "skipped", status: null, count: 1 });
    return this.bars.length - 1;
  }
}

/**
 * The whole of a run at once.
 * @param {JobEvent[]} events
 */
export function lanesOf(events) {
  const lanes = new Lanes();
  for (const event of events) lanes.take(event);
  return lanes;
}

/**
 * An item's attempts in sum: under way `took`, between its attempts `waited`.
 * @typedef {{attempts: number, started: number, waited: number, took: number}} Times
 * @param {Bar[]} bars
 * @param {number} now what is under way counts up to now
 * @returns {Map<string, Times>} by code
 */
export function timesOf(bars, now) {
  /** @type {Map<string, Times>} */
  const all = new Map();
  for (const { code, attempt, start, end } of bars) {
    if (!attempt) continue;
    const own = all.get(code) ?? { attempts: 0, started: start, waited: 0, took: 0 };
    own.attempts += 1;
    own.took += (end ?? now) - start;
    own.waited = (end ?? now) - own.started - own.took;
    all.set(code, own);
  }
  return all;
}

/**
 * The round distance of so many ticks at most, beside the first.
 * @param {number} span
 * @param {number} most
 */
export function stepFor(span, most) {
  let step = STEPS.find((it) => span <= it * most) ?? 360 * MINUTE;
  while (span > step * most) step *= 2;
  return step;
}

/** @param {number} span @param {number} most */
export function ticks(span, most) {
  const step = stepFor(span, most);
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, place) => place * step);
}

/** @param {number} seconds */
function padded(seconds) {
  return String(seconds).padStart(2, "0");
}

/** `0.41 s`, `12.30 s`, `2 min 05 s`. @param {number} ms */
export function duration(ms) {
  if (ms < MINUTE) return said("{seconds} s", { seconds: decimal(ms / 1000, 2) });
  const seconds = Math.round(ms / 1000);
  return said("{minutes} min {seconds} s", { minutes: Math.floor(seconds / 60), seconds: padded(seconds % 60) });
}

/** `0`, `0.5 s`, `20 s`, `2:30 min`. @param {number} ms */
export function tickLabel(ms) {
  if (ms === 0) return "0";
  if (ms < MINUTE) return said("{seconds} s", { seconds: ms / 1000 });
  const seconds = Math.floor(ms / 1000) % 60;
  const minutes = Math.floor(ms / MINUTE);
  return seconds
    ? said("{minutes}:{seconds} min", { minutes, seconds: padded(seconds) })
    : said("{minutes} min", { minutes });
}
