// @ts-check
/** Goes on in another language where one is by now, and helps a language that has no font here. */

const SIZE_PX = 32;
const FONT = "16px sans-serif";
const LETTERS = 6;

/** Whether different letters are drawn alike, as the boxes of letters that no font has. @param {string} text */
function isBoxes(text) {
  const letters = new Set(text.match(/\p{Lo}/gu)?.slice(0, LETTERS));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE_PX;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (letters.size < 2 || !context) return false;
  context.font = FONT;
  const drawings = [...letters].map((letter) => {
    context.clearRect(0, 0, SIZE_PX, SIZE_PX);
    context.fillText(letter, SIZE_PX / 4, SIZE_PX * 0.75);
    return context.getImageData(0, 0, SIZE_PX, SIZE_PX).data.join();
  });
  return new Set(drawings).size === 1;
}

const form = document.querySelector("form.languages");
form?.addEventListener("submit", () => {
  const next = form.querySelector("[name=next]");
  if (next instanceof HTMLInputElement) next.value = location.pathname + location.search;
});

document.documentElement.classList.toggle("borrowing", isBoxes(document.querySelector("nav")?.textContent ?? ""));
// Whoever reads another one is told of it in words of this page.
const names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
for (const button of form?.querySelectorAll("button") ?? []) {
  if (!isBoxes(button.textContent ?? "")) continue;
  button.textContent = names.of(button.value) ?? button.value;
  button.lang = document.documentElement.lang;
}
