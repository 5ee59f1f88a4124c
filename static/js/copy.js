// @ts-check
/** Copies characters in the form that was chosen, and says so. */

import "./menu.js";
import { formatted, joined, known } from "./formats.js";
import { recent } from "./keepsakes.js";
import { announce } from "./page.js";
import { button, subjectAt } from "./shown.js";
import { onChange, read, write } from "./storage.js";
import { counted, said } from "./words.js";

/** @typedef {import("./formats.js").Subject} Subject */

// What the examples of the formats are of.
const EXAMPLE = { id: "U+2192", name: "RIGHTWARDS ARROW", entity: "rarr" };
const LONGEST_SAID = 60;

export function chosenFormat() {
  return known(read("format"));
}

function chosenStyle() {
  return read("style") ?? "";
}

/** What the chosen format is called on this page; "" for the character itself. */
export function formatName() {
  const format = chosenFormat();
  const choice = document.querySelector(`input[name="format"][value="${format}"] + span`);
  return format === "char" ? "" : choice?.textContent ?? format;
}

/** @param {string} text */
export async function toClipboard(text) {
  // Off loopback without TLS there is no clipboard API.
  if (!navigator.clipboard) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Put the text into a field, selected, for the person to copy. @param {string} text */
function offer(text) {
  document.querySelector(".byhand")?.remove();
  const before = document.activeElement;
  const home = document.createElement("div");
  home.className = "byhand card";
  const field = document.createElement("input");
  field.readOnly = true;
  field.value = text;
  field.ariaLabel = said("Text to copy");
  const close = button(said("Close"), "");
  close.className = "button";
  function end() {
    home.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
  close.addEventListener("click", end);
  field.addEventListener("copy", () => {
    // The browser still reads the selection when this is called.
    setTimeout(() => {
      end();
      announce(said("Copied"), { visible: true });
    });
  });
  home.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end();
  });
  home.append(field, close);
  document.querySelector("main")?.append(home);
  field.focus({ preventScroll: true });
  field.select();
  const key = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘C" : "Ctrl+C";
  home.dataset.say = said("Press {key} to copy", { key });
  announce(home.dataset.say);
}

/**
 * Copy a text and say so, or offer it where the clipboard is denied.
 * @param {string} text
 * @param {string} message what to say once it is copied
 * @param {Element | null} [source] the button
 */
export async function copyText(text, message, source = null) {
  if (!await toClipboard(text)) {
    offer(text);
    return;
  }
  announce(message, { visible: true });
  source?.classList.add("copied");
  setTimeout(() => source?.classList.remove("copied"), 1500);
}

/** @param {string} text */
function briefly(text) {
  return text.length > LONGEST_SAID ? `${text.slice(0, LONGEST_SAID)}…` : text;
}

/**
 * Copy the character that an element belongs to.
 * @param {Element} source
 * @param {string} [format] the chosen one, unless it is said
 */
export async function copyAt(source, format = chosenFormat()) {
  const at = subjectAt(source);
  if (!at) return;
  const text = formatted(at.subject, format, chosenStyle());
  const glyph = at.home.querySelector(".glyph")?.textContent ?? "";
  const shown = format === "char" ? glyph : briefly(text);
  recent.addFirst(at.subject);
  const message = said("Copied {text}", { text: `${shown} ${at.subject.name}` });
  await copyText(text, message, at.home.querySelector(".copy"));
}

/** Copy several characters as one text. @param {readonly Subject[]} subjects @param {Element} source */
export async function copyAll(subjects, source) {
  const text = joined(subjects, chosenFormat(), chosenStyle());
  const message = counted("Copied {count} character: {text}", "Copied {count} characters: {text}", subjects.length, {
    text: briefly(text),
  });
  await copyText(text, message, source);
}

/** Let the menu say what is chosen. */
function fillIn() {
  const format = chosenFormat();
  for (const radio of document.querySelectorAll('input[name="format"]')) {
    if (radio instanceof HTMLInputElement) radio.checked = radio.value === format;
  }
  const style = document.querySelector("#style");
  if (style instanceof HTMLSelectElement) {
    style.value = chosenStyle();
    if (style.selectedIndex < 0) style.value = "";
  }
  const chosen = document.querySelector("#format-chosen");
  if (chosen) chosen.textContent = formatName() || said("Character");
  document.dispatchEvent(new Event("format"));
}

for (const example of document.querySelectorAll("[data-example]")) {
  if (example instanceof HTMLElement) {
    example.textContent = formatted(EXAMPLE, known(example.dataset.example ?? null));
  }
}
for (const name of ["format", "style"]) onChange(name, fillIn);
fillIn();
// A page that comes out of the cache was not told what happened meanwhile.
addEventListener("pageshow", fillIn);

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target instanceof HTMLInputElement && target.name === "format") write("format", target.value);
  else if (target instanceof HTMLSelectElement && target.id === "style") write("style", target.value);
  else return;
  fillIn();
});

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey) return;
  const source = event.target.closest(".copy, .tone, .row > .glyph");
  if (!source) return;
  if (!(source instanceof HTMLElement) || source.dataset.text === undefined) {
    void copyAt(source, source.closest(".sheet > div > .actions") ? "char" : chosenFormat());
  } else {
    const { text } = source.dataset;
    void copyText(text, said("Copied {text}", { text }), source);
  }
});
