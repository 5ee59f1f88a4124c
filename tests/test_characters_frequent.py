from webapp.characters.frequent import frequent_matches
from webapp.characters.meaning import Group, Query
from webapp.characters.tiers import plan
from webapp.characters.vocabulary import everywhere

VOCABULARY = everywhere(["cjk", "unified", "ideograph", "letter", "small"])
NAMES = [f"CJK UNIFIED IDEOGRAPH-4E{n:02X}" for n in range(40)] + ["LETTER A", "A SMALL LETTER A"]


def widest(*words: str) -> str:
    return plan(Query(interpretation=(), groups=(Group(words),)), (), VOCABULARY).widest


def test_phrases_of_many_names_are_asked_for_as_a_search_asks() -> None:
    found = list(frequent_matches(NAMES, 40, VOCABULARY))
    for phrase in (("cjk",), ("cjk", "unified"), ("cjk", "unified", "ideograph"), ("s",)):
        assert widest(*phrase) in found
    assert widest("letter") not in found
    assert widest("unified", "cjk") not in found
    assert len(found) == len(set(found))


def test_a_word_that_comes_twice_makes_no_phrase_of_its_own() -> None:
    found = set(frequent_matches(NAMES, 1, VOCABULARY))
    assert widest("small", "letter", "a") in found
    assert widest("a", "small", "letter", "a") not in found
