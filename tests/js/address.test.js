// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, countedOf, cursorOf, firstOf, searchOf, turnedTo } from "../../static/js/address.js";

const plain = { q: "arrow", lang: "", sort: "", mode: "" };

test("an address says what is searched for and how", () => {
  assert.deepEqual(searchOf("?q=arrow"), plain);
  assert.deepEqual(searchOf("?query=arrow"), plain);
  assert.deepEqual(searchOf(""), { ...plain, q: "" });
  assert.deepEqual(
    searchOf("?mode=classic1&q=a%2Bb&lang=fr&sort=cp&utm_source=letter"),
    { q: "a+b", lang: "fr", sort: "cp", mode: "classic1" },
  );
});

test("what is not chosen is left out", () => {
  assert.equal(addressOf(plain), "?q=arrow");
  assert.equal(addressOf({ ...plain, q: "" }), "");
  assert.equal(addressOf({ ...plain, q: "", sort: "name" }), "?sort=name");
  assert.equal(addressOf({ ...plain, lang: "fr", mode: "classic2" }), "?q=arrow&lang=fr&mode=classic2");
});

test("a search is the same however its address is spelled", () => {
  for (const q of ["é", "a b+c", "&=#?%", "=x", "\u{1F600}", "/[a-z]+/", "a\"b'c"]) {
    const search = { q, lang: "pt-BR", sort: "age", mode: "" };
    assert.deepEqual(searchOf(addressOf(search)), search);
  }
  assert.equal(firstOf("?sort=cp&query=x&cursor=abc&facets=true&lang="), "?q=x&sort=cp");
});

test("another page of rows is of the same search", () => {
  assert.equal(turnedTo("?q=x&lang=fr", "abc"), "?q=x&lang=fr&cursor=abc");
  assert.equal(cursorOf(turnedTo("?q=x&cursor=old", "new")), "new");
  assert.equal(turnedTo("?q=x&cursor=old&utm_source=letter", ""), "?q=x&utm_source=letter");
  assert.equal(turnedTo("?cursor=old", ""), "");
});

test("counts are asked for beside the search", () => {
  assert.equal(countedOf("?q=x&lang=fr&cursor=abc"), "?q=x&lang=fr&facets=true");
  assert.equal(countedOf(""), "?facets=true");
});
