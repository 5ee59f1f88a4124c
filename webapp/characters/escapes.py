"""A text in bytes, and as one writes it in ASCII in many languages."""

from collections.abc import Callable, Sequence
from typing import Final

# In a string of Java these end the string or the line even as \u escapes.
_JAVA = {"\n": r"\n", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_C_BASIC = 0xA0


def encodings(text: str) -> dict[str, str]:
    """The bytes in the three encodings of Unicode, in hex, big-endian, without a mark."""
    return {
        "utf-8": text.encode().hex(" ").upper(),
        "utf-16": text.encode("utf-16-be").hex(" ", 2).upper(),
        "utf-32": text.encode("utf-32-be").hex(" ", 4).upper(),
    }


def escapes(text: str, entities: Sequence[str] = (), latex: str = "") -> dict[str, str]:
    """The text in ASCII by language; only with the entities and LaTeX that stand for it, if any.

    Each is what goes between the quotes of a string, but for the shell, whose quotes are special.
    """
    written = {language: _joined(text, escape) for language, escape in _BY_CHARACTER.items()}
    # The space ends the escape, so that a digit after it stays a digit.
    written["css"] = written["css"].rstrip()
    written["html_named"] = " ".join(f"&{name};" for name in entities)
    written["latex"] = latex
    # A shell's strings end at NUL.
    written["shell"] = f"$'{_octal(text)}'" if "\0" not in text else ""
    return {language: written[language] for language in LANGUAGES if written[language]}


def _joined(text: str, escape: Callable[[str], str]) -> str:
    return "".join(map(escape, text))


def _utf16(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02X}{units[i + 1]:02X}" for i in range(0, len(units), 2))


def _octal(text: str) -> str:
    # Three digits, never more: unlike \x, no digit that follows can become part of it.
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def _short_or_long(char: str) -> str:
    return f"\\u{ord(char):04X}" if char <= "\uffff" else f"\\U{ord(char):08X}"


def _python(char: str) -> str:
    if char <= "\xff":
        return f"\\x{ord(char):02x}"
    return f"\\u{ord(char):04x}" if char <= "\uffff" else f"\\U{ord(char):08x}"


def _c(char: str) -> str:
    # Before C23 a universal character name could not be one of the basic characters.
    return _octal(char) if ord(char) < _C_BASIC else _short_or_long(char)


_BY_CHARACTER: Final[dict[str, Callable[[str], str]]] = {
    "html": lambda char: f"&#x{ord(char):X};",
    "html_decimal": lambda char: f"&#{ord(char)};",
    "css": lambda char: f"\\{ord(char):X} ",
    "javascript": lambda char: f"\\u{{{ord(char):X}}}",
    "json": _utf16,
    "python": _python,
    "rust": lambda char: f"\\u{{{ord(char):X}}}",
    "go": _short_or_long,
    "java": lambda char: _JAVA.get(char) or _utf16(char),
    "c": _c,
    "csharp": _short_or_long,
    "ruby": lambda char: f"\\u{{{ord(char):X}}}",
    "perl": lambda char: f"\\x{{{ord(char):X}}}",
    "php": lambda char: f"\\u{{{ord(char):X}}}",
    "swift": lambda char: f"\\u{{{ord(char):X}}}",
    "url": lambda char: "".join(f"%{byte:02X}" for byte in char.encode()),
}
# In the order in which they are shown.
LANGUAGES: Final = (
    *("html_named", "html", "html_decimal", "css", "javascript", "json", "python", "rust", "go"),
    *("java", "c", "csharp", "swift", "ruby", "perl", "php", "shell", "url", "latex"),
)
