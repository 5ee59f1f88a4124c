// @ts-check
/** What scripts say, in the language of the page: texts are written in English, and the page brings the others. */

/**
 * @typedef {object} Catalogue
 * @property {Record<string, number>} plurals which form a number takes, by its category
 * @property {Record<string, string | string[]>} texts by the English one, the singular where there are two
 */

/** @returns {Catalogue} */
function brought() {
  const texts = globalThis.document?.getElementById("texts")?.textContent;
  return texts ? JSON.parse(texts) : { plurals: {}, texts: {} };
}

const { plurals, texts } = brought();
// Where there is no page, there is no reader either.
const tag = globalThis.document?.documentElement.lang || "en";
const rules = new Intl.PluralRules(tag);

/** @typedef {Record<string, string | number>} Values */

/** @param {string} form @param {Values} values */
function filled(form, values) {
  return form.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return typeof value === "number" ? grouped(value) : value ?? whole;
  });
}

/** A whole number, with its thousands set apart. @param {number} number */
export function grouped(number) {
  return number.toLocaleString(tag);
}

/**
 * The text, with its `{names}` filled in.
 * @param {string} text a literal, so that it can be collected
 * @param {Values} [values]
 */
export function said(text, values = {}) {
  const form = texts[text];
  return filled(typeof form === "string" ? form : text, values);
}

/**
 * The text for that number, which stands in it as `{count}`.
 * @param {string} one
 * @param {string} other
 * @param {number} count
 * @param {Values} [values]
 */
export function counted(one, other, count, values = {}) {
  const forms = texts[one];
  const form = Array.isArray(forms)
    ? forms[plurals[rules.select(count)] ?? forms.length - 1]
    : count === 1 ? one : other;
  return filled(form ?? other, { count, ...values });
}

const regions = globalThis.document && tag !== "en"
  ? new Intl.DisplayNames([tag], { type: "region", fallback: "none" })
  : null;

/** The name of a country by its ISO 3166 code. @param {string} code @param {string} otherwise */
export function region(code, otherwise) {
  try {
    return regions?.of(code) ?? otherwise;
  } catch {
    // What is no code at all.
    return otherwise;
  }
}
