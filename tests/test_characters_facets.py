from pyroaring import BitMap

from webapp.characters.facets import FacetCounter, FacetValue, narrowed
from webapp.characters.postings import Postings, pack

VALUES = [
    FacetValue("category", "Lu", "Uppercase letter"),
    FacetValue("category", "Ll", "Lowercase letter"),
    FacetValue("block", "Basic Latin", "Basic Latin"),
    FacetValue("script", "Latn", "Latin"),
    FacetValue("age", "1.1", "1.1"),
]
POSTINGS = Postings(
    pack(
        [
            ("_ag_1=1", range(1, 9)),
            ("_bk_basiclatin", range(1, 8)),
            ("_gc_ll", [3, 4, 5, 6, 7]),
            ("_gc_lu", [1, 2]),
            ("_sc_latin", range(1, 8)),
        ]
    )
)


def test_values_are_counted_and_the_most_frequent_comes_first() -> None:
    counter = FacetCounter(VALUES, POSTINGS)
    facets = counter.told("a", counter.count(BitMap(range(1, 10))))
    assert [(value.id, value.count) for value in facets["category"]] == [("Ll", 5), ("Lu", 2)]
    assert [(value.id, value.count) for value in facets["age"]] == [("1.1", 8)]
    assert facets["block"][0].q == 'a block:"Basic Latin"'
    assert facets["script"][0].name == "Latin"


def test_a_value_that_no_hit_has_is_left_out() -> None:
    counter = FacetCounter(VALUES, POSTINGS)
    facets = counter.told("", counter.count(BitMap([8])))
    assert [len(values) for values in facets.values()] == [0, 0, 0, 1]


def test_what_was_counted_goes_with_the_text_as_it_is_typed_now() -> None:
    counter = FacetCounter(VALUES, POSTINGS)
    counts = counter.count(BitMap([1]))
    assert [counter.told(text, counts)["script"][0].q for text in ("a", " A ")] == [
        "a sc:Latn",
        "A  sc:Latn",
    ]


def test_the_empty_box_is_narrowed_to_the_filter_alone() -> None:
    assert narrowed("", "category", "Lu") == "gc:Lu"
