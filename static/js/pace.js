// @ts-check
/** How long to wait after a key before searching. Pure. */

const SHORTEST_MS = 8;
const LONGEST_MS = 150;

/**
 * With nothing under way at once; else long enough that most answers are not asked for in vain.
 * @param {boolean} waiting whether an answer is awaited
 * @param {number} took what the answer before took, in milliseconds
 */
export function restBefore(waiting, took) {
  return waiting ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, took / 2)) : SHORTEST_MS;
}
