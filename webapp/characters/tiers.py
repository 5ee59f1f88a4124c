"""How well a row can match: the kinds of hits, and what is said of each."""

from enum import IntEnum


class Tier(IntEnum):
    """The kinds of hits, best first. Those before NAME_WORDS are found by key, not by words."""

    DIRECT = 0
    NAME = 1
    ALIAS = 2
    LOCALE_NAME = 3
    BEST_BET = 4
    CORE = 5
    JOINED = 6
    INFORMAL = 7
    ENTITY = 8
    LOOSE = 9
    NAME_WORDS = 10
    KEYWORD = 11
    KEYWORD_WORDS = 12
    DEFINITION = 13
    WORDS = 14
    NOTES = 15
    LANGUAGE_KEYWORD = 16
    LANGUAGE_WORDS = 17
    PREFIX = 18
    PART = 19
    FILTERS = 20


THE_PATTERN = "the pattern"
THE_PHRASE = "the phrase"
WHY = {
    Tier.NAME: "the full name",
    Tier.ALIAS: "a formal alias",
    Tier.LOCALE_NAME: "the name in another language",
    Tier.BEST_BET: "what most people mean",
    Tier.CORE: "the name, short",
    Tier.JOINED: "the name in one word",
    Tier.INFORMAL: "an informal name",
    Tier.ENTITY: "an HTML entity",
    Tier.LOOSE: "the name, very short",
    Tier.NAME_WORDS: "words of the name",
    Tier.KEYWORD: "a keyword",
    Tier.KEYWORD_WORDS: "words of keywords",
    Tier.DEFINITION: "the meaning",
    Tier.WORDS: "words of several fields",
    Tier.NOTES: "words of a remark",
    Tier.LANGUAGE_KEYWORD: "a keyword in another language",
    Tier.LANGUAGE_WORDS: "words of another language",
    Tier.PREFIX: "beginning of a word",
    Tier.PART: "part of a word",
    Tier.FILTERS: "the filters",
}
