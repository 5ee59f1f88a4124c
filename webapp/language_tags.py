"""Which of the known locales a language tag or an Accept-Language header asks for."""

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from webapp.negotiation import qualities

LONGEST_TAG: Final = 100
# RFC 5646 without what is only of historical interest; extensions and private use are not read.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,8})(?:-(?P<extended>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?(?P<variant>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?:-[a-z0-9](?:-[a-z0-9]{1,8})+)*"
)
# What follows is CLDR 48's, as far as it bears on the locales that have annotations.
_RENAMED: Final = {
    "cmn": "zh",
    "in": "id",
    "iw": "he",
    "jw": "jv",
    "mo": "ro",
    "nb": "no",
    "sh": "sr",
    "tl": "fil",
    "tw": "ak",
}
_LANGUAGES_OF_SCRIPTS: Final = {
    "Arab": "ar bgn ckb fa ps sd ug ur",
    "Armn": "hy",
    "Beng": "as bn mni",
    "Cakm": "ccp",
    "Cher": "chr",
    "Cyrl": "ba be bg cv kk ky mk mn ru sr tg tt uk",
    "Deva": "doi hi kok mai mr ne sa",
    "Ethi": "am ti",
    "Geor": "ka",
    "Grek": "el",
    "Gujr": "gu",
    "Guru": "pa",
    "Hans": "zh",
    "Hant": "yue",
    "Hebr": "he",
    "Jpan": "ja",
    "Khmr": "km",
    "Knda": "kn",
    "Kore": "ko",
    "Laoo": "lo",
    "Mlym": "ml",
    "Mymr": "my shn",
    "Olck": "sat",
    "Orya": "or",
    "Rohg": "rhg",
    "Sinh": "si",
    "Syrc": "syr",
    "Taml": "ta",
    "Telu": "te",
    "Thai": "th",
}
_USUAL_SCRIPTS: Final = {
    language: script
    for script, languages in _LANGUAGES_OF_SCRIPTS.items()
    for language in languages.split()
}
_SCRIPTS_OF_REGIONS: Final = {
    "zh-TW": "Hant",
    "zh-HK": "Hant",
    "zh-MO": "Hant",
    "yue-CN": "Hans",
    "sr-ME": "Latn",
    "kk-CN": "Arab",
    "pa-PK": "Arab",
}
_REGIONS_OF_AMERICAN_ENGLISH = "001 AE AS BI CA GU JP MH MP PH PR UM US VI"
_REGIONS_OF_LATIN_AMERICA = "AR BO BR BZ CL CO CR CU DO EC GT HN JP MX NI PA PE PR PY SV US UY VE"
_REGIONS_LIKE_PORTUGAL = "AO CH CV FR GQ GW LU MO MZ ST TL"
_OTHER_PARENTS: Final = {"nn": ("no",), "hi-Latn": ("en-IN", "en-001", "en")}


class Tag(NamedTuple):
    """A language tag in parts, each spelled as CLDR has it, "" where the tag does not say."""

    language: str
    script: str
    region: str
    variant: str


def accepted(header: str, known: Collection[str]) -> tuple[str, ...]:
    """The chain of the most wanted language of an Accept-Language header that is known, or ()."""
    wanted = qualities(header)
    for tag in sorted(wanted, key=wanted.__getitem__, reverse=True):
        if wanted[tag] > 0 and (found := chain(tag, known)):
            return found
    return ()


def chain(tag: str, known: Collection[str]) -> tuple[str, ...]:
    """The locales that a language tag means, the best first: fr-CA is fr-CA, then fr.

    A language written in another script than its usual one does not fall back on the usual one:
    zh-Hant does not mean zh. Case does not count, `_` is taken for `-`. What is no tag, and what
    is not known at all, gives ().
    """
    parsed = _parsed(tag)
    if parsed is None:
        return ()
    return tuple(dict.fromkeys(locale for locale in _lineage(parsed) if locale in known))


def _parsed(text: str) -> Tag | None:
    match = None
    if len(text) <= LONGEST_TAG:
        match = _TAG.fullmatch(text.replace("_", "-").lower())
    if match is None:
        return None
    language = match["extended"] or match["language"]
    script = "Latn" if language == "sh" else (match["script"] or "").title()
    language = _RENAMED.get(language, language)
    return Tag(language, script, (match["region"] or "").upper(), match["variant"].strip("-"))


def _lineage(tag: Tag) -> Iterator[str]:
    """CLDR's names of the tag and of all that it inherits from, nearest first."""
    usual = _USUAL_SCRIPTS.get(tag.language, "Latn")
    by_region = _SCRIPTS_OF_REGIONS.get(f"{tag.language}-{tag.region}", usual)
    script = tag.script or by_region
    heads = [f"{tag.language}-{script}"]
    if script == usual:
        heads.append(tag.language)
    for tail in (f"-{tag.region}-{tag.variant}", f"-{tag.region}"):
        yield from (f"{head}{tail}" for head in heads)
    yield _between(f"{tag.language}-{script}", tag.region)
    yield from heads
    yield from _OTHER_PARENTS.get(heads[-1], ())


def _between(head: str, region: str) -> str:
    """The locale of many regions that one of them inherits from, "" if there is none."""
    match head:
        case "en-Latn" if region and region not in _REGIONS_OF_AMERICAN_ENGLISH.split():
            return "en-001"
        case "es-Latn" if region in _REGIONS_OF_LATIN_AMERICA.split():
            return "es-419"
        case "pt-Latn" if region in _REGIONS_LIKE_PORTUGAL.split():
            return "pt-PT"
        case "zh-Hant" if region == "MO":
            return "zh-Hant-HK"
        case _:
            return ""
