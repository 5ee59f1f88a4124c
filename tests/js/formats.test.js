// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { FORMATS, formatted, joined, known, styled, textOf } from "../../static/js/formats.js";
import { hasStyles } from "../../static/js/styles.js";

const arrow = { id: "U+2192", name: "RIGHTWARDS ARROW", entity: "rarr" };
const grin = { id: "U+1F600", name: "GRINNING FACE" };
const heart = { id: "U+2764", name: "HEAVY BLACK HEART" };
const linefeed = { id: "U+000A", name: "LINE FEED" };
const label = { id: "U+0080", name: "<control-0080>" };
const family = { id: "U+1F468-200D-1F469", name: "COUPLE" };

test("one character in every format", () => {
  const wanted = {
    char: "😀", id: "U+1F600", html: "&#x1F600;", html_named: "&#x1F600;", css: "\\1F600", javascript: "\\u{1F600}",
    json: "\\uD83D\\uDE00", python: "\\U0001f600", python_named: "\\N{GRINNING FACE}", rust: "\\u{1F600}",
    go: "\\U0001F600", java: "\\uD83D\\uDE00", c: "\\U0001F600", url: "%F0%9F%98%80", "utf-8": "F0 9F 98 80",
  };
  assert.deepEqual(Object.keys(wanted).sort(), [...FORMATS].sort());
  for (const [format, text] of Object.entries(wanted)) assert.equal(formatted(grin, format), text, format);
});

test("names are written where there are some", () => {
  assert.equal(formatted(arrow, "html_named"), "&rarr;");
  assert.equal(formatted(label, "python_named"), "\\x80");
  assert.equal(formatted(family, "python_named"), "\\U0001f468\\u200d\\U0001f469");
  assert.equal(formatted(linefeed, "python_named"), "\\N{LINE FEED}");
});

test("what would end a string of Java, or grow in one of C, is written otherwise", () => {
  assert.equal(formatted(linefeed, "java"), "\\n");
  assert.equal(formatted({ id: "U+0041", name: "A" }, "c"), "\\101");
});

test("a style is asked for where both are standardized", () => {
  assert.equal(formatted(heart, "id", "emoji"), "U+2764-FE0F");
  assert.equal(formatted(heart, "char", "text"), "❤\uFE0E");
  assert.equal(formatted(heart, "python_named", "text"), "\\N{HEAVY BLACK HEART}\\ufe0e");
  assert.equal(formatted(heart, "char", ""), "❤");
  assert.equal(formatted(grin, "char", "text"), "😀");
  assert.equal(styled("❤", "anything else"), "❤");
  const both = ["#", "⌚", "🖥", "👍", "🀄", "🌍", "🌏", "🕧", "🚼"];
  const one = ["→", "😀", "🥰", "🌐", "❤\uFE0F", "👍🏽", "", "🇧"];
  assert.deepEqual(both.map(hasStyles), both.map(() => true));
  assert.deepEqual(one.map(hasStyles), one.map(() => false));
  // Those of Emoji 18.0: 371, of which none has left so far.
  const every = Array.from({ length: 0x20000 }, (_, place) => String.fromCodePoint(place)).filter(hasStyles);
  assert.equal(every.length, 371);
});

test("several are one text", () => {
  assert.equal(joined([arrow, grin], "char"), "→😀");
  assert.equal(joined([arrow, grin], "id"), "U+2192 U+1F600");
  assert.equal(joined([arrow, grin], "css"), "\\2192 \\1F600");
  assert.equal(joined([arrow, grin], "html_named"), "&rarr;&#x1F600;");
  assert.equal(joined([], "char"), "");
});

test("an unknown format is the character itself", () => {
  assert.deepEqual([known("css"), known("constructor"), known(null)], ["css", "char", "char"]);
  assert.throws(() => formatted(arrow, "constructor"));
  assert.equal(textOf("U+0020-10FFFF"), " \u{10FFFF}");
});
