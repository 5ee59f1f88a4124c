// @ts-check
/** The state of a job from its events: what the server does, done again. */

/** @import { Item, Job, JobEvent, JobSnapshot, JobView } from "./types" */

/**
 * @param {string} code
 * @param {string | null} sha256
 */
function imageUrl(code, sha256) {
  return sha256 === null ? null : `/api/v1/flags/${code}?sha256=${sha256}`;
}

/** @param {JobSnapshot} snapshot @returns {JobView} */
export function fromSnapshot({ job, items }) {
  return { job, items: new Map(items.map((item) => [item.code, item])) };
}

/** @param {string} code @param {string} name @returns {Item} */
function freshItem(code, name) {
  return {
    code, name, status: "pending", attempts: 0, http_status: null, bytes: null, sha256: null,
    ms: null, error: null, image_url: null,
  };
}

/** @param {Item} item @param {JobEvent} event @returns {Item} */
function itemAfter(item, event) {
  switch (event.type) {
    case "item.started":
      return { ...item, status: "running", attempts: event.data.attempt };
    case "item.requeued":
      // In a new run it begins anew; what it came to before is in the log alone.
      if (!["pending", "running"].includes(item.status)) return { ...freshItem(item.code, item.name), attempts: item.attempts };
      return { ...item, status: "pending" };
    case "item.retry_scheduled":
      return { ...item, status: "pending", http_status: event.data.http_status, error: event.data.error };
    case "item.finished": {
      const { status, http_status, bytes, sha256, ms, error } = event.data;
      return { ...item, status, http_status, bytes, sha256, ms, error, image_url: imageUrl(item.code, sha256) };
    }
    default:
      return item;
  }
}

/** @param {Job} job @param {JobEvent} event @returns {Job} */
function jobAfter(job, event) {
  switch (event.type) {
    case "job.started":
      return { ...job, state: "running", started_at: event.at };
    case "job.paused":
      return { ...job, state: "paused", reason: event.data.reason };
    case "job.resumed":
      return { ...job, state: job.started_at ? "running" : "queued", reason: null };
    case "job.cancel_requested":
      return { ...job, state: "cancelling", reason: null };
    case "job.retried":
      return { ...job, state: "queued", reason: null, started_at: null, finished_at: null, run: event.data.run };
    case "job.finished": {
      const { state, counters, reason } = event.data;
      return { ...job, state, counters, reason, finished_at: event.at };
    }
    default:
      return job;
  }
}

/** @param {Job} job @param {Item} before @param {Item} after @returns {Job} */
function recounted(job, before, after) {
  const counters = { ...job.counters };
  counters[before.status] -= 1;
  counters[after.status] += 1;
  const gained = after.status === "ok" ? after.bytes ?? 0 : 0;
  return { ...job, counters, bytes: job.bytes + gained };
}

/**
 * The state after the events, which must follow it one by one; of a type unknown here, only the
 * seq is taken over. Nothing that was given is changed.
 * @param {JobView | null} view null before job.created
 * @param {JobEvent[]} events
 * @returns {JobView}
 */
export function fold(view, events) {
  let job = view?.job ?? null;
  const items = new Map(view?.items);
  for (const event of events) {
    if (event.type === "job.created") {
      job = { ...event.data.job, seq: event.seq };
      for (const [code, name] of event.data.codes) items.set(code, freshItem(code, name));
      continue;
    }
    if (!job || event.seq !== job.seq + 1) {
      throw new Error(`event ${event.seq} cannot follow ${job?.seq ?? "nothing"}`);
    }
    const item = "code" in event.data ? items.get(event.data.code) : undefined;
    if (item) {
      const after = itemAfter(item, event);
      items.set(item.code, after);
      job = recounted(job, item, after);
    } else {
      job = jobAfter(job, event);
    }
    job = { ...job, seq: event.seq };
  }
  if (!job) throw new Error("a log begins with job.created");
  return { job, items };
}
