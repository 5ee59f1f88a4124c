// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { worthKeeping } from "../../static/js/remembered.js";

test("codes are kept only where they were the choice: they win over a set", () => {
  assert.deepEqual(worthKeeping({ preset: "all", codes: "BR" }), { preset: "all", codes: "" });
  assert.deepEqual(worthKeeping({ preset: "", codes: "BR" }), { preset: "", codes: "BR" });
});
