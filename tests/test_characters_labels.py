import pytest

from tests import whole
from webapp.characters import labels, ucd


@pytest.mark.usefixtures("unmeasured")
def test_every_code_of_the_tables_has_words() -> None:
    for each in whole.characters():
        assert each.category in labels.CATEGORIES
        assert each.bidi_class in labels.BIDI_CLASSES
        assert each.east_asian_width in labels.WIDTHS
        assert each.code_point >> 16 in labels.PLANES
        if each.combining_class:
            assert labels.combining_class(each.combining_class) != "Not reordered"
        if found := labels.decomposition_type(each.decomposition):
            assert found in labels.DECOMPOSITION_TYPES


def test_every_binary_property_has_a_long_name_and_words() -> None:
    assert {each.name for each in ucd.properties()} <= set(labels.BINARY_PROPERTIES)


@pytest.mark.usefixtures("unmeasured")
def test_every_reading_has_words() -> None:
    assert {each.field for each in whole.readings()} <= set(labels.READINGS)


@pytest.mark.parametrize(
    ("decomposition", "kind"),
    [("", None), ("0065 0301", "canonical"), ("<compat> 0020 0308", "compat")],
)
def test_a_decomposition_has_a_type(decomposition: str, kind: str | None) -> None:
    assert labels.decomposition_type(decomposition) == kind


def test_classes_without_a_name_are_places_of_a_script() -> None:
    assert labels.combining_class(230) == "Above"
    assert labels.combining_class(36) == "A fixed place of its script"
    assert labels.combining_class(0) == "Not reordered"
