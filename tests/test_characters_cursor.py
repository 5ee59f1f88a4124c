import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.cursor import Place, decode, encode
from webapp.problems import CursorMismatch

PLACES = st.builds(Place, st.integers(-1, (1 << 63) - 1), st.integers(0, 1 << 31))


@given(PLACES, st.text())
def test_a_cursor_leads_back_to_its_place(place: Place, scope: str) -> None:
    cursor = encode(place, scope)
    assert decode(cursor, scope) == place
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(PLACES, st.text(), st.text())
def test_a_cursor_of_another_query_is_refused(place: Place, one: str, other: str) -> None:
    if one != other:
        with pytest.raises(CursorMismatch):
            decode(encode(place, one), other)


@given(st.text(st.characters()) | st.from_regex(r"[A-Za-z0-9_-]{28}", fullmatch=True))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorMismatch):
        decode(text, "scope")
