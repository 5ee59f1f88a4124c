// @ts-check
/** Tells when a long job is over: in the tab's title, and by a notification for who asked for one. */

import { announce, word } from "./page.js";
import { read, write } from "./storage.js";
import { doneOf, isOver } from "./wall.js";
import { counted, said } from "./words.js";

/** @import { Job } from "./types" */

const NAME = "notify";
// Who waits for less has not gone away.
const LONG_MS = 10_000;

/** `42 % · 249 flags` while it is under way; null when the page's own title says more. @param {Job} job */
export function titleOf(job) {
  const { total } = job.counters;
  if (isOver(job)) return null;
  const percent = Math.floor((100 * doneOf(job)) / Math.max(total, 1));
  return counted("{percent} % · {count} flag", "{percent} % · {count} flags", total, { percent });
}

/** Whether the end of the job is news: it came just now, after long. @param {Job} before @param {Job} job */
export function isLongDone(before, job) {
  if (isOver(before) || !isOver(job) || !job.started_at || !job.finished_at) return false;
  return Date.parse(job.finished_at) - Date.parse(job.started_at) > LONG_MS;
}

export class Herald {
  /** @type {Job | null} */
  #before = null;
  #isOn = read(NAME) === "on";

  /** @param {HTMLElement} button */
  constructor(button) {
    this.button = button;
    button.addEventListener("click", () => this.#toggle());
  }

  /** @param {Job} job */
  show(job) {
    document.title = titleOf(job) ?? [word(`state.${job.state}`), said("Flags"), "Charfinder"].join(" · ");
    this.button.hidden = isOver(job) || !("Notification" in window);
    this.#press();
    if (this.#before && isLongDone(this.#before, job) && document.hidden) this.#tell(job);
    this.#before = job;
  }

  #press() {
    const isOn = this.#isOn && "Notification" in window && Notification.permission === "granted";
    this.button.setAttribute("aria-pressed", String(isOn));
  }

  async #toggle() {
    const isOn = this.button.getAttribute("aria-pressed") !== "true";
    if (isOn && await Notification.requestPermission() !== "granted") {
      announce(said("The browser does not allow this site to notify you; its site settings do."), { visible: true });
      return;
    }
    this.#isOn = isOn;
    write(NAME, isOn ? "on" : "off");
    this.#press();
  }

  /** @param {Job} job */
  #tell(job) {
    if (!this.#isOn || Notification.permission !== "granted") return;
    const { total, error } = job.counters;
    try {
      new Notification(word(`state.${job.state}`), {
        body: counted(
          "{done} of {count} flag from {source}, {failed} failed.",
          "{done} of {count} flags from {source}, {failed} failed.",
          total,
          { done: doneOf(job), source: word(`source.${job.source}`), failed: error },
        ),
        tag: job.id,
      });
    } catch {
      // Some phones know notifications of service workers only.
    }
  }
}
