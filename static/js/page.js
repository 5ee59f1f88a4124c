// @ts-check
/** What every page has: the status line, and elements that the server rendered. */

/**
 * The element that the template promises.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement}
 */
export function need(selector, root = document) {
  const element = root.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * Draw a part of the page. When that takes the control away which had the focus, the part's title has it next.
 * @param {HTMLElement} root
 * @param {() => void} draw
 * @param {HTMLElement | null} title
 */
export function keepingFocus(root, draw, title) {
  const held = document.activeElement;
  const isHere = held !== null && root.contains(held);
  draw();
  if (!isHere || !title || (held.isConnected && !held.closest("[hidden]"))) return;
  title.tabIndex = -1;
  title.focus();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let clearing;

/**
 * Say something politely to a screen reader; with `visible`, show it for a while too.
 * @param {string} text
 * @param {{visible?: boolean}} [options]
 */
export function announce(text, { visible = false } = {}) {
  const status = need("#status");
  clearTimeout(clearing);
  status.textContent = text;
  status.toggleAttribute("data-visible", visible);
  clearing = setTimeout(() => {
    status.removeAttribute("data-visible");
    status.textContent = "";
  }, 5000);
}

/**
 * The word for a code of the server's from the page's own list, else the code.
 * @param {string} key such as `state.running` or `status.ok`
 */
export function word(key) {
  const words = document.querySelector("template#words");
  const found = words instanceof HTMLTemplateElement
    ? words.content.querySelector(`[data-word="${CSS.escape(key)}"]`)
    : null;
  return found?.textContent ?? key.slice(key.indexOf(".") + 1);
}

/**
 * A copy of what is inside a template element.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function fromTemplate(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`the page has no template ${id}`);
  const copy = template.content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error(`the template ${id} is empty`);
  return copy;
}

/**
 * The nodes of a fragment that our own server rendered.
 * @param {string} html
 */
export function nodesOf(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}
