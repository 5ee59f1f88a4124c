// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { fold } from "../../static/js/fold.js";
import { asOf, Replay } from "../../static/js/replay.js";

const TOTAL = 300;
const codes = Array.from({ length: TOTAL }, (_, place) => [`C${place}`, `Country ${place}`]);
const counters = { total: TOTAL, pending: TOTAL, running: 0, ok: 0, not_found: 0, error: 0, skipped: 0, cancelled: 0 };
const job = {
  id: "j", kind: "flags", source: "builtin", state: "queued", reason: null, counters, bytes: 0,
  created_at: "2026-01-01T00:00:00Z", started_at: null, finished_at: null, seq: 1, run: 1, options: {},
};

/** A log of so many attempts, over two runs. @param {number} rounds */
function longLog(rounds) {
  /** @type {[string, object][]} */
  const log = [["job.created", { job, codes }], ["job.started", {}]];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [code] of codes) {
      log.push(["item.started", { code, attempt: round }]);
      log.push(["item.retry_scheduled", { code, attempt: round, http_status: 503, error: { code: "http_error", detail: "" } }]);
    }
  }
  const rest = { ...counters, pending: 0, cancelled: TOTAL };
  for (const [code] of codes) log.push(["item.finished", { code, status: "cancelled", http_status: null, bytes: null, sha256: null, ms: null, attempt: rounds, error: null }]);
  log.push(["job.finished", { state: "cancelled", counters: rest, reason: null }], ["job.retried", { run: 2 }]);
  for (const [code] of codes) log.push(["item.requeued", { code, reason: "retry" }]);
  log.push(["job.started", {}]);
  return /** @type {any[]} */ (log.map(([type, data], place) => (
    { seq: place + 1, at: new Date(Date.parse("2026-01-01T00:00:00Z") + place * 10).toISOString(), type, data })));
}

test("any moment is what the whole log up to it comes to", () => {
  const log = longLog(3);
  const replay = new Replay();
  replay.append(log);
  for (const length of [1, 2, 249, 250, 251, 1999, 700, 699, 701, 500, log.length, 1]) {
    assert.deepEqual(replay.at(length), fold(null, log.slice(0, length)), `after ${length}`);
  }
});

test("a log taken over page by page is the same, whatever comes twice or too early", () => {
  const log = longLog(1);
  const whole = new Replay();
  whole.append(log);
  const paged = new Replay();
  paged.append(log.slice(100));
  assert.equal(paged.length, 0);
  for (let place = 0; place < log.length; place += 70) paged.append(log.slice(Math.max(0, place - 30), place + 70));
  assert.deepEqual(paged.events, whole.events);
  assert.deepEqual(paged.at(log.length), whole.at(log.length));
});

test("no page and no moment of ten thousand events takes long", () => {
  const log = longLog(16);
  assert.ok(log.length > 10_000);
  const replay = new Replay();
  let slowest = 0;
  // Time of this process, not of the clock: the machine may do other things as well.
  /** @param {() => void} act */
  const measure = (act) => {
    const before = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1000);
  };
  for (let place = 0; place < log.length; place += 2000) measure(() => replay.append(log.slice(place, place + 2000)));
  for (let length = log.length; length > 0; length -= 997) measure(() => replay.at(length));
  assert.ok(slowest < 100, `${slowest} ms`);
});

test("a moment belongs to its run", () => {
  const log = longLog(1);
  const replay = new Replay();
  replay.append(log);
  const retried = log.findIndex(({ type }) => type === "job.retried");
  assert.deepEqual([replay.run(1).start, replay.run(retried).start, replay.run(retried + 1).start], [0, 0, retried]);
  assert.equal(replay.run(5).events.length, retried);
  assert.equal(replay.run(log.length).events[0]?.type, "job.retried");
});

test("playing takes the time that it took, but for long lulls", () => {
  const replay = new Replay();
  const log = longLog(1).slice(0, 4);
  log[3].at = "2026-01-01T09:00:00.000Z";
  replay.append(log);
  assert.deepEqual(replay.after(1, 9), { length: 1, spent: 9 });
  assert.deepEqual(replay.after(1, 25), { length: 3, spent: 5 });
  assert.deepEqual(replay.after(3, 1999), { length: 3, spent: 1999 });
  assert.deepEqual(replay.after(3, 2500), { length: 4, spent: 500 });
});

test("a moment says when, and where in the log", () => {
  const moment = new Date(2026, 0, 1, 12, 3, 41, 250).getTime();
  assert.equal(asOf(moment, 212, 1560), "as of 12:03:41.2, event 212 of 1,560");
});
