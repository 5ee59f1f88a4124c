// @ts-check
/** Another language is asked for where one is by now: scripts change the address of a page. */

const form = document.querySelector("form.languages");
form?.addEventListener("submit", () => {
  const next = form.querySelector("[name=next]");
  if (next instanceof HTMLInputElement) next.value = location.pathname + location.search;
});
