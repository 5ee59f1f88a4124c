from array import array

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from webapp.characters.name_keys import NameKeys, pack_names
from webapp.characters.resident import Order
from webapp.characters.row_items import READY, RowItems, pack_items
from webapp.characters.schema import ALIAS, NAME

ITEMS = RowItems(
    pack_items(
        [
            ('{"id":"U+0041","char":"A"', ',"kind":"character","age":"1.1"'),
            ('{"id":"U+00DF","char":"ß"', ',"kind":"character","age":"1.1"'),
            ('{"id":"U+1F600","char":"😀"', ',"kind":"character","age":"6.1"'),
        ]
    )
)


def test_items_are_put_together_with_their_reason() -> None:
    assert ITEMS.joined([3, 1], "the full name").decode() == (
        '{"id":"U+1F600","char":"😀","kind":"character","age":"6.1","why":"the full name"},'
        '{"id":"U+0041","char":"A","kind":"character","age":"1.1","why":"the full name"}'
    )
    assert ITEMS.joined([], "nothing") == b""


def test_rows_beyond_those_that_are_ready_are_put_together_alike() -> None:
    items = RowItems(
        pack_items((f'{{"id":"{row}"', f',"age":"{row % 3}"') for row in range(1, READY + 3))
    )
    rows = [1, READY, READY + 1, READY + 2]
    joined = b",".join(items.item(row)[:-1] + b',"why":"x"}' for row in rows)
    assert items.joined(rows, "x") == joined
    assert items.joined(iter(rows[2:]), "x") == joined[joined.index(b'{"id":"%d"' % (READY + 1)) :]


def test_an_item_by_itself_has_no_reason() -> None:
    assert ITEMS.item(2).decode() == '{"id":"U+00DF","char":"ß","kind":"character","age":"1.1"}'
    assert len(ITEMS) == 3


def test_names_of_one_hash_are_all_found() -> None:
    keys = NameKeys(pack_names([(-5, NAME, 7), (3, NAME, 9), (3, ALIAS, 2), (8, NAME, 1)]))
    assert keys.named(3) == [(NAME, 9), (ALIAS, 2)]
    assert keys.named(-5) == [(NAME, 7)]
    assert keys.named(4) == keys.named(9) == []


@given(st.permutations(range(1, 20)), st.sets(st.integers(1, 19)))
def test_an_order_gives_some_rows_as_it_has_them(order: list[int], some: set[int]) -> None:
    assert list(Order(array("I", order)).of(BitMap(some))[:]) == [
        row for row in order if row in some
    ]
