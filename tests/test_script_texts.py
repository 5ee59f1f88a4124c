"""What scripts show is in the language of the page: nothing goes around static/js/words.js."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tools.messages import Id, messages
from webapp.settings import ROOT

SCRIPTS: Final = sorted((ROOT / "static" / "js").glob("*.js"))
SAYING: Final = frozenset({"said", "counted"})
# Errors are for the console.
SILENT: Final = frozenset({"Error"})
SHOWN: Final = frozenset({"textContent", "ariaLabel", "title", "alt", "placeholder", "say"})
SHOWING: Final = frozenset({"announce", "confirm", "alert", "button", "explain", "Notification"})

TOKEN: Final = re.compile(
    r"""
    (?P<comment> /\*.*?\*/ | //[^\n]*)
    | (?P<text> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
        | `(?:[^`\\$] | \\. | \$(?!\{) | \$\{(?:[^{}`] | `[^`]*` | \{[^{}]*\})*\})*`)
    | (?P<name> [\w$]+)
    | (?P<operator> [^\s\w] )
    """,
    re.DOTALL | re.VERBOSE,
)
REGEX: Final = re.compile(r"/(?![*/])(?:\[(?:[^\]\\\n]|\\.)*\]|[^/\\\[\n]|\\.)+/\w*")
# A value within a template stands for a word, or for several.
VALUE: Final = re.compile(r"\$\{[^}]*\}")
SENTENCE: Final = re.compile(r"[A-Z].*[^\W\d_] [^\W\d_]", re.DOTALL)
PHRASE: Final = re.compile(r"[^\W\d_] [^\W\d_]|\x00 [^\W\d_]{2}|[^\W\d_]{2} \x00")
SELECTOR: Final = re.compile(r"[.#:\[]")
LETTER: Final = re.compile(r"[^\W\d_]")
COMMENT: Final = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
CALL: Final = re.compile(r"(?<!function )\b(?:said|counted)\(")

# Reviewed: neither is in any language.
ALLOWED: Final = {
    "RIGHTWARDS ARROW",  # a name of Unicode's
    "16px sans-serif",  # a font
    '${job.created_at.slice(0, 16).replace("T", " ")} UTC',  # a time as ISO 8601 writes it
}


class Token(NamedTuple):
    kind: str
    value: str
    line: int


def tokens(source: str) -> Iterator[Token]:
    """The names, texts and operators of a script, without comments and regular expressions."""
    at, line, kind, value = 0, 1, "operator", ";"
    while at < len(source):
        # Behind a value a slash divides.
        may_be_regex = kind == "operator" and value not in ")]}"
        match = (may_be_regex and REGEX.match(source, at)) or TOKEN.match(source, at)
        if not match:
            line += source[at] == "\n"
            at += 1
            continue
        if match.lastgroup not in {None, "comment"}:
            kind, value = str(match.lastgroup), match[0]
            yield Token(kind, value, line)
        line += match[0].count("\n")
        at = match.end()


def texts_past_words(source: str) -> Iterator[tuple[int, str]]:
    """The texts, with their lines, that a script shows or seems to, and that nothing translates."""
    # For each bracket that is open, what it is the call of.
    calls: list[str] = []
    # What the statement sets, and how deep in brackets it does that.
    target, depth = "", 0
    before = Token("operator", ";", 0)
    for token in tokens(source):
        if token.kind == "operator":
            if token.value in "([{":
                calls.append(before.value if token.value == "(" and before.kind == "name" else "")
            elif token.value in ")]}" and calls:
                calls.pop()
            elif token.value == "=":
                target, depth = before.value, len(calls)
            if token.value == ";" or len(calls) < depth:
                target = ""
        elif token.kind == "text" and not {*SAYING, *SILENT} & {*calls}:
            text = token.value[1:-1]
            is_shown = (target in SHOWN and len(calls) == depth) or calls[-1:] in (
                [name] for name in SHOWING
            )
            if text not in ALLOWED and reads_as_text(text, is_shown, target):
                yield token.line, text
        before = token


def reads_as_text(text: str, is_shown: bool, target: str) -> bool:
    words = VALUE.sub("\0", text)
    if is_shown:
        return LETTER.search(words) is not None
    if target == "className" or SELECTOR.match(words):
        return False
    return bool(SENTENCE.match(words) or PHRASE.search(words))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_show_no_text_that_is_not_translated(path: Path) -> None:
    assert list(texts_past_words(path.read_text())) == []


@pytest.mark.parametrize(
    "line",
    [
        'announce("Copied");',
        "announce(`Copied ${label}`, { visible: true });",
        'notice.textContent = reason ?? "try again";',
        'play.textContent = isPlaying ? "Pause" : "Play";',
        'const text = "Nothing is lost: try again.";',
        "return `${done} of ${total}`;",
        "return `${count} flags`;",
        'confirm(count === 1 ? "Delete it?" : said("Delete these?"));',
        'const KINDS = [["basket", "is in the basket"]];',
    ],
)
def test_a_text_that_goes_around_is_found(line: str) -> None:
    assert list(texts_past_words(line))


@pytest.mark.parametrize(
    "line",
    [
        'announce(said("Copied {text}", { text: "a b" }), { visible: true });',
        'notice.className = "notice bad stuck";',
        'need("#copy-all").textContent = said("Copy all");',
        "throw new Error(`the page has no ${selector}`);",
        'row.querySelector(":scope > .variants, dialog[open]");',
        'const found = page.querySelector(".problem h1 + p");',
        "const name = /^[A-Z] [a-z]$/.test(text) ? a / b : c / d;",
        "// Nothing is said here.",
        "field.textContent = word(`state.${job.state}`);",
    ],
)
def test_what_is_none_is_not(line: str) -> None:
    assert list(texts_past_words(line)) == []


@pytest.fixture(scope="module")
def collected() -> list[tuple[str, Id]]:
    return list(messages())


def test_each_text_of_scripts_is_collected(collected: list[tuple[str, Id]]) -> None:
    found = Counter(place for place, _ in collected)
    for path in SCRIPTS:
        if path.name != "words.js":
            calls = CALL.findall(COMMENT.sub("", path.read_text()))
            assert len(calls) == found[f"static/js/{path.name}"], path.name


def test_no_text_is_both_counted_and_not(collected: list[tuple[str, Id]]) -> None:
    said = {text for _, text in collected if isinstance(text, str)}
    assert said & {text[0] for _, text in collected if not isinstance(text, str)} == set()


def test_figures_and_times_are_written_in_one_place() -> None:
    scripts = {path.name for path in SCRIPTS if ".toLocale" in path.read_text()}
    assert scripts == {"words.js"}
