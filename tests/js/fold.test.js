// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { fold, fromSnapshot } from "../../static/js/fold.js";

const counters = { total: 2, pending: 2, running: 0, ok: 0, not_found: 0, error: 0, skipped: 0, cancelled: 0 };
const job = {
  id: "j", kind: "flags", source: "builtin", state: "queued", reason: null, counters, bytes: 0,
  created_at: "2026-01-01T00:00:00Z", started_at: null, finished_at: null, seq: 1, run: 1, options: {},
};
const ok = { status: "ok", http_status: 200, bytes: 3000, sha256: "ab", ms: 12, attempt: 1, error: null };
const failure = { code: "http_418", detail: "418 I'm a Teapot" };
const log = [
  ["job.created", { job, codes: [["BR", "Brazil"], ["CN", "China"]] }],
  ["job.started", {}],
  ["item.started", { code: "BR", attempt: 1 }],
  ["item.started", { code: "CN", attempt: 1 }],
  ["item.finished", { code: "BR", ...ok }],
  ["item.retry_scheduled", { code: "CN", attempt: 1, http_status: 418, delay_ms: 100, error: failure }],
  ["item.started", { code: "CN", attempt: 2 }],
  ["item.requeued", { code: "CN", reason: "restart" }],
  ["item.started", { code: "CN", attempt: 3 }],
  ["item.finished", { code: "CN", ...ok, status: "error", bytes: null, sha256: null, error: failure }],
  ["job.finished", { state: "partial", reason: null, counters: { ...counters, pending: 0, ok: 1, error: 1 } }],
].map(([type, data], index) => ({ seq: index + 1, at: `2026-01-01T00:00:${10 + index}Z`, type, data }));

/** @param {number} end */
const upTo = (end) => fold(null, /** @type {any} */ (log.slice(0, end)));

test("the counters always sum to the total", () => {
  for (let end = 1; end <= log.length; end += 1) {
    const { total, ...rest } = upTo(end).job.counters;
    assert.equal(Object.values(rest).reduce((sum, count) => sum + count, 0), total, `after ${end}`);
  }
});

test("a whole log gives the job as the server has it at the end", () => {
  const { job: end, items } = upTo(log.length);
  assert.equal(end.state, "partial");
  assert.equal(end.seq, log.length);
  assert.equal(end.bytes, 3000);
  assert.equal(end.started_at, "2026-01-01T00:00:11Z");
  assert.equal(end.finished_at, "2026-01-01T00:00:20Z");
  assert.deepEqual(end.counters, { ...counters, pending: 0, ok: 1, error: 1 });
  assert.equal(items.get("BR")?.image_url, "/api/v1/flags/BR?sha256=ab");
  assert.equal(items.get("CN")?.image_url, null);
  assert.equal(items.get("CN")?.attempts, 3);
  assert.deepEqual(items.get("CN")?.error, failure);
});

test("events in one go or one by one come to the same", () => {
  const single = log.reduce((view, event) => fold(view, [/** @type {any} */ (event)]), /** @type {any} */ (null));
  assert.deepEqual(single, upTo(log.length));
});

test("an item that waits for a retry is pending", () => {
  assert.equal(upTo(6).items.get("CN")?.status, "pending");
  assert.equal(upTo(6).job.counters.pending, 1);
});

test("nothing that was given is changed", () => {
  const view = upTo(4);
  const before = structuredClone(view);
  fold(view, /** @type {any} */ (log.slice(4)));
  assert.deepEqual(view, before);
});

test("a snapshot goes on with the events after it", () => {
  const { job: half, items } = upTo(5);
  const resumed = fold(fromSnapshot({ job: half, items: [...items.values()] }), /** @type {any} */ (log.slice(5)));
  assert.deepEqual(resumed, upTo(log.length));
});

test("a job can be paused, cancelled and run again", () => {
  const more = [
    ["job.retried", { run: 2 }],
    ["item.requeued", { code: "CN", reason: "retry" }],
    ["job.started", {}],
    ["job.paused", { reason: "disk_full" }],
    ["job.resumed", {}],
    ["job.cancel_requested", {}],
  ].map(([type, data], index) => ({ seq: log.length + index + 1, at: `2026-01-01T00:01:0${index}Z`, type, data }));
  /** @param {number} count */
  const after = (count) => fold(upTo(log.length), /** @type {any} */ (more.slice(0, count)));
  const { job: queued, items } = after(2);
  assert.deepEqual([queued.state, queued.run, queued.started_at, queued.finished_at], ["queued", 2, null, null]);
  assert.deepEqual(queued.counters, { ...counters, pending: 1, ok: 1 });
  assert.deepEqual([items.get("CN")?.status, items.get("CN")?.attempts, items.get("CN")?.error], ["pending", 3, null]);
  const states = [1, 2, 3, 4, 5, 6].map((count) => after(count).job).map(({ state, reason }) => [state, reason]);
  assert.deepEqual(states, [
    ["queued", null], ["queued", null], ["running", null], ["paused", "disk_full"], ["running", null], ["cancelling", null],
  ]);
});

test("a gap is refused", () => {
  assert.throws(() => fold(upTo(3), /** @type {any} */ ([log[4]])), /event 5 cannot follow 3/);
});

test("an event of a type unknown here only moves the seq", () => {
  const view = fold(upTo(4), /** @type {any} */ ([{ seq: 5, at: "", type: "job.praised", data: {} }]));
  assert.deepEqual(view, { ...upTo(4), job: { ...upTo(4).job, seq: 5 } });
});
