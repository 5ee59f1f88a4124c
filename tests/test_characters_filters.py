import re
from fractions import Fraction

import pytest

from tests import whole
from webapp.characters import ucd
from webapp.characters.comparisons import AGES, NUMBERS
from webapp.characters.filters import KEYS
from webapp.characters.labels import CATEGORIES
from webapp.characters.meaning import Query
from webapp.characters.property_values import VALUES
from webapp.characters.query import parse
from webapp.characters.tokens import fact, number
from webapp.settings import ROOT

PAPER = ROOT / "docs" / "search.md"


@pytest.fixture(scope="module")
def characters() -> list[ucd.CodePoint]:
    return list(whole.characters())


def tokens(text: str) -> list[str]:
    """The tokens of the filters, those of one filter joined by `|`, negated ones after `-`."""
    return ["-" * each.negated + "|".join(each.tokens) for each in parse(text).filters]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("gc:Lu", "_gc_lu"),
        ("cat:lu", "_gc_lu"),
        ("category:Uppercase_Letter", "_gc_lu"),
        ('CATEGORY:"uppercase letter"', "_gc_lu"),
        ("gc:L", "_gc_l"),
        ("gc:letter", "_gc_l"),
        ("gc:LC", "_gc_lc"),
        ("gc:Sc,Sm", "_gc_sc|_gc_sm"),
        ("gc:Sc|Sm", "_gc_sc|_gc_sm"),
        ("-gc:Sc,Sm", "-_gc_sc|_gc_sm"),
        ("sc:Greek", "_sc_greek"),
        ("script:grek", "_sc_greek"),
        ("script:old-italic", "_sc_olditalic"),
        ("sc:isgreek", "_sc_greek"),
        ("scx:deva", "_sx_devanagari"),
        ("block:arrows", "_bk_arrows"),
        ("blk:latin_1-supplement", "_bk_latin1supplement"),
        ('block:"Latin-1 Supplement"', "_bk_latin1supplement"),
        ("block:ascii", "_bk_basiclatin"),
        ("plane:1", "_pl_1"),
        ("plane:SMP", "_pl_1"),
        ("age:17", "_ag_17=0"),
        ("age:15.1", "_ag_15=1"),
        ("version:v6.0", "_ag_6=0"),
        ("age:>=17", "_ag_17=0|_ag_18=0"),
        ("age:≥17", "_ag_17=0|_ag_18=0"),
        ("age:>17.0", "_ag_18=0"),
        ("age:<1.1", "_ag_0=6|_ag_1=0"),
        ("age:15..16", "_ag_15=0|_ag_15=1|_ag_16=0"),
        ("bidi:AL", "_bc_al"),
        ("bc:Arabic_Letter", "_bc_al"),
        ("ea:W", "_ea_w"),
        ("width:fullwidth", "_ea_f"),
        ("ea:Na", "_ea_na"),
        ("nv:1/2", "_nv_1==2|_nv_6==12"),
        ("nv:0.5", "_nv_1==2|_nv_6==12"),
        ("nv:-1/2", "_nv_m1==2"),
        ("nv:<0", "_nv_m1==2"),
        ("nv:>10000000000", "_nv_1000000000000|_nv_10000000000000000"),
        ("numeric:=7", "_nv_7"),
        ("ccc:230", "_cc_230"),
        ("ccc:Above", "_cc_230"),
        ("ccc:virama", "_cc_9"),
        ("dt:font", "_dt_font"),
        ("dt:canonical", "_dt_canonical"),
        ("dt:noBreak", "_dt_nobreak"),
        ("is:Alphabetic", "_is_alpha"),
        ("is:alpha", "_is_alpha"),
        ("is:White_Space", "_is_wspace"),
        ("is:emoji", "_is_emoji"),
        ("is:combining", "_gc_m"),
        ("is:upper", "_is_upper"),
        ("is:invisible", "_is_di|_gc_cf|_gc_cc|_gc_z"),
        ("is:punctuation", "_gc_p"),
        ("is:greek", "_sc_greek"),
        ("in:cp1252", "_in_cp1252"),
        ("in:windows-1252", "_in_cp1252"),
        ("in:latin1", "_in_iso88591"),
        ("in:ISO-8859-15", "_in_iso885915"),
        ("in:koi8-r", "_in_koi8r"),
        ("in:sjis", "_in_shiftjis"),
        ("like:а", "_lk_0430"),
        ("like:U+0430", "_lk_0430"),
        ("like:\\u0430", "_lk_0430"),
        ("like:rn", "_lk_0072006e"),
        ("base:e", "_ba_0065"),
        ("like:,", "_lk_002c"),
        ("seq:zwj", "_sq_zwj"),
        ("seq:any", "_sq_any"),
        ("tone:medium-dark", "_tn_mediumdark"),
        ("def:dragon", "_def_dragon"),
        ("def:dragons", "_def_dragon"),
        ("pinyin:shui3", "_py_shui3"),
        ("pinyin:shuǐ", "_py_shui3"),
        ("pinyin:SHUI", "_py_shui"),
        ("pinyin:lǜ", "_py_lu4"),
        ("pinyin:lv4", "_py_lv4"),
        ("on:SUI", "_on_sui"),
        ("kun:mizu", "_ku_mizu"),
        ("jyut:seoi2", "_jy_seoi2"),
        ("hangul:수", "_ha_su"),
        ("hangul:su", "_ha_su"),
        ("viet:nước", "_vi_nuoc"),
        ("name:arrow", "arrow"),
        ("name:rightwards", "right"),
        ("name:cat,dog", "cat|dog"),
        ("alias:nbsp", "_al_nbsp"),
        ("kw:Hearts", "_k_heart"),
        ("note:used", "_t_used"),
        ("entity:&euro;", "_en_euro"),
        ("code::smile:", "_sh_smile"),
    ],
)
def test_a_filter_asks_for_a_token(text: str, token: str) -> None:
    assert tokens(text) == [token]
    assert not parse(text).notices
    assert parse(text).interpretation[0].kind == "filter"
    assert not parse(text).groups


def test_all_words_of_one_value_must_be_there() -> None:
    assert tokens("name:black-heart") == ["black", "heart"]
    assert tokens('name:"Black Heart"') == ["black", "heart"]
    assert tokens('def:"big dragon"') == ["_def_big", "_def_dragon"]


def test_filters_stand_anywhere_among_words() -> None:
    query = parse("sign gc:Sc -script:arabic currency sort:cp lang:fr")
    assert tokens(query.text) == ["_gc_sc", "-_sc_arabic"]
    assert query.groups[0].words == ("sign", "currency")
    assert (query.sort, query.lang, query.name) == ("cp", "fr", "sign currency")


def test_an_order_alone_is_of_all_characters() -> None:
    query = parse("sort:age")
    assert query.asks_for_everything
    assert (query.sort, query.interpretation[0].kind) == ("age", "filter")


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("foo:bar", "“foo:” is not a filter, so “foo:bar” was taken for words."),
        ("gc:Zx", "“Zx” is unknown to gc:"),
        ("script:greke", "Greek"),
        ("block:arows", "Arrows"),
        ("block:basic", 'Known are, for example, "Basic Latin"'),
        ("in:cp1253x", "cp1253"),
        ("age:soon", "18.0"),
        ("age:>=", "“>=” is unknown to age:"),
        ("nv:1/0", "“1/0” is unknown to nv:"),
        ("base:ee", "“ee” is unknown to base:"),
        ("pinyin:→", "“→” is unknown to pinyin:"),
        ("sort:size", "the orders are relevance, cp, name, age"),
        ("lang:!", "a language is a tag"),
        ("gc:" + "x" * 500, "“" + "x" * 40 + "…” is unknown to gc:"),
    ],
)
def test_what_is_not_understood_is_said(text: str, notice: str) -> None:
    query = parse(text)
    assert len(query.notices) == 1
    assert notice in query.notices[0]


@pytest.mark.parametrize("text", ["gc:Zx", "nv:x", "like:\ud800x nv:x", "is:nothing"])
def test_nothing_meets_an_unknown_value(text: str) -> None:
    assert tokens(text)[-1] == ""


def test_an_unknown_key_is_words() -> None:
    query = parse("foo:bar-baz cat")
    assert query.groups[0].words == ("foo", "bar", "baz", "cat")
    assert not query.filters


def test_a_known_value_beside_an_unknown_one_counts() -> None:
    query = parse("gc:Sc,Zx")
    assert tokens(query.text) == ["_gc_sc"]
    assert query.notices


def test_every_key_is_understood() -> None:
    values = {"sort": "cp", "lang": "fr", "age": "17", "nv": "1", "base": "e"}
    values |= {key: next(iter(known.names.values())) for key, known in VALUES.items()}
    for alias, key in KEYS.items():
        query = parse(f'{alias}:"{values.get(key, "x")}"')
        assert query.interpretation[0].kind == "filter"
        assert not query.notices


def test_the_paper_names_every_key() -> None:
    rows = re.findall(
        r"^\| (`[^|]+`) \|", PAPER.read_text().partition("## Filters")[2], re.MULTILINE
    )
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == KEYS.keys()


def test_the_examples_of_the_paper_are_understood() -> None:
    for text in re.findall(r"`(-?[a-z]+:[^`]+)`", PAPER.read_text()):
        assert text == "key:value" or not parse(text).notices, text


def asked(key: str, value: str) -> Query:
    query = parse(f'{key}:"{value}"')
    assert not query.notices, value
    return query


@pytest.mark.usefixtures("unmeasured")
def test_every_value_there_is_can_be_asked_for(characters: list[ucd.CodePoint]) -> None:
    tables = {
        ("gc", "gc"): {each.category for each in characters} & CATEGORIES.keys(),
        ("sc", "sc"): {each.script for each in characters},
        ("scx", "sx"): {name for each in ucd.script_extensions() for name in each.scripts},
        ("block", "bk"): {each.name for each in ucd.blocks()},
        ("bidi", "bc"): {each.bidi_class for each in characters},
        ("ea", "ea"): {each.east_asian_width for each in characters},
        ("ccc", "cc"): {str(each.combining_class) for each in characters},
        ("plane", "pl"): {str(each.code_point >> 16) for each in characters},
        ("is", "is"): {each.name for each in ucd.properties()},
        ("in", "in"): {each.name for each in ucd.charsets()},
        ("seq", "sq"): {each.kind for each in whole.sequences()},
    }
    for (key, prefix), values in tables.items():
        for value in values:
            assert asked(key, value).filters[0].tokens == (fact(prefix, value),)


def test_every_age_and_number_can_be_asked_for(characters: list[ucd.CodePoint]) -> None:
    ages = {each.age for each in characters} | {each.emoji_version for each in whole.sequences()}
    assert set(AGES) == ages - {""}
    assert set(NUMBERS) == {each.numeric_value for each in characters} - {""}
    for value in NUMBERS:
        assert fact("nv", number(value)) in asked("nv", value).filters[0].tokens
    assert len(asked("nv", ">=0").filters[0].tokens) == sum(Fraction(n) >= 0 for n in NUMBERS)


def test_every_kind_of_decomposition_can_be_asked_for(characters: list[ucd.CodePoint]) -> None:
    found = {each.decomposition.partition(">")[0] for each in characters}
    for kind in {each[1:] for each in found if each.startswith("<")} | {"canonical"}:
        assert asked("dt", kind).filters[0].tokens == (fact("dt", kind),)
