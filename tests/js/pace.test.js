// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { restBefore } from "../../static/js/pace.js";

test("a search begins at once unless an answer is awaited", () => {
  assert.ok(restBefore(false, 5000) < 10);
  assert.ok(restBefore(true, 0) < 10);
  assert.equal(restBefore(true, 60), 30);
  assert.equal(restBefore(true, 5000), 150);
});
