// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { asOf } from "../../static/js/replay.js";
import { saying } from "../../static/js/timeline.js";
import { clock, counted, decimal, grouped, region, said, speech } from "../../static/js/words.js";

const chinese = speech("zh-Hans", {
  plurals: { other: 0 },
  texts: { "Flag of {name}": "{name}的旗帜", "{count} flag": ["{count} 面国旗"], Close: "", "{count} job": [""] },
});
const polish = speech("pl", {
  plurals: { one: 0, few: 1, many: 2 },
  texts: { "{count} flag": ["{count} flaga", "{count} flagi", "{count} flag"] },
});

test("without a catalogue texts are said in English", () => {
  assert.equal(said("Close"), "Close");
  assert.equal(said("{done} of {total} done", { done: 1234, total: 65536 }), "1,234 of 65,536 done");
  assert.deepEqual([0, 1, 2, 1500].map((count) => counted("{count} flag", "{count} flags", count)),
    ["0 flags", "1 flag", "2 flags", "1,500 flags"]);
});

test("a catalogue says them in its language", () => {
  assert.equal(chinese.said("Flag of {name}", { name: "巴西" }), "巴西的旗帜");
  assert.deepEqual([0, 1, 1500].map((count) => chinese.counted("{count} flag", "{count} flags", count)),
    ["0 面国旗", "1 面国旗", "1,500 面国旗"]);
});

test("a number takes the form that its language has for it", () => {
  assert.deepEqual([1, 3, 5, 22, 112].map((count) => polish.counted("{count} flag", "{count} flags", count)),
    ["1 flaga", "3 flagi", "5 flag", "22 flagi", "112 flag"]);
});

test("what a catalogue does not have, or not yet, is said in English", () => {
  assert.equal(chinese.said("Copied {text}", { text: "→" }), "Copied →");
  assert.equal(chinese.said("Close"), "Close");
  assert.equal(chinese.counted("{count} job", "{count} jobs", 2), "2 jobs");
  assert.equal(chinese.counted("{count} row", "{count} rows", 1), "1 row");
});

test("values stand as they are, and a name without one is left", () => {
  assert.equal(said("Copied {text}", { text: "{name} $& $1 {text}" }), "Copied {name} $& $1 {text}");
  assert.equal(said("{first}, then {second}", { first: "" }), ", then {second}");
});

test("figures and times are written as in the language", () => {
  const german = speech("de", { plurals: {}, texts: {} });
  const moment = new Date(2026, 0, 1, 0, 3, 41, 289).getTime();
  assert.deepEqual([grouped(65536), decimal(1234.5, 1), decimal(1.15, 1), decimal(3, 2)], ["65,536", "1234.5", "1.1", "3.00"]);
  assert.deepEqual([german.grouped(65536), german.decimal(1234.5, 1)], ["65.536", "1234,5"]);
  assert.deepEqual([clock(moment), clock(moment, { tenths: true })], ["00:03:41", "00:03:41.2"]);
  assert.equal(german.clock(moment, { tenths: true }), "00:03:41,2");
  assert.match(asOf(moment, 1, 2), /^as of 00:03:41\.2, /);
});

test("a country has its name in the language, where it is one", () => {
  assert.equal(region("BR", "Brazil"), "Brazil");
  assert.equal(chinese.region("BR", "Brazil"), "巴西");
  for (const code of ["QQ", "", "no code", "B"]) assert.equal(chinese.region(code, "otherwise"), "otherwise", code);
});

test("a bar says whose attempt it was and what came of it", () => {
  const bar = { code: "BR", attempt: 2, lane: 0, start: 10, end: 420, outcome: "not_found", status: 404, count: 1 };
  assert.equal(saying(bar, "Brazil", 0), "BR Brazil, attempt 2: not found after 0.41 s, HTTP 404");
  assert.equal(saying({ ...bar, end: null, outcome: "running", status: null }, "BR", 1010), "BR, attempt 2: fetching after 1.00 s");
  assert.equal(saying({ ...bar, attempt: 0, outcome: "skipped", count: 2 }, "", 0), "2 flags kept without a request");
});
