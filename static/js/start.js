// @ts-check
/** The form that starts a download: sent without leaving the page, mistakes shown where they are. */

import { announce, need } from "./page.js";
import { remember, recall } from "./remembered.js";
import { said } from "./words.js";

/** @import { FieldError, Job, Problem } from "./types" */

/** An empty field leaves the choice to the server. @param {FormData} form @param {string} name */
function numberOf(form, name) {
  const text = String(form.get(name) ?? "").trim();
  return text ? { [name]: Number(text) } : {};
}

/** @param {FormData} form */
function orderOf(form) {
  const codes = String(form.get("codes") ?? "").split(/[\s,;]+/).filter(Boolean);
  const preset = String(form.get("preset") ?? "");
  return {
    source: String(form.get("source") ?? ""),
    select: codes.length || !preset ? { codes } : { preset },
    existing: String(form.get("existing") ?? "skip"),
    ...numberOf(form, "concurrency"),
    ...numberOf(form, "retries"),
    ...numberOf(form, "timeout_s"),
  };
}

/** @param {string} field @param {string} name */
function concerns(field, name) {
  return field === name || name.startsWith(`${field}.`)
    || field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
}

/** @param {HTMLFormElement} form */
export function sendInPlace(form) {
  recall(form);
  const notice = need('[data-field="problem"]', form);
  const button = /** @type {HTMLButtonElement} */ (need("button", form));
  const places = [...form.querySelectorAll("[data-error]")].filter((it) => it instanceof HTMLElement);

  /** @param {HTMLElement} place @returns {HTMLElement} */
  const control = (place) => need("input, select", place.closest(".field") ?? form);

  /** @param {HTMLElement} place @param {string} text */
  const mark = (place, text) => {
    place.textContent = text;
    place.hidden = !text;
    const input = control(place);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    const told = input.getAttribute("aria-describedby")?.split(" ") ?? [];
    if (!told.includes(place.id)) input.setAttribute("aria-describedby", [...told, place.id].join(" "));
  };

  /** @param {string} text */
  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
    if (text) announce(text);
  };

  const clear = () => {
    say("");
    for (const place of places) mark(place, "");
  };

  /** @param {FieldError[]} errors */
  const point = (errors) => {
    const marked = [];
    for (const { field, detail } of errors) {
      const place = places.find((it) => concerns(field, it.dataset.error ?? ""));
      if (!place) continue;
      mark(place, [place.textContent, detail].filter(Boolean).join(" "));
      marked.push(place);
    }
    for (const place of marked) place.closest("details")?.setAttribute("open", "");
    if (marked[0]) control(marked[0]).focus();
  };

  const send = async () => {
    const response = await fetch("/api/v1/jobs", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(orderOf(new FormData(form))),
    });
    if (response.ok) {
      /** @type {Job} */
      const job = await response.json();
      remember(form);
      location.assign(`/flags/jobs/${encodeURIComponent(job.id)}`);
      return;
    }
    /** @type {Problem} */
    const problem = await response.json();
    say(problem.detail || problem.title);
    point(problem.errors ?? []);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear();
    button.disabled = true;
    try {
      await send();
    } catch {
      say(said("The server did not answer. Nothing was started; try again."));
    } finally {
      button.disabled = false;
      // It lost the focus when it was switched off.
      if (document.activeElement === document.body) button.focus();
    }
  });
}
