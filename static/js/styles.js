// @ts-check
/** Which characters have both a text and an emoji style. Pure. */

// Beyond the Basic Multilingual Plane, those of the emoji variation sequences that come in colours
// unless asked: the package emoji 2.16.0 (BSD-3-Clause) has them from Emoji 18.0. All emoji of that
// plane, and all beyond that come as text, have both styles anyway.
const RANGES =
  "1F004 1F21A 1F22F 1F30D-1F30F 1F315 1F31C 1F378 1F393 1F3A7 1F3AC-1F3AE 1F3C2 1F3C4 1F3C6 1F3CA " +
  "1F3E0 1F3ED 1F408 1F415 1F41F 1F426 1F442 1F446-1F449 1F44D-1F44E 1F453 1F46A 1F47D 1F4A3 1F4B0 " +
  "1F4B3 1F4BB 1F4BF 1F4CB 1F4DA 1F4DF 1F4E4-1F4E6 1F4EA-1F4ED 1F4F7 1F4F9-1F4FB 1F508 1F50D " +
  "1F512-1F513 1F550-1F567 1F610 1F687 1F68D 1F691 1F694 1F698 1F6AD 1F6B2 1F6B9-1F6BA 1F6BC";
const COLOURED = new Set(RANGES.split(" ").flatMap((range) => {
  const [first = 0, last = first] = range.split("-").map((digits) => parseInt(digits, 16));
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}));

/** Whether both styles of it are standardized. @param {string} text */
export function hasStyles(text) {
  const [first, ...others] = text;
  if (first === undefined || others.length || !/^\p{Emoji}$/u.test(first)) return false;
  return first.length === 1 || !/^\p{Emoji_Presentation}$/u.test(first) || COLOURED.has(first.codePointAt(0) ?? 0);
}
