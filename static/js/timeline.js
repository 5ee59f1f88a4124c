// @ts-check
/** Draws the attempts of a run as bars over time, and their times as a table. */

import { begins, duration, Lanes, stepFor, tickLabel, ticks, timesOf } from "./lanes.js";
import { need, word } from "./page.js";
import { counted, grouped, region, said } from "./words.js";

/** @import { Bar } from "./lanes.js" */
/** @import { Item, JobEvent, JobView } from "./types" */

const SVG = "http://www.w3.org/2000/svg";
const LEAST_BAR_PX = 2;
const GAP_PX = 1;
const LEAST_TICK_PX = 84;
const LABEL_PX = 68;
const LEAST_SPAN_MS = 100;
// Room for the last tick's words.
const MARGIN_PX = 12;
// More in one frame would be felt.
const NEW_BARS_A_FRAME = 600;
const TABLE_EVERY_MS = 500;
// Running bars grow in steps that an eye takes for steady.
const GROW_EVERY_MS = 200;

/** How many pixels a lane is high, among so many. @param {number} count */
export function laneHeight(count) {
  if (count <= 16) return 14;
  return count <= 48 ? 9 : 5;
}

/** What came of an attempt, and after what time. @type {Record<string, (time: string) => string>} */
const RESULTS = {
  ok: (time) => said("saved after {time}", { time }),
  running: (time) => said("fetching after {time}", { time }),
  retried: (time) => said("tried again after {time}", { time }),
  error: (time) => said("failed after {time}", { time }),
  not_found: (time) => said("not found after {time}", { time }),
  cancelled: (time) => said("cancelled after {time}", { time }),
  requeued: (time) => said("put back after {time}", { time }),
};

/** What a bar says. @param {Bar} bar @param {string} name @param {number} now */
export function saying(bar, name, now) {
  const { code, attempt, status } = bar;
  if (!attempt) return counted("{count} flag kept without a request", "{count} flags kept without a request", bar.count);
  const country = name && name !== code ? `${code} ${region(code, name)}` : code;
  const took = duration((bar.end ?? now) - bar.start);
  const result = RESULTS[bar.outcome]?.(took) ?? took;
  return status
    ? said("{country}, attempt {attempt}: {result}, HTTP {status}", { country, attempt, result, status })
    : said("{country}, attempt {attempt}: {result}", { country, attempt, result });
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 */
function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {HTMLElement} root @param {string} selector @returns {SVGSVGElement} */
function picture(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof SVGSVGElement)) throw new Error(`the page has no ${selector}`);
  return found;
}

export class Timeline {
  #lanes = new Lanes();
  /** @type {{bar: SVGRectElement, title: SVGTitleElement}[]} */
  #bars = [];
  /** @type {Set<number>} */
  #changed = new Set();
  /** What the picture was drawn for. */
  #scale = { width: 0, span: 0, lane: 0 };
  #scheduled = false;
  #isRunning = false;
  /** When the newest event came, by the page's clock. */
  #heard = 0;
  #tableAt = 0;
  /** @type {ReadonlyMap<string, Item>} */
  #items = new Map();
  /** @type {number | null} */
  #cursorAt = null;
  #cursor = drawn("line", { class: "cursor", y1: 0 });
  /** @type {Map<string, HTMLTableRowElement>} */
  #rows = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.axis = picture(root, ".axis");
    this.plot = picture(root, ".bars");
    this.run = need('[data-field="run"]', root);
    this.table = /** @type {HTMLDetailsElement} */ (need('[data-field="as-table"]', root));
    for (const row of this.table.querySelectorAll("tr")) if (row.dataset.row) this.#rows.set(row.dataset.row, row);
    new ResizeObserver(() => this.#schedule()).observe(need('[data-field="lanes"]', root));
    this.table.addEventListener("toggle", () => this.#schedule());
    document.addEventListener("visibilitychange", () => this.#schedule());
    setInterval(() => { if (this.#isRunning) this.#schedule(); }, GROW_EVERY_MS);
  }

  /** Go on with what happened next. @param {JobEvent[]} events */
  add(events) {
    for (const event of events) {
      if (begins(event)) this.#begin(event.type === "job.retried" ? event.data.run : 1);
      const place = this.#lanes.take(event);
      if (place >= 0) this.#changed.add(place);
    }
    this.#heard = performance.now();
    this.#schedule();
  }

  /** @param {JobView} view what the table says of the items, and whether time goes on */
  show({ job, items }) {
    this.#items = items;
    this.#isRunning = ["running", "cancelling"].includes(job.state);
    this.#schedule();
  }

  /** Mark a moment, in ms since 1970; null for none. @param {number | null} moment */
  mark(moment) {
    this.#cursorAt = moment;
    this.#schedule();
  }

  /** @param {number} run */
  #begin(run) {
    this.run.hidden = run < 2;
    this.run.textContent = said("Run {run}: what was tried again, without the runs before.", { run });
    this.#lanes = new Lanes();
    this.#bars = [];
    this.#changed.clear();
    this.#scale = { width: 0, span: 0, lane: 0 };
    this.plot.replaceChildren();
  }

  #schedule() {
    // What came while nobody looked is drawn at once when somebody does.
    if (this.#scheduled || document.hidden) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  /** The present in ms since the run began: its clock is the server's. */
  #now() {
    const { span } = this.#lanes;
    return this.#isRunning && this.#bars.length ? span + performance.now() - this.#heard : span;
  }

  #draw() {
    // Until the log is here the picture stays as the server rendered it.
    if (this.#lanes.bars.length === 0) return;
    if (this.#bars.length === 0) this.plot.replaceChildren(this.#cursor);
    const now = this.#now();
    this.#rescale(now);
    const { bars } = this.#lanes;
    const end = Math.min(bars.length, this.#bars.length + NEW_BARS_A_FRAME);
    while (this.#bars.length < end) this.#create();
    for (const place of this.#lanes.open) this.#changed.add(place);
    for (const place of this.#changed) if (place < end) this.#place(place, now);
    this.#changed.clear();
    this.#drawCursor();
    this.#drawKey();
    this.#drawTable(now);
    if (end < bars.length) this.#schedule();
  }

  /** Take over another width or a longer time: then every bar moves. @param {number} now */
  #rescale(now) {
    const width = Math.max(1, this.plot.clientWidth || this.plot.getBoundingClientRect().width);
    const most = Math.max(2, Math.floor(width / LEAST_TICK_PX));
    const long = Math.max(LEAST_SPAN_MS, now);
    // In steps while it grows, so that a frame moves the running bars only.
    const step = stepFor(long, most);
    const span = this.#isRunning ? Math.ceil((long + 1) / step) * step : long;
    const lane = laneHeight(this.#lanes.count);
    const { width: oldWidth, span: oldSpan, lane: oldLane } = this.#scale;
    this.plot.setAttribute("height", String(Math.max(14, lane * this.#lanes.count)));
    if (width === oldWidth && span === oldSpan && lane === oldLane) return;
    this.#scale = { width, span, lane };
    for (const place of this.#bars.keys()) this.#changed.add(place);
    this.#drawAxis(ticks(span, most), width);
    for (const line of this.plot.querySelectorAll(".tick")) line.remove();
    this.plot.prepend(...ticks(span, most).map((ms) =>
      drawn("line", { class: "tick", x1: this.#x(ms), x2: this.#x(ms), y1: 0, y2: "100%" })));
  }

  /** @param {number[]} moments @param {number} width */
  #drawAxis(moments, width) {
    const labels = [];
    for (const ms of moments) {
      const x = this.#x(ms);
      // At the end there may be room for words before the tick, not behind it.
      const isCut = x > width - LABEL_PX;
      if (isCut && this.#x(moments[1] ?? 0) < 2 * LABEL_PX) continue;
      const label = drawn("text", { x, y: 15, ...(isCut ? { "text-anchor": "end" } : {}) });
      label.textContent = tickLabel(ms);
      labels.push(label);
    }
    this.axis.replaceChildren(...labels);
  }

  /** @param {number} ms */
  #x(ms) {
    return Math.round((10 * ms * (this.#scale.width - MARGIN_PX)) / this.#scale.span) / 10;
  }

  #create() {
    const bar = drawn("rect", { class: "attempt", role: "img" });
    const title = drawn("title", {});
    bar.append(title);
    this.plot.insertBefore(bar, this.#cursor);
    this.#changed.add(this.#bars.push({ bar, title }) - 1);
  }

  /** @param {number} place @param {number} now */
  #place(place, now) {
    const it = this.#lanes.bars[place];
    const made = this.#bars[place];
    if (!it || !made) return;
    const { lane } = this.#scale;
    const start = this.#x(it.start);
    const { bar, title } = made;
    bar.setAttribute("x", String(start));
    bar.setAttribute("y", String(it.lane * lane));
    bar.setAttribute("width", String(Math.max(LEAST_BAR_PX, this.#x(it.end ?? now) - start - GAP_PX)));
    bar.setAttribute("height", String(lane - 1));
    bar.setAttribute("fill", `url(#fill-${it.outcome})`);
    // Of what is under way, only what it is: how long, one sees.
    const text = saying(it, this.#items.get(it.code)?.name ?? "", it.end === null ? it.start : now);
    if (title.textContent !== text) title.textContent = text;
  }

  #drawCursor() {
    const { began } = this.#lanes;
    const isShown = this.#cursorAt !== null && began !== null;
    this.#cursor.toggleAttribute("hidden", !isShown);
    if (this.#cursorAt === null || began === null) return;
    const x = String(this.#x(Math.min(this.#lanes.span, Math.max(0, this.#cursorAt - began))));
    this.#cursor.setAttribute("x1", x);
    this.#cursor.setAttribute("x2", x);
    this.#cursor.setAttribute("y2", "100%");
  }

  #drawKey() {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const { outcome, count } of this.#lanes.bars) counts[outcome] = (counts[outcome] ?? 0) + count;
    for (const line of this.root.querySelectorAll("[data-key]")) {
      if (!(line instanceof HTMLElement)) continue;
      const count = counts[line.dataset.key ?? ""] ?? 0;
      line.hidden = count === 0;
      const figure = need("b", line);
      if (figure.textContent !== grouped(count)) figure.textContent = grouped(count);
    }
    this.root.querySelector('[data-field="bars-note"]')?.remove();
  }

  /** @param {number} now */
  #drawTable(now) {
    if (!this.table.open || (this.#isRunning && performance.now() - this.#tableAt < TABLE_EVERY_MS)) return;
    this.#tableAt = performance.now();
    const times = timesOf(this.#lanes.bars, now);
    for (const item of this.#items.values()) {
      const row = this.#rows.get(item.code);
      if (!row) continue;
      const own = times.get(item.code);
      const texts = own
        ? [grouped(own.attempts), `+${duration(own.started)}`, duration(own.waited), duration(own.took)]
        : [grouped(0), "–", "–", "–"];
      const all = [...texts, item.bytes === null ? "–" : grouped(item.bytes), word(`status.${item.status}`)];
      // Behind the code and the name.
      all.forEach((text, place) => {
        const cell = row.cells[place + 2];
        if (cell && cell.textContent !== text) cell.textContent = text;
      });
    }
  }
}
