// @ts-check
/** The pages of flag downloads, live. */

import { Badge } from "./badge.js";
import { fold, fromSnapshot } from "./fold.js";
import { keepMending, mend } from "./images.js";
import { JobPage } from "./job.js";
import { JobList } from "./jobs.js";
import { announce, need } from "./page.js";
import { Events } from "./socket.js";
import { sendInPlace } from "./start.js";
import { Wall } from "./wall.js";
import { said } from "./words.js";

/** @import { Job, JobEvent, JobSnapshot, JobsSnapshot, JobView, Problem } from "./types" */

const badge = new Badge(need("#live"), () => events.now());
const events = new Events((link) => {
  badge.show(link);
  if (link.state === "live") mend(document);
});

/** @param {HTMLElement} card */
function followJob(card) {
  const wall = new Wall(card);
  keepMending(card);
  const id = card.dataset.job ?? "";
  const page = card.querySelector('[data-field="timeline"]')
    ? new JobPage(card, wall, (form) => actInPlace(form, id))
    : null;
  /** @param {JobView} now @param {JobEvent[]} fresh */
  const show = (now, fresh) => {
    if (page) page.show(now, fresh);
    else wall.show(now);
  };
  /** @type {JobView | null} */
  let view = null;
  events.subscribe({
    topic: `job:${card.dataset.job}`,
    after: null,
    snapshot(state) {
      view = fromSnapshot(/** @type {JobSnapshot} */ (state));
      show(view, []);
    },
    events(fresh) {
      view = fold(view, fresh);
      show(view, fresh);
    },
    live: (data) => wall.live(data),
    problem: ({ title }) => announce(title, { visible: true }),
  });
  for (const form of card.querySelectorAll("form[data-action]")) {
    if (form instanceof HTMLFormElement) actInPlace(form, id);
  }
}

/** What a form asks for beyond its action: the items to be retried. @param {HTMLFormElement} form */
function wishOf(form) {
  const codes = String(new FormData(form).get("codes") ?? "").split(" ").filter(Boolean);
  if (!codes.length) return {};
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ codes }) };
}

/** @param {HTMLFormElement} form @param {string} id */
function actInPlace(form, id) {
  const action = form.dataset.action ?? "retry";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (action === "delete" && !confirm(said("Delete this job? Its images stay."))) return;
    const job = `/api/v1/jobs/${encodeURIComponent(id)}`;
    try {
      const response = action === "delete"
        ? await fetch(job, { method: "DELETE" })
        : await fetch(`${job}/${action}`, { method: "POST", ...wishOf(form) });
      if (response.ok && action === "delete") location.assign("/flags");
      if (response.ok) return;
      /** @type {Problem} */
      const problem = await response.json();
      announce(problem.detail || problem.title, { visible: true });
    } catch {
      announce(said("The server did not answer; try again."), { visible: true });
    }
  });
}

/** @param {HTMLElement} root */
function followJobs(root) {
  const list = new JobList(root);
  events.subscribe({
    topic: "jobs",
    after: null,
    snapshot: (state) => list.snapshot(/** @type {JobsSnapshot} */ (state).items),
    events() {},
    live: (job) => list.live(/** @type {Job} */ (job)),
    problem: ({ title }) => announce(title, { visible: true }),
  });
}

const card = document.getElementById("job");
if (card) followJob(card);
const earlier = document.getElementById("earlier");
if (earlier) followJobs(earlier);
const form = document.getElementById("start");
if (form instanceof HTMLFormElement) sendInPlace(form);
