// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { duration, Lanes, lanesOf, tickLabel, ticks, timesOf } from "../../static/js/lanes.js";

const started = Date.parse("2026-01-01T00:00:10.000Z");
/** @param {number} ms @param {string} type @param {object} data */
const event = (ms, type, data = {}) => ({ seq: 0, at: new Date(started + ms).toISOString(), type, data });
const log = /** @type {any[]} */ ([
  event(-50, "job.created", { job: {}, codes: [] }),
  event(0, "job.started"),
  event(5, "item.finished", { code: "AD", status: "skipped", http_status: null }),
  event(5, "item.finished", { code: "AE", status: "skipped", http_status: null }),
  event(10, "item.started", { code: "BR", attempt: 1 }),
  event(20, "item.started", { code: "CN", attempt: 1 }),
  event(300, "item.retry_scheduled", { code: "BR", attempt: 1, http_status: 503 }),
  event(310, "item.started", { code: "DE", attempt: 1 }),
  event(400, "item.finished", { code: "CN", status: "ok", http_status: 200 }),
  event(800, "item.started", { code: "BR", attempt: 2 }),
  event(900, "item.requeued", { code: "DE", reason: "restart" }),
  event(1000, "item.finished", { code: "BR", status: "error", http_status: 418 }),
  event(1001, "item.finished", { code: "DE", status: "cancelled", http_status: null }),
]);

test("each attempt is in the first lane that was free when it began", () => {
  const { bars, count, span } = lanesOf(log);
  assert.deepEqual(bars.map(({ code, attempt, lane, start, end, outcome }) => [code, attempt, lane, start, end, outcome]), [
    ["AD", 0, 0, 5, 5, "skipped"],
    ["BR", 1, 0, 10, 300, "retried"],
    ["CN", 1, 1, 20, 400, "ok"],
    ["DE", 1, 0, 310, 900, "requeued"],
    ["BR", 2, 1, 800, 1000, "error"],
  ]);
  assert.equal(bars[0]?.count, 2);
  assert.equal(bars[4]?.status, 418);
  assert.deepEqual([count, span], [2, 1001]);
});

test("two bars of one lane never overlap, and no lane is opened in vain", () => {
  const many = [log[1]];
  for (let place = 0; place < 500; place += 1) {
    many.push(event(place * 7, "item.started", { code: `C${place}`, attempt: 1 }));
    if (place >= 9) many.push(event(place * 7 + (place % 7), "item.finished", { code: `C${place - 9}`, status: "ok", http_status: 200 }));
  }
  const { bars, count } = lanesOf(/** @type {any} */ (many));
  assert.equal(count, 10);
  for (let lane = 0; lane < count; lane += 1) {
    const own = bars.filter((bar) => bar.lane === lane);
    own.slice(1).forEach((bar, place) => assert.ok(bar.start >= (own[place]?.end ?? Infinity)));
  }
});

test("what is under way has no end, and counts up to now", () => {
  const lanes = lanesOf(log.slice(0, 10));
  assert.deepEqual([...lanes.open].map((place) => lanes.bars[place]?.code), ["DE", "BR"]);
  assert.deepEqual(timesOf(lanes.bars, 850).get("BR"), { attempts: 2, started: 10, waited: 500, took: 340 });
});

test("an event says which bar it changed", () => {
  const lanes = new Lanes();
  assert.deepEqual(log.map((it) => lanes.take(it)), [-1, -1, 0, 0, 1, 2, 1, 3, 2, 4, 3, 4, -1]);
});

test("a clock that was set back turns no bar around", () => {
  const back = lanesOf(/** @type {any} */ ([
    log[1],
    event(500, "item.started", { code: "BR", attempt: 1 }),
    event(100, "item.finished", { code: "BR", status: "ok", http_status: 200 }),
  ]));
  assert.deepEqual([back.bars[0]?.start, back.bars[0]?.end], [500, 500]);
});

test("ticks are round, few and within the span", () => {
  assert.deepEqual(ticks(1001, 4), [0, 500, 1000]);
  assert.deepEqual(ticks(61_000, 4), [0, 30_000, 60_000]);
  for (const span of [1, 99, 12_345, 3_600_000, 1e9]) {
    for (const most of [2, 4, 12]) {
      const found = ticks(span, most);
      assert.ok(found.length >= 2 || span < 2, `${span} ${most}`);
      assert.ok(found.length <= most + 1 && (found.at(-1) ?? 0) <= span);
    }
  }
});

test("times are said as people say them", () => {
  assert.deepEqual([410, 12_300, 125_000].map(duration), ["0.41 s", "12.30 s", "2 min 05 s"]);
  assert.deepEqual([0, 500, 20_000, 60_000, 150_000].map(tickLabel), ["0", "0.5 s", "20 s", "1 min", "2:30 min"]);
});
