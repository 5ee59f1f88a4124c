from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.byte_forms import HEX_BYTES, byte_forms


def test_a_text_is_in_bytes_or_lacks_a_character() -> None:
    forms = {form.id: form for form in byte_forms("a€")}
    assert forms["utf-8"].hex == "61 E2 82 AC"
    assert forms["utf-16-le"].hex == "61 00 AC 20"
    assert forms["cp1252"].hex == "61 80"
    assert forms["gb18030"].bytes == 3
    assert (forms["iso8859-1"].bytes, forms["iso8859-1"].lacks) == (None, 1)
    assert forms["iso8859-15"].hex == "61 A4"


def test_long_texts_are_counted_as_a_whole_and_shown_in_part() -> None:
    utf8 = next(byte_forms("x" * 10_000))
    assert utf8.bytes == 10_000
    assert utf8.hex == " ".join(["78"] * HEX_BYTES)


@given(st.text(st.characters()))
def test_every_text_has_all_forms(text: str) -> None:
    for form in byte_forms(text):
        assert (form.bytes is None) == (form.lacks is not None)
        if form.lacks is not None:
            assert 0 <= form.lacks < len(text)
