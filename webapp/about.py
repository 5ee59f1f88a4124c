"""What this program is made of: data, fonts and packages, each with version and licence."""

import contextlib
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

from webapp.characters.data_files import SOURCES
from webapp.phrases import Phrase
from webapp.settings import ROOT

FONTS: Final = ROOT / "static" / "fonts" / "fonts.json"
FLAGS: Final = ROOT / "webapp" / "flags" / "data" / "SOURCES.toml"
PROJECT: Final = ROOT / "pyproject.toml"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LICENCE_CLASSIFIER: Final = "License :: OSI Approved :: "
_LONGEST_LICENCE: Final = 60


class Part(NamedTuple):
    """Something that others made: its name and version, its licence, and what it is here for."""

    name: str
    version: str
    licence: str
    carries: str = ""


class About(NamedTuple):
    """The parts by kind, each kind by name; `cldr` is the version of CLDR."""

    data: list[Part]
    flags: list[Part]
    fonts: list[Part]
    packages: list[Part]
    cldr: str

    @classmethod
    @cache
    def read(cls) -> "About":
        """From the files beside the program, once in a process: it takes a while."""
        data = sorted(set(_data()))
        cldr = next((each.carries for each in data if each.carries.startswith("CLDR ")), "")
        return cls(
            data,
            sorted(set(flags(FLAGS))),
            sorted(set(fonts(FONTS))),
            sorted(packages(PROJECT), key=lambda each: each.name.lower()),
            cldr.removeprefix("CLDR "),
        )


def _data() -> Iterator[Part]:
    for file in SOURCES.values():
        for source in file.sources:
            name, _, version = source.package.rpartition(" ")
            yield Part(name, version, source.licence, source.carries)


def flags(path: Path) -> Iterator[Part]:
    """The packages that the built-in flags are from."""
    for file in tomllib.loads(path.read_text("utf-8"))["file"]:
        name, _, version = file["package"].removeprefix("npm ").rpartition(" ")
        yield Part(name, version, file["licence"])


def fonts(path: Path) -> Iterator[Part]:
    """The fonts that come with the program; none where it has none."""
    with contextlib.suppress(FileNotFoundError):
        for font in json.loads(path.read_text("utf-8")):
            yield Part(font["name"], font["version"], font["licence"], str(font.get("source", "")))


def packages(project: Path) -> list[Part]:
    """The packages that run, those that the program asks for and what these need in turn."""
    waiting = list(tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"])
    found: dict[str, Part] = {}
    while waiting:
        name = _name_of(waiting.pop())
        key = re.sub(r"[-_.]+", "-", name).lower()
        with contextlib.suppress(metadata.PackageNotFoundError):
            if key not in found:
                package = metadata.distribution(name)
                found[key] = Part(package.name, package.version, _licence(package.metadata))
                needs = package.requires or []
                waiting += [each for each in needs if "extra ==" not in each]
    return list(found.values())


def _name_of(requirement: str) -> str:
    match = _NAME.match(requirement)
    return match[0] if match else requirement


def _licence(fields: Any) -> str:
    """The licence in a few words, from whichever field of its metadata has it."""
    classifiers = [
        each.removeprefix(_LICENCE_CLASSIFIER)
        for each in fields.get_all("Classifier") or ()
        if each.startswith(_LICENCE_CLASSIFIER)
    ]
    named = str(fields.get("License") or "").strip()
    short = named if "\n" not in named and len(named) <= _LONGEST_LICENCE else ""
    stated = str(fields.get("License-Expression") or short or ", ".join(classifiers))
    return stated or Phrase("not stated")
