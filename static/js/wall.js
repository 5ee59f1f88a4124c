// @ts-check
/** Draws one job: its figures, its failures and its wall of flags. */

import { duration } from "./lanes.js";
import { announce, fromTemplate, keepingFocus, need, word } from "./page.js";
import { inWords, MOST_POINTS, pointsOf } from "./sparkline.js";
import { decimal, grouped, region, said } from "./words.js";

/** @import { Item, ItemStatus, Job, JobView } from "./types" */

const REGIONAL_INDICATOR_A = 0x1f1e6;

/** @param {string} code */
function flagSequence(code) {
  const letters = [...code].map((letter) => letter.charCodeAt(0) - 65 + REGIONAL_INDICATOR_A);
  return `U+${letters.map((point) => point.toString(16).toUpperCase()).join("-")}`;
}

/** @param {Job} job */
export function doneOf({ counters }) {
  return counters.total - counters.pending - counters.running;
}

/** @param {Job} job */
export function isOver({ state }) {
  return ["succeeded", "partial", "failed", "cancelled"].includes(state);
}

/** @param {HTMLFormElement} form @param {Job} job */
function isPossible(form, { state, counters }) {
  const when = (form.dataset.when ?? "").split(" ");
  const isNeedless = form.dataset.action === "retry" && counters.error + counters.cancelled === 0;
  return when.includes(state) && !isNeedless;
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} badge @param {Job} job */
export function drawState(badge, job) {
  badge.dataset.state = job.state;
  write(badge, word(`state.${job.state}`));
}

/** @param {HTMLElement} tile @param {Item} item */
function drawTile(tile, item) {
  tile.dataset.status = item.status;
  write(need(".state", tile), word(`status.${item.status}`));
  const flag = need(".flag", tile);
  const image = flag.querySelector("img");
  if (!item.image_url) {
    image?.remove();
  } else if (image?.getAttribute("src") !== item.image_url) {
    flag.replaceChildren(drawFlag(item, item.image_url));
  }
}

/** What is no country has its code for a name. @param {Item} item */
function countryOf({ code, name }) {
  return name === code ? name : region(code, name);
}

/** @param {Item} item @param {string} source */
function drawFlag(item, source) {
  const image = document.createElement("img");
  image.width = 320;
  image.height = 240;
  image.decoding = "async";
  image.alt = said("Flag of {country}", { country: countryOf(item) || item.code });
  image.src = source;
  return image;
}

/**
 * The failure before which that of this country belongs; null at the end.
 * @param {HTMLElement} list in the order of the codes
 * @param {string} code
 */
function firstAfter(list, code) {
  const lines = [...list.querySelectorAll("li")];
  return lines.find((line) => (line.dataset.failure ?? "") > code) ?? null;
}

/** @param {Item} item */
function newTile(item) {
  const tile = fromTemplate("tile");
  tile.dataset.code = item.code;
  need(".cc", tile).textContent = item.code;
  const country = need(".country", tile);
  if (item.name && item.name !== item.code) {
    const link = document.createElement("a");
    link.href = `/characters/${flagSequence(item.code)}`;
    link.textContent = countryOf(item);
    country.append(link);
  } else {
    country.textContent = said("No such country");
  }
  return tile;
}

/** The card of one job. */
export class Wall {
  /** @type {JobView | null} */
  #view = null;
  /** @type {JobView | null} */
  #drawn = null;
  #isPast = false;
  #wasPast = false;
  /** @type {number[]} */
  #rates = [];
  #scheduled = false;
  #quarter = 0;
  /** @type {Map<string, HTMLElement>} */
  #tiles = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    for (const tile of root.querySelectorAll(".tile")) {
      if (tile instanceof HTMLElement) this.#tiles.set(tile.dataset.code ?? "", tile);
    }
  }

  /**
   * Draw this with the next frame; what comes between two frames is drawn once.
   * @param {JobView} view
   * @param {{isPast?: boolean}} [options] isPast: as it was once; there is nothing to be done or told
   */
  show(view, { isPast = false } = {}) {
    this.#view = view;
    this.#isPast = isPast;
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => this.#draw());
  }

  /** @param {string} name */
  #field(name) {
    return need(`[data-field="${name}"]`, this.root);
  }

  #draw() {
    this.#scheduled = false;
    if (!this.#view) return;
    const { job, items } = this.#view;
    const before = this.#drawn;
    const isNews = !this.#isPast && !this.#wasPast;
    this.#drawn = this.#view;
    this.#wasPast = this.#isPast;
    this.#drawJob(job);
    for (const item of items.values()) {
      if (before?.items.get(item.code) === item) continue;
      this.#drawItem(item);
    }
    if (before && isNews) this.#tell(before.job, job);
  }

  /** @param {Job} job */
  #drawJob(job) {
    this.root.dataset.seq = String(job.seq);
    drawState(this.#field("state"), job);
    const done = doneOf(job);
    write(this.#field("done"), grouped(done));
    write(this.#field("bytes"), said("{size} kB", { size: decimal(job.bytes / 1000, 1) }));
    this.#drawTaken(job);
    const progress = /** @type {HTMLProgressElement} */ (this.#field("progress"));
    progress.value = done;
    for (const cell of this.root.querySelectorAll("[data-count]")) {
      if (!(cell instanceof HTMLElement)) continue;
      write(cell, grouped(job.counters[/** @type {ItemStatus} */ (cell.dataset.count)]));
    }
    const reason = this.#field("reason");
    write(reason, job.reason ? word(`reason.${job.reason}`) : "");
    reason.hidden = !job.reason;
    if (this.#isPast) return;
    for (const cell of this.root.querySelectorAll("[data-live]")) cell.toggleAttribute("hidden", isOver(job));
    this.root.dataset.state = job.state;
    keepingFocus(this.root, () => {
      for (const form of this.root.querySelectorAll("form[data-action]")) {
        if (form instanceof HTMLFormElement) form.hidden = !isPossible(form, job);
      }
    }, this.root.querySelector("#job-title"));
  }

  /** @param {Job} job */
  #drawTaken({ run, started_at: started, finished_at: finished }) {
    const taken = this.#field("taken");
    taken.hidden = !started || !finished;
    if (!started || !finished) return;
    const time = duration(Math.max(0, Date.parse(finished) - Date.parse(started)));
    write(need("dd", taken), run > 1 ? said("{time} in run {run}", { time, run }) : time);
  }

  /** @param {Item} item */
  #drawItem(item) {
    let tile = this.#tiles.get(item.code);
    if (!tile) {
      tile = newTile(item);
      this.#tiles.set(item.code, tile);
      this.#field("wall").append(tile);
    }
    drawTile(tile, item);
    this.#drawFailure(item);
  }

  /** @param {Item} item */
  #drawFailure(item) {
    const box = this.#field("failures");
    const list = need("ul", box);
    const known = list.querySelector(`[data-failure="${CSS.escape(item.code)}"]`);
    if (item.status !== "error") {
      known?.remove();
    } else if (!known) {
      const line = document.createElement("li");
      line.dataset.failure = item.code;
      const code = document.createElement("strong");
      code.textContent = item.code;
      const name = item.name === item.code ? "" : ` ${countryOf(item)}`;
      const reason = item.error?.detail ?? said("no reason given");
      line.append(code, `${name}: ${reason}`);
      list.insertBefore(line, firstAfter(list, item.code));
    }
    write(need('[data-field="failed"]', box), grouped(list.children.length));
    box.hidden = list.children.length === 0;
  }

  /** @param {Job} before @param {Job} job */
  #tell(before, job) {
    const { total, error } = job.counters;
    const quarter = Math.floor((4 * doneOf(job)) / Math.max(total, 1));
    if (isOver(job) && !isOver(before)) {
      const text = said("{state}: {done} of {total}, {failed} failed.", {
        state: word(`state.${job.state}`), done: doneOf(job), total, failed: error,
      });
      announce(text, { visible: true });
    } else if (error > 0 && before.counters.error === 0) {
      announce(said("A first flag has failed; the rest goes on."));
    } else if (quarter > this.#quarter && quarter < 4) {
      announce(said("{percent} % done.", { percent: quarter * 25 }));
    }
    this.#quarter = quarter;
  }

  /** What has no seq: bytes and seconds of late. @param {unknown} data */
  live(data) {
    const { rate, eta } = /** @type {{rate?: number | null, eta?: number | null}} */ (data);
    if (typeof rate === "number") this.#drawSpark(rate);
    this.#drawLive("rate", typeof rate === "number" ? said("{rate} kB/s", { rate: decimal(rate / 1000, 1) }) : "–");
    this.#drawLive("eta", typeof eta === "number" ? said("≈ {seconds} s", { seconds: Math.ceil(eta) }) : "–");
  }

  /** @param {number} rate */
  #drawSpark(rate) {
    const spark = this.root.querySelector(".spark");
    if (!spark || (this.#view && isOver(this.#view.job))) return;
    this.#rates = [...this.#rates, rate].slice(-MOST_POINTS);
    spark.querySelector("polyline")?.setAttribute("points", pointsOf(this.#rates, 90, 16));
    const title = spark.querySelector("title");
    if (title) title.textContent = inWords(this.#rates);
  }

  /** @param {string} name @param {string} text */
  #drawLive(name, text) {
    write(need(`[data-live="${name}"] dd`, this.root), text);
  }
}
