// @ts-check
/** What the address of the search page says: a query, and the page of rows to begin with. */

/** @param {string} address the part from the question mark on */
export function queryOf(address) {
  const parameters = new URLSearchParams(address);
  return parameters.get("q") || parameters.get("query") || "";
}

/** The cursor of the page of rows to begin with; "" for the first. @param {string} address */
export function cursorOf(address) {
  return new URLSearchParams(address).get("cursor") ?? "";
}

/** @param {string} query */
export function addressOf(query) {
  return query ? `?${new URLSearchParams({ q: query })}` : "";
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
