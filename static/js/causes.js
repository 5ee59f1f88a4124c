// @ts-check
/** Failures grouped by what caused them, as causes.py does; drawn while they come. */

import { fromTemplate, keepingFocus, need, word } from "./page.js";
import { counted, said } from "./words.js";

/** @import { Item, JobView } from "./types" */

/** @typedef {{code: string, status: number | null, codes: string[]}} Cause */

const SHOWN_CODES = 8;

/** The causes of the items in error, the most frequent first. @param {Iterable<Item>} items @returns {Cause[]} */
export function causesOf(items) {
  /** @type {Map<string, Cause>} */
  const found = new Map();
  for (const { code, status, http_status, error } of items) {
    if (status !== "error") continue;
    const cause = error?.code ?? "unknown";
    const key = `${cause} ${http_status}`;
    const group = found.get(key) ?? { code: cause, status: http_status, codes: [] };
    group.codes.push(code);
    found.set(key, group);
  }
  const groups = [...found.values()];
  for (const { codes } of groups) codes.sort();
  return groups.sort((one, other) => other.codes.length - one.codes.length
    || ((one.codes[0] ?? "") < (other.codes[0] ?? "") ? -1 : 1));
}

/** `9 flags: AD, AE and 7 more`. @param {string[]} codes */
export function listed(codes) {
  const named = codes.slice(0, SHOWN_CODES).join(", ");
  const more = codes.length - SHOWN_CODES;
  return more > 0
    ? counted("{count} flag: {codes} and {more} more", "{count} flags: {codes} and {more} more", codes.length, { codes: named, more })
    : counted("{count} flag: {codes}", "{count} flags: {codes}", codes.length, { codes: named });
}

export class Causes {
  #drawn = "";

  /** @param {HTMLElement} root @param {string} job @param {(form: HTMLFormElement) => void} onForm */
  constructor(root, job, onForm) {
    this.root = root;
    this.job = job;
    this.onForm = onForm;
    for (const form of root.querySelectorAll("form")) onForm(form);
  }

  /** @param {JobView} view @param {boolean} isOver */
  draw({ items }, isOver) {
    const groups = causesOf(items.values());
    const drawn = JSON.stringify([groups, isOver]);
    if (drawn === this.#drawn) return;
    // The first time it is as the server rendered it, unless something came in between.
    this.#drawn = drawn;
    keepingFocus(this.root, () => {
      this.root.hidden = groups.length === 0;
      need("ul", this.root).replaceChildren(...groups.map((group) => this.#line(group, isOver)));
    }, document.getElementById("job-title"));
  }

  /** @param {Cause} group @param {boolean} isOver */
  #line({ code, status, codes }, isOver) {
    const line = fromTemplate("cause");
    need('[data-field="words"]', line).textContent = status
      ? said("{cause}, HTTP {status}", { cause: word(`cause.${code}`), status })
      : word(`cause.${code}`);
    need('[data-field="codes"]', line).textContent = listed(codes);
    const form = /** @type {HTMLFormElement} */ (need("form", line));
    form.action = `/flags/jobs/${encodeURIComponent(this.job)}/retry`;
    form.hidden = !isOver;
    /** @type {HTMLInputElement} */ (need("input", form)).value = codes.join(" ");
    this.onForm(form);
    return line;
  }
}
