// @ts-check
/** The speed of late as a line; no page needed. */

import { decimal, said } from "./words.js";

export const MOST_POINTS = 60;

/**
 * The points of a polyline: the newest at the right, the greatest at the top.
 * @param {number[]} rates in bytes per second, the newest last
 * @param {number} width
 * @param {number} height
 */
export function pointsOf(rates, width, height) {
  const shown = rates.slice(-MOST_POINTS);
  const top = Math.max(1, ...shown);
  const step = width / (MOST_POINTS - 1);
  return shown.map((rate, place) => {
    const x = width - (shown.length - 1 - place) * step;
    const y = 1 + (1 - Math.max(0, rate) / top) * (height - 2);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(" ");
}

/** The line in words. @param {number[]} rates */
export function inWords(rates) {
  const shown = rates.slice(-MOST_POINTS);
  return said("Speed of late: from {least} to {most} kB/s", {
    least: decimal(Math.min(...shown) / 1000, 1),
    most: decimal(Math.max(...shown) / 1000, 1),
  });
}
