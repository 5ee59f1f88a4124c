import pytest
import re2

from webapp.characters.alternatives import MAX_WORDS
from webapp.characters.meaning import Group, Query
from webapp.characters.query import parse


def searched(text: str) -> list[str]:
    """The groups as texts, phrases in quotes."""
    return [
        " ".join([*(f'"{" ".join(phrase)}"' for phrase in group.phrases), *group.words])
        for group in parse(text).groups
    ]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("cat eyes", ["cat eyes"]),
        ("Cat  EYES", ["cat eyes"]),
        ("E-acute", ["e acute"]),
        ("c cat c", ["cat c"]),
        ("cat|dog", ["cat", "dog"]),
        ("cat | dog", ["cat", "dog"]),
        ("cat OR dog", ["cat", "dog"]),
        ("cat or dog", ["cat or dog"]),
        ("black cat | white dog", ["black cat", "white dog"]),
        ("arrow left|right", ["arrow left", "arrow right"]),
        ("left|right arrow", ["left arrow", "right arrow"]),
        ("a|b c|d", ["a c", "a d", "b c", "b d"]),
        ("cat AND dog", ["cat dog"]),
        ("LOGICAL AND", ["logical and"]),
        ("cat | | dog", ["cat", "dog"]),
        ("| cat |", ["cat"]),
        ("OR cat", ["or cat"]),
        ("cat OR", ["cat or"]),
        ("cat NOT", ["cat not"]),
        ("NOT", ["not"]),
        ("OR", ["or"]),
        ("cat|cat", ["cat"]),
        ('"check mark"', ['"check mark"']),
        ("“check mark”", ['"check mark"']),
        ('heavy "Check  Mark" box', ['"check mark" heavy box']),
        ('"check', ["check"]),
        ('a" b', ["a b"]),
        ('"" cat', ["cat"]),
        ('"cat" | dog', ['"cat"', "dog"]),
        ("flag: France", ["flag france"]),
    ],
)
def test_words_are_combined(text: str, groups: list[str]) -> None:
    assert searched(text) == groups


@pytest.mark.parametrize(
    ("text", "groups", "excluded"),
    [
        ("heart -red", ["heart"], ("red",)),
        ("heart NOT red", ["heart"], ("red",)),
        ("heart not red", ["heart not red"], ()),
        ("NOT red heart", ["heart"], ("red",)),
        ("e-acute", ["e acute"], ()),
        ("heart - red", ["heart red"], ()),
        ("heart --red", ["heart red"], ()),
        ('heart -"very red"', ["heart"], ("very", "red")),
        ("-red", [], ("red",)),
        ("heart -red -Black", ["heart"], ("red", "black")),
        ("cat | dog -face", ["cat", "dog"], ("face",)),
    ],
)
def test_words_are_left_out(text: str, groups: list[str], excluded: tuple[str, ...]) -> None:
    assert (searched(text), parse(text).excluded) == (groups, excluded)


@pytest.mark.parametrize(
    "text",
    [
        *("NOT SIGN", "TIBETAN LETTER -A", "a | b", "a -b", '"a b"', "a*", "a?"),
        *("gc:Lu a", "foo:bar", "/a/", "sort:cp a", "LESS-THAN OR EQUAL TO", "cat AND dog"),
    ],
)
def test_what_has_an_operator_may_still_be_a_full_name(text: str) -> None:
    plain = parse(text).plain
    assert plain is not None
    assert (plain.name, plain.interpretation[0].kind) == (text, "words")
    assert plain.plain is None


@pytest.mark.parametrize(
    "text", ["cat eyes", "e-acute", "flag: France", "LOGICAL AND", "OGHAM LETTER OR"]
)
def test_words_alone_are_the_name_as_it_was_typed(text: str) -> None:
    query = parse(text)
    assert (query.name, query.plain) == (text, None)


def test_the_name_is_what_is_left_beside_the_operators() -> None:
    assert parse("red heart -face sc:common").name == "red heart"
    assert parse('"check mark"').name == "check mark"
    assert parse("cat | dog").name == ""


def test_more_words_than_a_name_has_are_no_name() -> None:
    numbers = ",".join(map(str, range(MAX_WORDS)))
    assert parse(f"nv:{numbers} a").plain is None


def matches(query: Query, name: str) -> bool:
    options = re2.Options()
    options.case_sensitive = False
    return bool(re2.search(query.pattern, name, options))


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("*arrow*", ["RIGHTWARDS ARROW", "ARROWHEAD", "NARROW ARC"], ["HEART"]),
        ("arr*", ["RIGHTWARDS ARROW", "UP-ARROW"], ["NARROW"]),
        ("h?art", ["BLACK HEART SUIT"], ["BLACK HEARTS", "HART"]),
        ("latin*acute", ["LATIN SMALL LETTER E WITH ACUTE"], ["LATIN SMALL LETTER A"]),
        (
            "latin small letter ? with acute",
            ["LATIN SMALL LETTER E WITH ACUTE"],
            ["LATIN SMALL LETTER AE WITH ACUTE", "LATIN SMALL LETTER S WITH ACUTE AND DOT ABOVE"],
        ),
        ("ideograph-4e0?", ["CJK UNIFIED IDEOGRAPH-4E00"], ["CJK UNIFIED IDEOGRAPH-4E10"]),
        ("*arrow | h?art", ["NARROW", "HEART"], ["ARROWHEAD"]),
        ("st. k*", ["ST. KITTS"], ["STU KITTS"]),
        ('"black cat" *eyes', ["BLACK CAT EYES"], ["BLACK CATS EYES"]),
    ],
)
def test_wildcards_match_names(text: str, yes: list[str], no: list[str]) -> None:
    query = parse(text)
    assert [name for name in (*yes, *no) if matches(query, name)] == yes


def test_words_with_wildcards_that_are_no_whole_name_may_be_apart() -> None:
    query = parse("latin ? with acute")
    assert not matches(query, "LATIN SMALL LETTER E WITH ACUTE")
    assert query.otherwise is not None
    assert matches(query.otherwise, "LATIN SMALL LETTER E WITH ACUTE")
    assert not matches(query.otherwise, "LATIN SMALL LETTER AE WITH ACUTE")


def test_wildcards_that_match_nothing_are_punctuation() -> None:
    query = parse("what? -face gc:So")
    assert query.otherwise is not None
    assert query.otherwise.groups == (Group(("what",)),)
    for each in (query, query.otherwise):
        assert (each.excluded, each.filters[0].tokens) == (("face",), ("_gc_so",))


def test_many_stars_are_one() -> None:
    assert len(parse("a" + "*" * 9_000).pattern) < 50


def test_wildcards_alone_are_characters() -> None:
    assert [parse(text).interpretation[0].kind for text in ("*", "?", "**", "? *")] == [
        *("literal", "literal", "clusters", "clusters")
    ]
