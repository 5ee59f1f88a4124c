// @ts-check
/** What the address of the search page says: what is searched for, how, and from where on. */

/**
 * @typedef {object} Search
 * @property {string} q what is in the box
 * @property {string} lang the language to search in beside English; "" for the browser's
 * @property {string} sort the order of the rows; "" for the best match first
 * @property {string} mode the way to search; "" for the usual one
 */

/** @param {string} address the part from the question mark on @returns {Search} */
export function searchOf(address) {
  const parameters = new URLSearchParams(address);
  /** @param {string} name */
  const given = (name) => parameters.get(name) ?? "";
  return { q: given("q") || given("query"), lang: given("lang"), sort: given("sort"), mode: given("mode") };
}

/** The address of the first rows; equal for equal searches. @param {Search} search */
export function addressOf({ q, lang, sort, mode }) {
  const given = Object.entries({ q, lang, sort, mode }).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** The address of the first rows of the same search. @param {string} address */
export function firstOf(address) {
  return addressOf(searchOf(address));
}

/** The cursor of the page of rows to begin with; "" for the first. @param {string} address */
export function cursorOf(address) {
  return new URLSearchParams(address).get("cursor") ?? "";
}

/**
 * The same address, but for another page of its rows.
 * @param {string} address
 * @param {string} cursor
 */
export function turnedTo(address, cursor) {
  const parameters = new URLSearchParams(address);
  if (cursor) parameters.set("cursor", cursor);
  else parameters.delete("cursor");
  return parameters.size ? `?${parameters}` : "";
}

/** The address of the same search with its hits counted by what they are. @param {string} address */
export function countedOf(address) {
  const parameters = new URLSearchParams(firstOf(address));
  parameters.set("facets", "true");
  return `?${parameters}`;
}
