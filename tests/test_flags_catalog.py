import hashlib
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flags import catalog
from webapp.flags.catalog import COUNTRIES, EVERY, POP20, Select, expand, parse_code
from webapp.problems import InvalidRequest

DATA = Path(catalog.__file__).with_name("data")


def refused_field(select: Select, limit: int | None = None) -> str:
    with pytest.raises(InvalidRequest) as caught:
        expand(select, limit)
    (error,) = caught.value.errors
    return error.field


def test_the_countries_are_those_of_iso_3166_1() -> None:
    assert len(COUNTRIES) == 249
    assert list(COUNTRIES) == sorted(COUNTRIES)
    assert all(catalog.CODE.fullmatch(code) for code in COUNTRIES)
    assert not {"XK", "EU", "UN", "AC", "UK", "ZZ"} & set(COUNTRIES)
    assert (COUNTRIES["BR"], COUNTRIES["CI"], COUNTRIES["TR"]) == (
        "Brazil",
        "Côte d’Ivoire",
        "Türkiye",
    )


def test_a_code_of_nobody_is_its_own_name() -> None:
    assert catalog.country_name("BR") == "Brazil"
    assert catalog.country_name("BC") == "BC"


def test_the_committed_data_are_what_their_provenance_says() -> None:
    files = tomllib.loads((DATA / "SOURCES.toml").read_text(encoding="utf-8"))["file"]
    recorded = {file["name"]: file["sha256"] for file in files}
    present = {path.name: path for path in DATA.iterdir() if path.name != "SOURCES.toml"}
    assert {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in present.items()
    } == recorded
    assert all(file["package"] and file["licence"] for file in files)


def test_every_country_has_one_flag_and_all_together_are_small() -> None:
    with zipfile.ZipFile(DATA / "flags.zip") as archive:
        assert [name.removesuffix(".gif") for name in archive.namelist()] == list(COUNTRIES)
        contents = [archive.read(name) for name in archive.namelist()]
    assert all(content[:6] in {b"GIF87a", b"GIF89a"} for content in contents)
    assert all(content[6:10] == bytes([64, 1, 240, 0]) for content in contents)  # 320 x 240
    assert sum(map(len, contents)) < 1_000_000


def test_presets_have_the_books_counts() -> None:
    counts = {preset.name: preset.count for preset in catalog.presets()}
    assert counts == {"pop20": 20, "all": 249, "every": 676}
    for preset in catalog.presets():
        assert len(expand(Select(preset=preset.name))) == preset.count
        assert preset.label


def test_pop20_is_sorted_from_bangladesh_to_vietnam() -> None:
    codes = expand(Select(preset="pop20"))
    assert (codes[0], codes[-1]) == ("BD", "VN")
    assert set(codes) == set(POP20)
    assert {"JP", "MX"} < set(codes)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("BR",), ["BR"]),
        (("br", "Br", "BR"), ["BR"]),
        (("US", "BR"), ["BR", "US"]),
        (("bc",), ["BC"]),  # a pair of nobody's is for the source to answer
    ],
)
def test_codes_are_upper_case_each_once_in_order(
    codes: tuple[str, ...], expected: list[str]
) -> None:
    assert expand(Select(codes=codes)) == expected


def test_a_letter_is_its_26_codes() -> None:
    assert expand(Select(codes=("b",))) == [f"B{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    assert len(expand(Select(codes=("B", "BR", "CA")))) == 27


def test_the_limit_cuts_after_sorting() -> None:
    assert expand(Select(codes=("US", "BR", "AR")), 2) == ["AR", "BR"]
    assert expand(Select(preset="pop20"), 1) == ["BD"]
    assert len(expand(Select(preset="every"), 10_000)) == 676
    assert refused_field(Select(preset="all"), 0) == "limit"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ＢＲ",
        "ß",
        "ßß",
        "İ",
        "ı",
        "ſt",
        "ǆ",
        "../",
        "..",
        "BR\0",
        "BR\n",
        " BR",
        "BRA",
        "B1",
        "B-",
        "🇧🇷",
        "bŕ",
        "A" * 10_000,
    ],
)
def test_anything_but_ascii_letters_is_refused_by_place(text: str) -> None:
    assert refused_field(Select(codes=("AR", text))) == "select.codes[1]"
    with pytest.raises(InvalidRequest):
        parse_code(text, "code")


def test_one_code_is_read_in_any_case() -> None:
    assert parse_code("bR", "code") == "BR"
    with pytest.raises(InvalidRequest) as caught:
        parse_code("B", "code")
    assert caught.value.errors[0].field == "code"


@pytest.mark.parametrize(
    ("select", "field"),
    [
        (Select(), "select"),
        (Select(preset="all", codes=("BR",)), "select"),
        (Select(preset="pop21"), "select.preset"),
        (Select(preset="ALL"), "select.preset"),
        (Select(codes=()), "select.codes"),
    ],
)
def test_a_selection_is_exactly_one_known_thing(select: Select, field: str) -> None:
    assert refused_field(select) == field


@given(st.lists(st.text(max_size=3) | st.sampled_from(EVERY), max_size=20))
def test_any_texts_give_sorted_unique_codes_or_a_refusal(texts: list[str]) -> None:
    try:
        codes = expand(Select(codes=tuple(texts)))
    except InvalidRequest:
        codes = []
    assert codes == sorted(set(codes))
    assert set(codes) <= set(EVERY)
