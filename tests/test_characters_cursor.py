import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.cursor import decode, encode
from webapp.problems import CursorMismatch

SHOWN = st.integers(0, (1 << 32) - 1)


@given(SHOWN, st.text())
def test_a_cursor_leads_back_to_its_place(shown: int, scope: str) -> None:
    cursor = encode(shown, scope)
    assert decode(cursor, scope) == shown
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(SHOWN, st.text(), st.text())
def test_a_cursor_of_another_query_is_refused(shown: int, one: str, other: str) -> None:
    if one != other:
        with pytest.raises(CursorMismatch):
            decode(encode(shown, one), other)


@given(st.text(st.characters()) | st.from_regex(r"[A-Za-z0-9_-]{16}", fullmatch=True))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorMismatch):
        decode(text, "scope")
