from webapp.characters.facets import counted, narrowed
from webapp.characters.schema import pack_facets

NAMES = {
    ("category", 1): ("Lu", "Uppercase letter"),
    ("category", 2): ("Ll", "Lowercase letter"),
    ("block", 300): ("Basic Latin", "Basic Latin"),
    ("script", 200): ("Latin", "Latin"),
    ("age", 3): ("1.1", "1.1"),
}


def test_values_are_summed_and_the_largest_comes_first() -> None:
    hits = [
        (pack_facets(1, 300, 200, 3), 2),
        (pack_facets(2, 300, 200, 3), 5),
        (pack_facets(0, 0, 0, 3), 1),
    ]
    facets = counted("a", hits, NAMES)
    assert [(value.id, value.count) for value in facets["category"]] == [("Ll", 5), ("Lu", 2)]
    assert [(value.id, value.count) for value in facets["age"]] == [("1.1", 8)]
    assert facets["block"][0].q == 'a block:"Basic Latin"'
    assert facets["script"][0].name == "Latin"


def test_a_sequence_has_neither_category_nor_block() -> None:
    facets = counted("", [(pack_facets(0, 0, 0, 0), 7)], NAMES)
    assert facets == {"category": [], "block": [], "script": [], "age": []}


def test_the_empty_box_is_narrowed_to_the_filter_alone() -> None:
    assert narrowed("", "category", "Lu") == "gc:Lu"
