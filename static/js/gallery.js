// @ts-check
/** The flags on disk, found while one types. */

import { need } from "./page.js";
import { counted } from "./words.js";

/** As the server folds the names. @param {string} text */
export function folded(text) {
  const letters = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  return letters.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** @param {HTMLFormElement} form */
function findWhileTyping(form) {
  const box = /** @type {HTMLInputElement} */ (need('input[name="q"]', form));
  const pictures = [...document.querySelectorAll("#gallery > li")].filter(
    (it) => it instanceof HTMLElement,
  );

  const show = () => {
    const wanted = folded(box.value);
    let found = 0;
    for (const picture of pictures) {
      const { folded: name = "", code = "" } = picture.dataset;
      picture.hidden = !(name.includes(wanted) || code.toLowerCase() === wanted);
      if (!picture.hidden) found += 1;
    }
    need("#found").textContent = counted("{found} of {count} flag", "{found} of {count} flags", pictures.length, { found });
    need("#nothing").hidden = found > 0;
    const text = box.value.trim();
    history.replaceState(null, "", text ? `?q=${encodeURIComponent(text)}` : location.pathname);
  };

  box.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  addEventListener("pageshow", show);
}

const form = document.getElementById("find");
if (form instanceof HTMLFormElement) findWhileTyping(form);
