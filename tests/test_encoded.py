import gzip
import json
from unicodedata import name

from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.encoded import EncodedPages
from webapp.encoded import EncodedPage
from webapp.headers import SECURITY_HEADERS
from webapp.negotiation import WORTH_PACKING

HEADERS = {"ETag": '"build"', "Cache-Control": "no-cache"}
LONG = json.dumps([name(chr(code)) for code in range(0x1F400, 0x1F4C8)]).encode()


def page(body: bytes) -> EncodedPage:
    return EncodedPage(body, HEADERS)


@given(st.binary(max_size=3000), st.lists(st.booleans(), max_size=5))
def test_every_form_is_the_same_page(body: bytes, wishes: list[bool]) -> None:
    kept = page(body)
    for wish in wishes:
        form = kept.form(gzip=wish)
        is_packed = "Content-Encoding" in form.headers
        assert is_packed == (wish and len(body) >= WORTH_PACKING)
        assert (gzip.decompress(form.body) if is_packed else form.body) == body
        assert form.headers["ETag"] == ('W/"build"' if is_packed else '"build"')


def test_a_form_has_all_headers_twice_over() -> None:
    pages = page(LONG), EncodedPage(LONG, HEADERS, '</?cursor=a>; rel="next"')
    assert "Link" in pages[1].form(gzip=False).headers
    assert "Link" not in page(LONG).form(gzip=False).headers
    for form in (each.form(gzip=wish) for each in pages for wish in (False, True)):
        lines = form.head.decode("ascii").split("\r\n")
        assert lines[0] == "HTTP/1.1 200 OK"
        assert lines[-2:] == [f"Content-Length: {len(form.body)}", ""]
        assert lines[1:-2] == [f"{name}: {value}" for name, value in form.headers.items()]
        assert set(SECURITY_HEADERS) < set(form.headers)


def test_what_is_wanted_again_is_packed_better_once() -> None:
    kept = page(LONG)
    first, second, third = (kept.form(gzip=True) for _ in range(3))
    assert len(first.body) > len(second.body)
    assert second is third
    assert kept.form(gzip=False).body == LONG


def test_a_huge_page_is_never_packed_slowly() -> None:
    kept = page(LONG * 60)
    assert kept.form(gzip=True) is kept.form(gzip=True)


def test_the_packed_form_counts() -> None:
    pages = EncodedPages(1_000_000)
    plain = page(LONG)
    pages.put("q=a", plain, gzip=False)
    before = plain.weight
    packed = pages.get("q=a", gzip=True)
    assert packed is not None
    assert plain.weight == before + len(packed.body)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=30))
def test_pages_are_kept_within_the_limit_however_they_are_asked_for(
    asked: list[tuple[str, bool]],
) -> None:
    limit = 3 * page(LONG).weight
    pages, made = EncodedPages(limit), dict[str, EncodedPage]()
    for key, wish in asked:
        form = pages.get(key, gzip=wish)
        if form is None:
            made[key] = page(LONG + key.encode())
            form = pages.put(key, made[key], gzip=wish)
        assert (gzip.decompress(form.body) if form.body[:1] == b"\x1f" else form.body)[-1:] == (
            key.encode()
        )
        # A page that weighs more than a third of the limit leaves room for two of its kind.
        assert len(pages) <= 3
        assert pages._pages._weight == sum(
            made[key].weight + 4 * len(key) for key in pages._pages._entries
        )
        assert pages._pages._weight <= limit


def test_a_page_too_large_is_sent_but_not_kept() -> None:
    pages = EncodedPages(1000)
    assert pages.put("q=a", page(LONG), gzip=False).body == LONG
    assert pages.get("q=a", gzip=False) is None
