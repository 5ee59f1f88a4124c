"""Where flags can be fetched from: the built-in sources, the book's, and the operator's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from webapp.flags.catalog import CODE
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest, Unavailable
from webapp.settings import Settings, SettingsError

NAME: Final = re.compile(r"[a-z0-9_-]{1,32}")
# A host that a URL can carry as it is; names in other scripts are written in their xn-- form.
HOST: Final = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")

OWN: Final = {
    "builtin": Phrase("Built in"),
    "delay": Phrase("Built in, 0.5 to 5 s late"),
    "error": Phrase("Built in, late and failing one time in four"),
}
FLUENT_PYTHON: Final = "https://www.fluentpython.com/data/flags/{cc}/{cc}.gif"
BUILT_IN: Final = (*OWN, "fluentpython")


def filled(template: str, code: str) -> str:
    """The address of a country's flag; `code` is in upper case."""
    return template.replace("{cc}", code.lower()).replace("{CC}", code)


@dataclass(frozen=True)
class Source:
    """A place that has flags. Trusted: the program's own or the operator's word, any address.

    `template` is a URL with `{cc}` for the code in lower case, or `{CC}` for upper case.
    """

    name: str
    template: str
    trusted: bool
    label: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def url(self, code: str) -> str:
        """The address of a country's flag; ValueError unless the code is AA to ZZ."""
        if not CODE.fullmatch(code):
            raise ValueError(f"{code!r} is not a country code")
        return filled(self.template, code)


class Sources:
    """Every source of this process by name."""

    def __init__(self, settings: Settings) -> None:
        """SettingsError, in one line, when a source of the settings is not usable."""
        self._others = {
            "fluentpython": Source("fluentpython", FLUENT_PYTHON, False, "fluentpython.com")
        }
        for name, template in settings.sources.items():
            check_source(name, template)
            self._others[name] = Source(name, template, True, name)
        self._base_url = ""
        self._headers: tuple[tuple[str, str], ...] = ()

    def bind(self, base_url: str, headers: Mapping[str, str] | None = None) -> None:
        """Say where this program listens, and the headers it asks of its own clients."""
        self._base_url = base_url.rstrip("/")
        self._headers = tuple((headers or {}).items())

    def names(self) -> tuple[str, ...]:
        """The built-in sources, then the operator's in the order given."""
        return (*OWN, *self._others)

    def label(self, name: str) -> str:
        """What to call the source on a page; the name itself when it is not a source."""
        return OWN.get(name) or (self._others[name].label if name in self._others else name)

    def address(self, name: str) -> str:
        """Where its flags are, `{cc}` or `{CC}` for the code; without a query, often a key."""
        return self.get(name).template.partition("?")[0]

    def check(self, name: str, field: str = "source") -> None:
        """InvalidRequest on `field` unless there is a source of that name."""
        if name not in OWN and name not in self._others:
            known = ", ".join(self.names())
            raise InvalidRequest.field(
                field, "unknown_source", Phrase("The sources are {known}.", known=known)
            )

    def get(self, name: str) -> Source:
        """The source; InvalidRequest when unknown, Unavailable for an own one before bind()."""
        self.check(name)
        if name in self._others:
            return self._others[name]
        if not self._base_url:
            raise Unavailable(Phrase("The built-in sources are not up yet; try again in a moment."))
        template = f"{self._base_url}/mirror/{name}/{{cc}}/{{cc}}.gif"
        return Source(name, template, True, OWN[name], self._headers)


def check_source(name: str, template: str) -> None:
    """SettingsError, in one line, unless name and template make a source of the operator's."""
    fault = _fault_of_name(name) or _fault_of_template(template)
    if fault:
        raise SettingsError(f"Source {name!r}: {fault}.")


def _fault_of_name(name: str) -> str | None:
    if not NAME.fullmatch(name):
        return "a name consists of 1 to 32 of a–z, 0–9, - and _"
    if name in BUILT_IN:
        return "that name belongs to a built-in source"
    return None


def _fault_of_template(template: str) -> str | None:
    if re.search(r"[^!-~]|\\", template):
        return "the URL has a space, a backslash or a character beyond ASCII"
    if "{cc}" not in template and "{CC}" not in template:
        return "the URL has neither {cc} nor {CC} in it"
    if re.search(r"[{}]", template.replace("{cc}", "").replace("{CC}", "")):
        return "the URL has braces other than {cc} and {CC}"
    try:
        url = urlsplit(template.replace("{cc}", "aa").replace("{CC}", "AA"))
        return _fault_of_url(url, template)
    except ValueError as error:
        return f"the URL cannot be read ({error})"


def _fault_of_url(url: SplitResult, template: str) -> str | None:
    if url.scheme not in {"http", "https"}:
        return "the URL does not begin with http:// or https://"
    if "@" in url.netloc:
        return "the URL carries a user name or password"
    if "#" in template:
        return "the URL has a fragment (#)"
    if not url.hostname or not HOST.fullmatch(url.hostname) or url.port == 0:
        return "the URL has no usable host and port"
    return None
