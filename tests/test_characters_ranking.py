from array import array

from webapp.characters.fields import Texts
from webapp.characters.orders import facet_values, in_rank_order, orders
from webapp.characters.ranking import Candidate, is_tone, prior
from webapp.characters.records import Record, by_age


def likelihood(text: str, name: str = "SIGN", **known: object) -> float:
    return prior(Candidate(tuple(map(ord, text)), name, **known))  # type: ignore[arg-type]  # keywords of a NamedTuple


def record(char: str, name: str, category: str, wanted: float) -> Record:
    code_points = tuple(map(ord, char))
    return Record(code_points, name, category, "", "", "", Texts(name), "", wanted)


def test_what_people_have_on_keyboards_comes_first() -> None:
    assert likelihood("+") > likelihood("±", html=4, charsets=50)
    assert likelihood("±", html=4, charsets=50) > likelihood("∓", html=5)
    assert likelihood("→", html=4, emoji=1.0) > likelihood("⇥", html=5) > likelihood("⭲")
    assert likelihood("水", charsets=20, readings=7) > likelihood("氺", readings=2)


def test_forms_of_other_characters_come_last() -> None:
    plain = likelihood("\u0628")
    assert likelihood("\ufe8f", decomposition="<isolated> 0628") < plain
    assert likelihood("𝛂", decomposition="<font> 03B1") < likelihood("⍺")
    assert likelihood("Ω", decomposition="03A9") < likelihood("☊")
    assert likelihood("豈", "CJK COMPATIBILITY IDEOGRAPH-F900") < likelihood("☊")
    assert likelihood("ﺀ", block="Arabic Presentation Forms-B") < plain


def test_marks_sounds_and_tags_come_low() -> None:
    assert likelihood("\u0301", category="Mn") < likelihood("☊")
    assert likelihood("⼀", block="Kangxi Radicals") < likelihood("☊")
    assert likelihood("각", "HANGUL SYLLABLE GAG", script="Hangul") < likelihood("☊")
    assert likelihood("ꀀ", "YI SYLLABLE IT", script="Yi") < likelihood("☊")
    assert likelihood("\U0001d11e") < likelihood("☊")
    assert likelihood("\U000e0041") < likelihood("\U0001d11e")


def test_among_emoji_the_plain_ones_come_first() -> None:
    plain = likelihood("👍", emoji=1.0)
    flag = likelihood("🇫🇷", sequence="flag")
    joined = likelihood("👩\u200d🚀", sequence="zwj")
    toned = likelihood("👍🏿", sequence="tone")
    both = likelihood("👩🏿\u200d🚀", sequence="zwj")
    named = likelihood("ą́", sequence="named")
    assert plain > flag > joined > toned > both > named
    assert [is_tone(ord(char)) for char in "🏻🏿👍"] == [True, True, False]


def test_a_small_letter_comes_before_its_capital_whatever_else_speaks_for_the_capital() -> None:
    small = record("γ", "GREEK SMALL LETTER GAMMA", "Ll", 20.0)
    capital = record("Γ", "GREEK CAPITAL LETTER GAMMA", "Lu", 24.0)
    other = record("☊", "ASCENDING NODE", "So", 21.0)
    assert in_rank_order([other, capital, small]) == [small, capital, other]


def test_equally_likely_rows_go_by_length_and_code_point() -> None:
    long = record("a", "VERY LONG NAME", "So", 0.0)
    longer = record("b", "VERYLONG NAMES OFIT", "So", 0.0)
    second = record("d", "VERY LONG NAME", "So", 0.0)
    short = record("c", "NAME", "So", 0.0)
    assert in_rank_order([second, longer, long, short]) == [short, long, second, longer]


def test_orders_give_the_row_at_each_place() -> None:
    found = [record("a", "B", "Ll", 0.0), record("b", "A", "Ll", 0.0), record("aa", "A", "", 0.0)]
    numbers = {each.code_points: row for row, each in enumerate(found, 1)}
    rows = {order: list(array("I", packed)) for order, packed in orders(found, numbers)}
    # Of one name, sequences stand behind the character they begin with.
    assert rows == {"order.cp": [1, 2, 3], "order.name": [3, 2, 1], "order.age": [1, 3, 2]}


def test_facets_have_the_values_that_rows_have() -> None:
    sequence = record("ab", "AB", "", 0.0)
    letters = [record("a", "A", "Ll", 0.0), record("A", "A", "Lu", 0.0)]
    assert list(facet_values([sequence, *letters])) == [
        ("category", 1, "Ll", "Lowercase letter"),
        ("category", 2, "Lu", "Uppercase letter"),
    ]


def test_versions_are_numbers() -> None:
    assert sorted(["10.0", "", "9.0", "15.1", "15.0"], key=by_age) == [
        "9.0",
        "10.0",
        "15.0",
        "15.1",
        "",
    ]
