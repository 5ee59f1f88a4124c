// @ts-check
/** Remembers where one was in a list, for each entry of the history. */

/**
 * @typedef {object} Place
 * @property {number} pages how many pages of rows were there
 * @property {string} row id of the topmost row in view
 * @property {number} top where that row stood in the window, in CSS pixels
 * @property {string} focus id of the row that had the focus, or ""
 */

/** The key of the present history entry; entries get one when they are first seen. */
export function entryKey() {
  const key = history.state?.key;
  if (typeof key === "string") return key;
  const fresh = newKey();
  history.replaceState({ key: fresh }, "");
  return fresh;
}

export function newKey() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}

/** @param {HTMLElement} root @returns {HTMLElement | null} */
function topmostRow(root) {
  const edge = document.querySelector(".search")?.getBoundingClientRect().bottom ?? 0;
  const left = root.getBoundingClientRect().left + 100;
  // A few pixels down: the border between two rows belongs to neither.
  for (const y of [edge + 12, edge + 40]) {
    const row = document.elementFromPoint(left, y)?.closest(".row");
    if (row instanceof HTMLElement) return row;
  }
  return null;
}

/** @param {HTMLElement} root @param {string} key @param {number} pages */
export function savePlace(root, key, pages) {
  const row = topmostRow(root);
  const focus = document.activeElement?.closest(".row");
  /** @type {Place} */
  const place = {
    pages,
    row: scrollY > 0 ? row?.dataset.id ?? "" : "",
    top: row?.getBoundingClientRect().top ?? 0,
    focus: focus instanceof HTMLElement ? focus.dataset.id ?? "" : "",
  };
  try {
    sessionStorage.setItem(`place:${key}`, JSON.stringify(place));
  } catch {
    // Storage may be full or forbidden: then one comes back to the top.
  }
}

/** @param {string} key @returns {Place | null} */
export function savedPlace(key) {
  try {
    return JSON.parse(sessionStorage.getItem(`place:${key}`) ?? "null");
  } catch {
    return null;
  }
}

/** @param {HTMLElement} root @param {string} id @returns {HTMLElement | null} */
function rowOf(root, id) {
  return id ? root.querySelector(`.row[data-id="${CSS.escape(id)}"]`) : null;
}

/**
 * Scroll so that the row stands where it stood.
 * @param {HTMLElement} root
 * @param {Place} place
 */
export async function goTo(root, place) {
  rowOf(root, place.focus)?.querySelector("a")?.focus({ preventScroll: true });
  const row = rowOf(root, place.row);
  if (!row) return;
  // Pages out of view have an estimated height until they are drawn, so one jump does not suffice.
  for (let frame = 0; frame < 8; frame += 1) {
    const distance = row.getBoundingClientRect().top - place.top;
    if (frame > 2 && Math.abs(distance) < 1) return;
    scrollBy({ top: distance, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
}
