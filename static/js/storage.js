// @ts-check
/** What is kept in this browser and nowhere else; without storage it lasts as long as the page. */

const PREFIX = "charfinder.";

// What could not be written, and what was chosen where nothing can be.
/** @type {Map<string, string>} */
const unwritten = new Map();

/** @param {string} name @returns {string | null} */
export function read(name) {
  const own = unwritten.get(name);
  if (own !== undefined) return own;
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} text */
export function write(name, text) {
  try {
    localStorage.setItem(PREFIX + name, text);
    unwritten.delete(name);
  } catch {
    // Full or forbidden: then it is remembered as long as the page is there.
    unwritten.set(name, text);
  }
}

/**
 * Call back when it was changed, here or in another tab.
 * @param {string} name
 * @param {() => void} listener
 */
export function onChange(name, listener) {
  addEventListener("storage", (event) => {
    // All was cleared when there is no key.
    if (event.key === null || event.key === PREFIX + name) listener();
  });
}
