// @ts-check
/** Menus that open over the page close as one expects of them: by Escape, and by going elsewhere. */

/** @returns {HTMLDetailsElement | null} */
function openMenu() {
  return document.querySelector("details.menu[open]");
}

/** @param {Event} event */
function closeUnlessInside(event) {
  const menu = openMenu();
  if (menu && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
}

document.addEventListener("pointerdown", closeUnlessInside);
document.addEventListener("focusin", closeUnlessInside);
document.addEventListener("keydown", (event) => {
  const menu = openMenu();
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});
