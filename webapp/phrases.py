"""Texts for people, in English, that a page can still say in another language; pure."""

from collections.abc import Callable, Mapping
from typing import Self

# How a figure is written: 65,536.
Figure = Callable[[int], str]


def english_figure(number: int) -> str:
    """The number with its thousands set apart."""
    return f"{number:,}"


class Phrase(str):
    """A text, `form` filled in with `values`: `Phrase("Use {methods}.", methods="GET")`.

    Everywhere but on a page it is just that text. Forms are literals, so that they can be
    collected for translation. Whole numbers are written with their thousands set apart, and
    values that are phrases are said in the same language.
    """

    __slots__ = ("form", "number", "other", "values")

    form: str
    other: str
    number: int | None
    values: Mapping[str, object]

    def __new__(cls, form: str, /, **values: object) -> Self:
        """The text; KeyError when a value is missing."""
        return cls._made(form, "", None, values)

    @classmethod
    def counted(cls, one: str, other: str, number: int, /, **values: object) -> Self:
        """The form for that number, which stands in it as `{count}`."""
        return cls._made(one, other, number, {"count": number, **values})

    @classmethod
    def _made(cls, form: str, other: str, number: int | None, values: Mapping[str, object]) -> Self:
        chosen = form if number is None or number == 1 else other
        phrase = super().__new__(cls, filled(chosen, values, english_figure, str))
        phrase.form, phrase.other, phrase.number, phrase.values = form, other, number, values
        return phrase


def filled(
    form: str, values: Mapping[str, object], figure: Figure, said: Callable[[Phrase], str]
) -> str:
    """The form with its values, each as it is written in the form's language."""
    if not values:
        return form

    def written(value: object) -> object:
        match value:
            case bool():
                return str(value)
            case int():
                return figure(value)
            case Phrase():
                return said(value)
            case _:
                return value

    return form.format_map({name: written(value) for name, value in values.items()})


def plain(value: object) -> str:
    """A phrase as the text that it is, for encoders that know only texts; TypeError for others."""
    if isinstance(value, Phrase):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")
