"""The LaTeX command of a character, from pylatexenc's tables for both directions."""

import importlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.ucd_tables import import_from

_ENSURED = re.compile(r"\\ensuremath\{(.*)\}")
# An accent over a letter, which may be written without braces: \'e, \"\i.
_ACCENTED = re.compile(r"(\\[`'^\"~=.])(\w|\\[ij])")
# \alpha, \mathbb{R}, \boldsymbol{\mathit{V}}, \'{e}, \#: no macro programs and no plain text.
_COMMAND = re.compile(
    r"\\(?:[A-Za-z]+|[`'^\"~=.](?=\{\\?\w))(?:\{(?:\w|\\[A-Za-z]+(?:\{\w\})?)\})?|\\[#$%&_{}]"
)
# pylatexenc reads \eth as an IPA letter of another sound; everywhere else it is ð.
_MISREAD = {"ƪ"}


def latexcodec_licence(folder: Path) -> str:
    """The licence of latexcodec, from which pylatexenc took its table; it stands above that."""
    text = (folder / "pylatexenc/latexencode/_uni2latexmap.py").read_text("utf-8")
    comment = text[text.index("# latexcodec is a lexer") :].partition("\n#\n#\n")[0]
    return re.sub(r"^# ?", "", comment, flags=re.MULTILINE) + "\n"


def latex(folder: Path, assigned: Iterable[int]) -> Iterator[list[str]]:
    """Code point and command, at most one each way, of `assigned` characters; ascending."""
    import_from(folder, "pylatexenc")
    written: Any = importlib.import_module("pylatexenc.latexencode._uni2latexmap")
    read: Any = importlib.import_module("pylatexenc.latex2text._defaultspecs")
    macros = macros_by_character(read.specs)
    commands = preferred(written.uni2latex, macros)
    found = sorted(commands.keys() & set(assigned))
    yield from ([f"{code_point:04X}", commands[code_point]] for code_point in found)


def macros_by_character(specs: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, list[str]]:
    """The names of the macros that are read as one character."""
    found: dict[str, list[str]] = {}
    for _, kinds in specs:
        for macro in kinds["macros"]:
            text = macro.simplify_repl
            if isinstance(text, str) and len(text) == 1 and macro.macroname.isalpha():
                found.setdefault(text, []).append(macro.macroname)
    return {char: names for char, names in found.items() if char not in _MISREAD}


def preferred(written: Mapping[int, str], macros: Mapping[str, list[str]]) -> dict[int, str]:
    """One command for a character, and one character for a command."""
    plain = {chr(number): command(text) for number, text in written.items()}
    taken = set(plain.values())
    owners: dict[str, str] = {}
    for char in sorted({*plain, *filter(_is_beyond_ascii, macros)}):
        text = known(plain.get(char, ""), macros.get(char, []), taken)
        if text and text[1:] in (macros.get(owners.get(text, ""), ())):
            continue
        if text not in owners or text[1:] in macros.get(char, ()):
            owners[text] = char
    return {ord(char): text for text, char in owners.items() if text}


def _is_beyond_ascii(char: str) -> bool:
    return not char.isascii()


def known(text: str, macros: list[str], taken: Collection[str]) -> str:
    """The command that more people know: of \\textrightarrow and \\rightarrow the latter."""
    if text and not text.startswith("\\text"):
        return text
    others = (f"\\{name}" for name in macros if not name.startswith("text"))
    return next((other for other in others if other not in taken), text)


def command(text: str) -> str:
    """The command as people type it, "" for what is none."""
    text = _ACCENTED.sub(r"\1{\2}", _ENSURED.sub(r"\1", text)).removesuffix("{}")
    return text if _COMMAND.fullmatch(text) else ""
