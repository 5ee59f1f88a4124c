// @ts-check
/** Menus that open over the page close as one expects of them: by Escape, and by going elsewhere. */

/** @returns {HTMLDetailsElement | null} */
function openMenu() {
  return document.querySelector("details.menu[open]");
}

/** @param {Event} event */
function closeUnlessInside({ target }) {
  const menu = openMenu();
  if (menu && target instanceof Node && !menu.contains(target)) menu.open = false;
}

document.addEventListener("pointerdown", closeUnlessInside);
document.addEventListener("focusin", (event) => {
  // A press on the text of a menu focuses what the menu stands in, which is not going elsewhere.
  if (event.target instanceof Node && event.target.contains(openMenu())) return;
  closeUnlessInside(event);
});
document.addEventListener("keydown", (event) => {
  const menu = openMenu();
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});
