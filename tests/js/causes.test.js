// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { causesOf, listed } from "../../static/js/causes.js";
import { isLongDone, titleOf } from "../../static/js/notify.js";
import { inWords, pointsOf } from "../../static/js/sparkline.js";

/** @param {string} code @param {string} status @param {string | null} cause @param {number | null} http_status */
const item = (code, status, cause = null, http_status = null) =>
  /** @type {any} */ ({ code, status, http_status, error: cause && { code: cause, detail: "" } });

test("failures are grouped by cause and status, the most frequent first", () => {
  const causes = causesOf([
    item("CN", "error", "timeout"), item("BR", "error", "http_error", 418), item("DE", "ok"),
    item("AD", "error", "http_error", 418), item("FR", "error", "http_error", 503), item("GB", "pending", "timeout"),
  ]);
  assert.deepEqual(causes, [
    { code: "http_error", status: 418, codes: ["AD", "BR"] },
    { code: "timeout", status: null, codes: ["CN"] },
    { code: "http_error", status: 503, codes: ["FR"] },
  ]);
});

test("a cause names the first of its flags and counts the rest", () => {
  const codes = ["AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO"];
  assert.equal(listed(["AD"]), "1 flag: AD");
  assert.equal(listed(codes), "8 flags: AD, AE, AF, AG, AI, AL, AM, AO");
  assert.equal(listed([...codes, "AQ", "AR"]), "10 flags: AD, AE, AF, AG, AI, AL, AM, AO and 2 more");
});

const counters = { total: 249, pending: 140, running: 4, ok: 100, not_found: 0, error: 5, skipped: 0, cancelled: 0 };
const running = /** @type {any} */ ({ state: "running", counters, started_at: "2026-01-01T00:00:00.000Z", finished_at: null });

test("the title of the tab says how far it is, until it is over", () => {
  assert.equal(titleOf(running), "42 % · 249 flags");
  assert.equal(titleOf({ ...running, state: "partial" }), null);
});

test("the end is told of once, and of long jobs only", () => {
  const long = { ...running, state: "partial", finished_at: "2026-01-01T00:00:10.001Z" };
  assert.equal(isLongDone(running, long), true);
  assert.equal(isLongDone(long, long), false);
  assert.equal(isLongDone(running, { ...long, finished_at: "2026-01-01T00:00:10.000Z" }), false);
});

test("the line of speeds has the newest at the right and the greatest at the top", () => {
  assert.equal(pointsOf([0, 2000, 1000], 59, 12), "57.0,11.0 58.0,1.0 59.0,6.0");
  assert.equal(pointsOf(Array(100).fill(5), 59, 12).split(" ").length, 60);
  assert.equal(inWords([1000, 2500]), "Speed of late: from 1.0 to 2.5 kB/s");
});
