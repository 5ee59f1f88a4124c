// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { wording } from "../../static/js/badge.js";
import { following } from "../../static/js/socket.js";

/** @param {number[]} seqs @returns {any} */
const events = (...seqs) => seqs.map((seq) => ({ seq }));

test("events that follow are all taken", () => {
  assert.deepEqual(following(3, events(4, 5)), { next: events(4, 5), gap: false });
});

test("events seen before are dropped", () => {
  assert.deepEqual(following(4, events(2, 3, 4, 5)), { next: events(5), gap: false });
  assert.deepEqual(following(4, events(2)), { next: [], gap: false });
});

test("behind a gap nothing is taken", () => {
  assert.deepEqual(following(3, events(4, 6, 7)), { next: events(4), gap: true });
  assert.deepEqual(following(3, events(5)), { next: [], gap: true });
});

test("the badge counts down and tells the age of what is shown", () => {
  const heard = new Date(2026, 0, 1, 12, 3, 41).getTime();
  const link = { state: /** @type {const} */ ("waiting"), since: heard, heard, isStopped: false, retry: heard + 3400 };
  assert.equal(wording(link, heard), "Reconnecting in 4 s, as of 12:03:41");
  assert.equal(wording(link, heard + 9000), "Reconnecting in 0 s, as of 12:03:41");
  assert.equal(wording({ ...link, heard: null }, heard), "Reconnecting in 4 s");
  assert.equal(wording({ state: "live" }, heard), "Live");
});

test("the badge says plainly when there is no network, and when the server has stopped", () => {
  const heard = new Date(2026, 0, 1, 12, 3, 41).getTime();
  const link = { state: /** @type {const} */ ("connecting"), since: heard, heard, isStopped: true };
  assert.equal(wording(link, heard), "The server has stopped. Connecting, as of 12:03:41");
  assert.equal(
    wording({ ...link, state: "waiting", retry: heard + 1000 }, heard),
    "The server has stopped. Reconnecting in 1 s, as of 12:03:41",
  );
  assert.equal(wording(link, heard, false), "Offline, as of 12:03:41");
  assert.equal(wording({ state: "live" }, heard, false), "Live");
});
