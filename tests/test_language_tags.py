import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.characters import ucd
from webapp.language_tags import LONGEST_TAG, accepted, chain


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    return frozenset(locale for locale, *_ in ucd.locale_names())


SMALL = frozenset({"en", "fr", "fr-CA", "zh", "zh-Hant", "sr", "sr-Latn", "es", "es-419"})
TAGS = st.from_regex(
    r"\A[a-zA-Z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3}))?([-_][a-z0-9]{5,8})?\Z"
)


@pytest.mark.parametrize(
    ("tag", "locales"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr-CA fr"),
        ("fr-FR", "fr"),
        ("de-AT-1996", "de"),
        ("pt-BR", "pt"),
        ("pt-PT", "pt-PT pt"),
        ("pt-AO", "pt-PT pt"),
        ("es-MX", "es-MX es-419 es"),
        ("es-AR", "es-419 es"),
        ("es-ES", "es"),
        ("es-419", "es-419 es"),
        ("en-US", "en"),
        ("en-CA", "en-CA en"),
        ("en-GB", "en-GB en-001 en"),
        ("en-NZ", "en-001 en"),
        ("en-Dsrt-GB", ""),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-SG", "zh"),
        ("zh-Hans-HK", "zh"),
        ("zh-Hans-MO", "zh"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant-HK zh-Hant"),
        ("zh-MO", "zh-Hant-HK zh-Hant"),
        ("zh-yue-HK", "yue"),
        ("yue-CN", "yue-Hans"),
        ("no", "no"),
        ("nb-NO", "no"),
        ("nn-NO", "nn no"),
        ("iw", "he"),
        ("in-ID", "id"),
        ("tl", "fil"),
        ("sh", "sr-Latn"),
        ("sr-RS", "sr"),
        ("sr-Cyrl-RS", "sr"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-ME", "sr-Latn"),
        ("sr-BA", "sr-Cyrl-BA sr"),
        ("pa-PK", "pa-Arab"),
        ("hi-IN", "hi"),
        ("hi-Latn", "hi-Latn en-IN en-001 en"),
        ("ca-ES-valencia", "ca-ES-valencia ca"),
        ("uz-Cyrl", ""),
        ("EN_gb", "en-GB en-001 en"),
        ("ZH_hANT_hk", "zh-Hant-HK zh-Hant"),
        ("ar-EG-u-nu-latn", "ar"),
        ("en-x-private", "en"),
    ],
)
def test_what_a_tag_means(tag: str, locales: str, known: frozenset[str]) -> None:
    assert chain(tag, known) == tuple(locales.split())


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "*", "e", "x-klingon", "i-default", "tlh", "en-", "en--GB", "en GB"],
)
def test_what_is_not_known_means_nothing(text: str, known: frozenset[str]) -> None:
    assert chain(text, known) == ()
    assert accepted(text, known) == ()


@pytest.mark.parametrize(
    "text",
    [
        "en\x00",
        "\ud800",
        "en-aaaaaaaaa",
        "en" + "-abcde" * LONGEST_TAG,
        "ｅｎ",
        "é",
        "en\n",
        "en-GB.UTF-8",
    ],
)
def test_what_is_no_tag_means_nothing(text: str, known: frozenset[str]) -> None:
    assert chain(text, known) == ()


def test_every_known_locale_means_itself_first(known: frozenset[str]) -> None:
    assert len(known) == 168
    assert [locale for locale in known if chain(locale, known)[:1] != (locale,)] == []


@pytest.mark.parametrize(
    ("header", "locales"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("de, fr-CA", "fr-CA fr"),
        ("en;q=0.4,es-MX;q=0.6", "es-419 es"),
        ("fr;q=0.5,en;q=0.5", "fr"),
        ("fr;q=0, en;q=0.1", "en"),
        ("fr;q=high, en;q=0.1", "en"),
        ("fr;q=nan, en;q=0.1", "en"),
        ("*", ""),
        (";;,,=;q", ""),
        ("fr;q=0", ""),
    ],
)
def test_the_most_wanted_known_language_is_taken(header: str, locales: str) -> None:
    assert accepted(header, SMALL) == tuple(locales.split())


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert set(chain(text, SMALL)) <= SMALL
    assert set(accepted(text, SMALL)) <= SMALL


@given(TAGS)
def test_case_and_the_separator_do_not_count(tag: str) -> None:
    plain = chain(tag, SMALL)
    assert chain(tag.upper().replace("-", "_"), SMALL) == plain
    assert chain(tag.lower(), SMALL) == plain
    assert accepted(f"{tag.replace('_', '-')};q=0.3", SMALL) == plain


@given(TAGS, st.sets(st.sampled_from(sorted(SMALL))))
def test_knowing_less_leaves_the_rest_in_its_order(tag: str, less: set[str]) -> None:
    assert chain(tag, less) == tuple(name for name in chain(tag, SMALL) if name in less)
