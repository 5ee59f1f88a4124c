// @ts-check
/** Asks again for images that did not come, as they do not while the server restarts. */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const MOST_TRIES = 8;

/** @param {HTMLImageElement} image */
function isBroken(image) {
  return image.complete && image.naturalWidth === 0;
}

/** @param {HTMLImageElement} image */
function again(image) {
  // Setting it anew fetches anew, even when it is the same.
  if (image.isConnected) image.src = image.src;
}

/** @param {HTMLImageElement} image */
function later(image) {
  const tries = Number(image.dataset.tries ?? 0);
  if (tries >= MOST_TRIES) return;
  image.dataset.tries = String(tries + 1);
  setTimeout(() => again(image), Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));
}

/** Fetch the broken ones now. @param {ParentNode} root */
export function mend(root) {
  for (const image of root.querySelectorAll("img")) {
    if (!isBroken(image)) continue;
    delete image.dataset.tries;
    again(image);
  }
}

/** Keep an eye on the images in `root`, those to come too. @param {HTMLElement} root */
export function keepMending(root) {
  root.addEventListener("error", (event) => {
    if (event.target instanceof HTMLImageElement) later(event.target);
  }, { capture: true });
  addEventListener("online", () => mend(root));
  mend(root);
}
