"""The locks say what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest

from webapp.bootstrap import DEVELOP, RUN

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN_REQUIREMENTS = PROJECT["project"]["dependencies"]
DEV_REQUIREMENTS = PROJECT["dependency-groups"]["dev"]
PIN = re.compile(r"^([a-z0-9-]+)==([0-9.]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return dict(PIN.findall(lock.read_text()))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@pytest.mark.parametrize(
    ("lock", "requirement"),
    [(RUN.lock, requirement) for requirement in RUN_REQUIREMENTS]
    + [(DEVELOP.lock, requirement) for requirement in RUN_REQUIREMENTS + DEV_REQUIREMENTS],
)
def test_every_requirement_is_locked_at_or_above_its_floor(lock: Path, requirement: str) -> None:
    name, _, floor = requirement.partition(">=")
    assert numbers(pins(lock)[name]) >= numbers(floor or "0")


@pytest.mark.parametrize("floor", ["aiohttp>=3.14.1", "jinja2>=3.1.6"])
def test_floors_exclude_releases_with_known_advisories(floor: str) -> None:
    assert floor in RUN_REQUIREMENTS


def test_tests_run_with_the_versions_that_people_run() -> None:
    assert pins(RUN.lock).items() <= pins(DEVELOP.lock).items()


@pytest.mark.parametrize("lock", [RUN.lock, DEVELOP.lock, ROOT / "tools/checks/package-lock.json"])
def test_a_lock_has_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    for block in re.split(r"\n(?=[a-z])", text)[1:]:
        assert "--hash=sha256:" in block


def test_npm_packages_are_pinned_by_hash() -> None:
    lock = (ROOT / "tools/checks/package-lock.json").read_text()
    assert lock.count('"node_modules/') == lock.count('"integrity": "sha512-')
