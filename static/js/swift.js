// @ts-check
/** Lays rows out a few at a time: two hundred at once would keep the next key waiting. */

import { onNewRows } from "./shown.js";

const AT_ONCE = 10;
const PATIENCE_MS = 1000;

/** @type {(work: () => void) => void} */
const whenIdle = "requestIdleCallback" in globalThis
  ? (work) => requestIdleCallback(work, { timeout: PATIENCE_MS })
  : (work) => setTimeout(work, PATIENCE_MS / AT_ONCE);

/** Lay out some more of the page, and so on until all of it is there. @param {Element} page */
function layOut(page) {
  const rows = [...page.querySelectorAll(".row:not(.laid)")].slice(0, AT_ONCE);
  if (!page.isConnected || !rows.length) return;
  for (const row of rows) row.classList.add("laid");
  whenIdle(() => layOut(page));
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    whenIdle(() => layOut(target));
  }
});

/** From now on rows that come are laid out when they are in view, and the others of their page when there is time. */
export function layOutSwiftly() {
  const first = new WeakSet(document.querySelectorAll(".page"));
  onNewRows((page) => {
    // What the server sent is laid out as it is.
    if (first.has(page)) return;
    page.classList.add("swift");
    seen.observe(page);
  });
}
