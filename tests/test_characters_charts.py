from hypothesis import given
from hypothesis import strategies as st

from webapp.characters import charts, ucd

NAMES = [row.name for row in ucd.blocks()]
LARGE = range(0x4E00, 0xA000)


def test_no_two_blocks_have_names_that_compare_alike() -> None:
    assert len({charts.loose(name) for name in NAMES}) == len(NAMES)
    assert all(charts.loose(charts.slug(name)) == charts.loose(name) for name in NAMES)


def test_the_pages_of_a_block_are_the_block() -> None:
    shown = [number for page in charts.pages(LARGE) for number in page]
    assert shown == list(LARGE)
    assert all(len(page) <= charts.PAGE_CELLS for page in charts.pages(LARGE))
    assert list(charts.pages(range(0x80, 0x100))) == [range(0x80, 0x100)]


@given(st.sampled_from(LARGE))
def test_every_code_point_is_on_its_page(code_point: int) -> None:
    page = charts.page_of(LARGE, code_point)
    assert code_point in page
    assert page in list(charts.pages(LARGE))


def test_lines_have_a_cell_for_each_code_point() -> None:
    items = {0x41: {"id": "U+0041"}, 0x5F: {"id": "U+005F"}}
    first, second = charts.lines(range(0x40, 0x60), items)
    assert (first.first, second.first) == (0x40, 0x50)
    assert [bool(cell) for cell in first.cells] == [False, True] + 14 * [False]
    assert second.cells[-1] == items[0x5F]


def test_names_near_to_a_slip_are_found() -> None:
    assert charts.near("Basic_Latim", NAMES)[0] == "Basic Latin"
    assert "Greek and Coptic" in charts.near("greek", NAMES)
    assert "Greek Extended" in charts.near("greeek", NAMES)
    assert charts.near("", NAMES) == []
    assert charts.near("\ud800" * 10_000, NAMES) == []
