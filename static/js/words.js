// @ts-check
/** What scripts say, in the language of the page: texts are written in English, and the page brings the others. */

/**
 * @typedef {object} Catalogue
 * @property {Record<string, number>} plurals which form a number takes, by its category
 * @property {Record<string, string | string[]>} texts by the English one, the singular where there are two
 */

/** @typedef {Record<string, string | number>} Values */

/**
 * How one language says things.
 * @param {string} tag of BCP 47
 * @param {Catalogue} catalogue empty for English
 */
export function speech(tag, { plurals, texts }) {
  const rules = new Intl.PluralRules(tag);
  // The names that come are English already.
  const regions = tag === "en" ? null : new Intl.DisplayNames([tag], { type: "region", fallback: "none" });

  /** @param {string} form @param {Values} values */
  function filled(form, values) {
    return form.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name];
      return typeof value === "number" ? grouped(value) : value ?? whole;
    });
  }

  /** A number with its thousands set apart. @param {number} number */
  function grouped(number) {
    return number.toLocaleString(tag);
  }

  /** A number with just so many digits behind the point. @param {number} number @param {number} digits */
  function decimal(number, digits) {
    // Rounded first, as the server rounds: what Intl rounds is the shortest decimal of the number.
    return Number(number.toFixed(digits)).toLocaleString(tag, {
      minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false,
    });
  }

  /**
   * A time of day to the second, such as 12:03:41; with tenths, to a tenth of one.
   * @param {number} moment ms since 1970
   * @param {{tenths?: boolean}} [options]
   */
  function clock(moment, { tenths = false } = {}) {
    return new Date(moment).toLocaleTimeString(tag, {
      hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
      ...(tenths ? { fractionalSecondDigits: 1 } : {}),
    });
  }

  /**
   * The text, with its `{names}` filled in.
   * @param {string} text a literal, so that it can be collected
   * @param {Values} [values]
   */
  function said(text, values = {}) {
    const form = texts[text];
    return filled(typeof form === "string" && form ? form : text, values);
  }

  /**
   * The text for that number, which stands in it as `{count}`.
   * @param {string} one
   * @param {string} other
   * @param {number} count
   * @param {Values} [values]
   */
  function counted(one, other, count, values = {}) {
    const forms = texts[one];
    const form = Array.isArray(forms) ? forms[plurals[rules.select(count)] ?? forms.length - 1] : "";
    return filled(form || (count === 1 ? one : other), { count, ...values });
  }

  /** The name of a country by its ISO 3166 code. @param {string} code @param {string} otherwise */
  function region(code, otherwise) {
    try {
      return regions?.of(code) ?? otherwise;
    } catch {
      // What is no code at all.
      return otherwise;
    }
  }

  return { clock, counted, decimal, grouped, region, said };
}

/** @returns {Catalogue} */
function brought() {
  const texts = globalThis.document?.getElementById("texts")?.textContent;
  return texts ? JSON.parse(texts) : { plurals: {}, texts: {} };
}

// Where there is no page, there is no reader either.
const tag = globalThis.document?.documentElement.lang || "en";

export const { clock, counted, decimal, grouped, region, said } = speech(tag, brought());
