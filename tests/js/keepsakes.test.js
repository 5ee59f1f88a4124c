// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @type {Map<string, string>} */
const stored = new Map();
const storage = { full: false, forbidden: false };
/** @type {((event: {key: string | null}) => void)[]} */
const listeners = [];
Object.assign(globalThis, {
  addEventListener: (/** @type {string} */ _, /** @type {(event: {key: string | null}) => void} */ listener) => listeners.push(listener),
});
Object.defineProperty(globalThis, "localStorage", {
  get() {
    if (storage.forbidden) throw new Error("SecurityError");
    return {
      getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ text) => {
        if (storage.full) throw new Error("QuotaExceededError");
        stored.set(key, text);
      },
    };
  },
});

const { Keepsakes, parsed } = await import("../../static/js/keepsakes.js");
const { read, write } = await import("../../static/js/storage.js");
const arrow = { id: "U+2192", name: "RIGHTWARDS ARROW", entity: "rarr" };
const rook = { id: "U+2656", name: "WHITE CHESS ROOK" };

beforeEach(() => {
  stored.clear();
  Object.assign(storage, { full: false, forbidden: false });
});

test("what others may have stored does no harm", () => {
  for (const text of [null, "", "{", "null", "7", '"x"', "{}", '[null, 1, "a", [], {}]', '[{"id": 1}]']) {
    assert.deepEqual(parsed(text, 10), [], String(text));
  }
  for (const id of ["2192", "U+", "U+110000", "U+D800", "U+2192\n", "U+2192-", "U+zzzz", "<b>", `U+${"0041-".repeat(40)}0041`]) {
    assert.deepEqual(parsed(JSON.stringify([{ id, name: "x" }]), 10), [], id);
  }
  assert.deepEqual(parsed(JSON.stringify([{ id: "U+2192", name: 5, entity: "<b>", more: 1 }, rook]), 10), [
    { id: "U+2192", name: "U+2192" }, rook,
  ]);
  assert.equal(parsed(JSON.stringify([{ id: "U+2192", name: "x".repeat(1e5) }]), 10)[0]?.name.length, 200);
});

test("a list has an end and each character once", () => {
  const many = Array.from({ length: 50 }, (_, at) => ({ id: `U+00${(at + 0x20).toString(16).toUpperCase()}`, name: "x" }));
  assert.equal(parsed(JSON.stringify([...many, ...many]), 30).length, 30);
  const kept = new Keepsakes("few", 2);
  assert.deepEqual([kept.add(arrow), kept.add(rook), kept.add({ id: "U+0041", name: "A" })], [true, true, false]);
  kept.addFirst({ id: "U+0041", name: "A" });
  kept.addFirst({ id: "U+0041", name: "A" });
  assert.deepEqual(kept.items.map(({ id }) => id), ["U+0041", "U+2192"]);
});

test("it is the same in all tabs, and each is told", () => {
  const here = new Keepsakes("shared", 9);
  const there = new Keepsakes("shared", 9);
  let told = 0;
  there.subscribe(() => told += 1);
  here.add(arrow);
  for (const listener of listeners) listener({ key: "charfinder.shared" });
  assert.equal(told, 1);
  assert.deepEqual(there.items, [arrow]);
  there.remove(arrow.id);
  assert.equal(here.has(arrow.id), false);
  for (const listener of listeners) listener({ key: "another" });
  assert.equal(told, 2);
  for (const listener of listeners) listener({ key: null });
  assert.equal(told, 3);
});

test("without storage, or with a full one, it lasts as long as the page", () => {
  for (const trouble of [{ full: true }, { forbidden: true }]) {
    Object.assign(storage, trouble);
    const name = Object.keys(trouble).join("");
    const kept = new Keepsakes(name, 9);
    kept.add(arrow);
    assert.deepEqual(kept.items, [arrow]);
    write(name, "[]");
    assert.equal(read(name), "[]");
    Object.assign(storage, { full: false, forbidden: false });
    write(name, "7");
    assert.equal(stored.get(`charfinder.${name}`), "7");
  }
});
