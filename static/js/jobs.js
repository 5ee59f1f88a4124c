// @ts-check
/** The list of jobs, kept up to date. */

import { fromTemplate, need, word } from "./page.js";
import { doneOf, drawState } from "./wall.js";
import { counted, said } from "./words.js";

/** @import { Job } from "./types" */

/** @param {HTMLElement} line @param {Job} job */
function draw(line, job) {
  const { total, error } = job.counters;
  const link = /** @type {HTMLAnchorElement} */ (need('[data-field="title"]', line));
  link.href = `/flags/jobs/${encodeURIComponent(job.id)}`;
  link.textContent = counted("{count} flag from {source}", "{count} flags from {source}", total, { source: word(`source.${job.source}`) });
  drawState(need('[data-field="state"]', line), job);
  const done = doneOf(job);
  need('[data-field="sum"]', line).textContent = error
    ? said("{done} of {total} done, {failed} failed", { done, total, failed: error })
    : said("{done} of {total} done", { done, total });
  const time = /** @type {HTMLTimeElement} */ (need('[data-field="created"]', line));
  time.dateTime = job.created_at;
  time.textContent = `${job.created_at.slice(0, 16).replace("T", " ")} UTC`;
}

export class JobList {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.list = need('[data-field="jobs"]', root);
  }

  /** @param {string} id @returns {HTMLElement | null} */
  #line(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Newest first, as the server lists them. @param {Job[]} jobs */
  snapshot(jobs) {
    for (const job of [...jobs].reverse()) this.live(job);
  }

  /** @param {Job} job */
  live(job) {
    let line = this.#line(job.id);
    if (!line) {
      line = fromTemplate("jobline");
      line.dataset.id = job.id;
      this.#insert(line, job);
    }
    draw(line, job);
    need('[data-field="no-jobs"]', this.root).hidden = true;
  }

  /** @param {HTMLElement} line @param {Job} job */
  #insert(line, job) {
    const older = [...this.list.children].find((other) => {
      const created = other.querySelector("time")?.dateTime ?? "";
      return created <= job.created_at;
    });
    this.list.insertBefore(line, older ?? null);
  }
}
