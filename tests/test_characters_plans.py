from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from webapp.characters import tokens
from webapp.characters.glossary import Glossary
from webapp.characters.meaning import Group, Query, Reading
from webapp.characters.plans import plan
from webapp.characters.postings import Postings, pack
from webapp.characters.stored import Lookup
from webapp.characters.tiers import Tier
from webapp.characters.vocabulary import SPELLED, Field, Vocabulary, pack_words

ROWS = 30
WORDS = ("arrow", "box", "x", "4e")
KEPT = [spell(word) for word in (*WORDS, "arrowbox", "boxarrow") for spell in SPELLED.values()]

Rows = Mapping[str, frozenset[int]]
postings = st.dictionaries(
    st.sampled_from(KEPT), st.frozensets(st.integers(1, ROWS), min_size=1), min_size=1
)
queries = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, unique=True), min_size=1, max_size=2
)


def found(rows: Rows, groups: list[list[str]]) -> dict[Tier, set[int]]:
    """What the tiers of a query find; there is no vocabulary of words with digits."""
    known = pack_words([word for word in WORDS if word.isalpha()], sorted(rows))
    query = Query(
        interpretation=(Reading("words"),), groups=tuple(Group(tuple(each)) for each in groups)
    )
    asked = plan(query, (), Glossary(Vocabulary(known)))
    told: dict[Tier, set[int]] = {}
    for tier, each in asked.chain.found(Lookup(Postings(pack(sorted(rows.items()))), ROWS, {})):
        assert not told or tier > max(told), "in order"
        told[tier] = set(each)
    return told


def expected(rows: Rows, words: list[str]) -> dict[Tier, set[int]]:
    def of(word: str, *fields: Field) -> set[int]:
        return set().union(*(rows.get(SPELLED[field](word), ()) for field in fields))

    def all_of(*fields: Field) -> set[int]:
        return set.intersection(*(of(word, *fields) for word in words))

    def begun(at: int, word: str) -> set[int]:
        anywhere = of(word, Field.NAME, Field.OTHER)
        if len(word) == 1 and at < len(words) - 1:
            return anywhere
        if word.isalpha():
            return anywhere | of(word, Field.LONGER)
        starts = (tokens.name_word(word), tokens.other_word(word))
        return set().union(*(each for token, each in rows.items() if token.startswith(starts)))

    whole = "".join(words)
    return {
        Tier.NAME_WORDS: all_of(Field.NAME),
        Tier.KEYWORD: of(whole, Field.KEYWORD),
        Tier.KEYWORD_WORDS: all_of(Field.KEYWORD_WORD),
        Tier.DEFINITION: of(whole, Field.DEFINITION),
        Tier.WORDS: all_of(Field.NAME, Field.OTHER),
        Tier.NOTES: all_of(Field.NAME, Field.OTHER, Field.NOTE),
        Tier.PREFIX: set.intersection(*(begun(at, word) for at, word in enumerate(words))),
    }


def in_best_tier(tiers: Mapping[Tier, set[int]]) -> dict[int, Tier]:
    return {row: tier for tier in sorted(tiers, reverse=True) for row in tiers[tier]}


@given(postings, queries)
def test_each_row_is_in_the_best_tier_of_any_alternative(
    rows: Rows, groups: list[list[str]]
) -> None:
    best: dict[int, Tier] = {}
    for words in groups:
        for row, tier in in_best_tier(expected(rows, words)).items():
            best[row] = min(tier, best.get(row, tier))
    assert in_best_tier(found(rows, groups)) == best


def test_words_in_english_are_made_out_once() -> None:
    glossary = Glossary(Vocabulary(pack_words(["arrow"], ["arrow"])))
    arrow = glossary.term("arrow")
    assert glossary.term("arrow") is arrow
    assert glossary.term("arrow", begun=True) is glossary.term("arrow", begun=True)
    assert glossary.term("a" * 9_999) is not glossary.term("a" * 9_999), "memory is bounded"
    assert glossary.term("arrow", [3]) != arrow, "it may be a word of that language too"
    rows = Lookup(Postings(pack([("arrow", [1, 2])])), 2, {})
    assert arrow.name.found(rows) == BitMap([1, 2])
