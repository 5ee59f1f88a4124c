// @ts-check
/** The lab's picture, drawn anew by the server for as long as something happens. */

import { Badge } from "./badge.js";
import { announce, need, nodesOf } from "./page.js";
import { Events } from "./socket.js";
import { said } from "./words.js";

/** @import { Job } from "./types" */

const EVERY_MS = 1000;
const SOON_MS = 250;

/**
 * Let one node be like another, without replacing what somebody may have the focus in.
 * @param {Node} node
 * @param {Node} model
 */
function renew(node, model) {
  if (node.isEqualNode(model)) return;
  const isAlike = node instanceof Element && model instanceof Element
    && node.tagName === model.tagName && node.childNodes.length === model.childNodes.length;
  if (!isAlike) {
    node.parentNode?.replaceChild(model, node);
    return;
  }
  for (const { name, value } of model.attributes) node.setAttribute(name, value);
  const parts = [...model.childNodes];
  [...node.childNodes].forEach((child, place) => renew(child, /** @type {Node} */ (parts[place])));
}

/** @param {HTMLElement} chart */
function follow(chart) {
  const ids = new Set([...chart.querySelectorAll("[data-job]")].map((it) => it.getAttribute("data-job")));
  const address = `/flags/lab/chart?jobs=${[...ids].join(",")}`;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let due = Infinity;
  let isAsking = false;

  const isActive = () => chart.dataset.active === "true";

  const draw = async () => {
    due = Infinity;
    isAsking = true;
    try {
      const answer = await fetch(address);
      if (!answer.ok) return;
      const fresh = nodesOf(await answer.text()).find((node) => node instanceof HTMLElement);
      const wasActive = isActive();
      if (fresh) renew(chart, fresh);
      if (wasActive && !isActive()) {
        announce(said("All are done."), { visible: true });
        document.querySelector("form.acts")?.remove();
      }
    } catch {
      // The badge says that the server is away; the next try comes by itself.
    } finally {
      isAsking = false;
      if (isActive()) later(EVERY_MS);
    }
  };

  /** @param {number} wait */
  const later = (wait) => {
    // Never put off what is due sooner: something may happen all the time.
    if (isAsking || Date.now() + wait >= due) return;
    due = Date.now() + wait;
    clearTimeout(timer);
    timer = setTimeout(draw, wait);
  };

  const badge = new Badge(need("#live"), () => events.now());
  const events = new Events((link) => badge.show(link));
  events.subscribe({
    topic: "jobs",
    after: null,
    snapshot: () => later(0),
    events() {},
    live: (job) => { if (ids.has(/** @type {Job} */ (job).id)) later(SOON_MS); },
    problem: ({ title }) => announce(title, { visible: true }),
  });
}

const chart = document.getElementById("chart");
if (chart) follow(chart);
