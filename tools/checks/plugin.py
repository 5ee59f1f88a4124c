"""The pytest plugin that provides what the chosen tests need, before the first of them runs."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.checks import browser, node
from tools.checks.requirements import MissingRequirementError, is_demanded

# Each requirement of the browser tests: its variable, and how to get it.
REQUIREMENTS: dict[str, tuple[str, Callable[[], Path]]] = {
    "chromium": ("CHARFINDER_CHROMIUM", browser.provide),
    "axe": ("CHARFINDER_AXE", node.provide_axe),
}
PATIENCE_S = 5
MISSING = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = {}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Outside every test's time limit: an installation may take minutes."""
    wanted = any(item.get_closest_marker("browser") for item in session.items)
    if wanted and not session.config.option.collectonly:
        for name in REQUIREMENTS:
            provide(name, session.config.stash[MISSING])


def provide(name: str, missing: dict[str, str]) -> None:
    """Set the requirement's variable, or note why it cannot be."""
    variable, get = REQUIREMENTS[name]
    if variable not in os.environ:
        try:
            os.environ[variable] = str(get())
        except MissingRequirementError as error:
            missing[name] = str(error)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip is said loudly: what is missing, and the remedy."""
    for name, reason in terminalreporter.config.stash[MISSING].items():
        terminalreporter.write_line(f"WITHOUT {name}: {reason}", red=True, bold=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """A thread that a failing test left must not keep the run, and CI, from ending."""
    left = [thread for thread in threading.enumerate() if is_holding_up(thread)]
    if left and not config.option.collectonly:
        names = ", ".join(thread.name for thread in left)
        print(f"FAILED: threads left behind by the tests: {names}", flush=True)
        os._exit(pytest.ExitCode.TESTS_FAILED)


def is_holding_up(thread: threading.Thread) -> bool:
    """Whether the interpreter would wait for it, and it does not end by itself."""
    if thread is threading.main_thread() or thread.daemon:
        return False
    thread.join(PATIENCE_S)
    return thread.is_alive()


def require(name: str, config: pytest.Config) -> Path:
    """The requirement's path; without it the test is skipped, or fails where it is demanded."""
    path = os.environ.get(REQUIREMENTS[name][0])
    if path is not None:
        return Path(path)
    reason = config.stash[MISSING].get(name, f"{REQUIREMENTS[name][0]} is not set")
    if is_demanded(name):
        pytest.fail(f"{name} is demanded by CHARFINDER_REQUIRE: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium(pytestconfig: pytest.Config) -> Path:
    """The program of a Chromium."""
    return require("chromium", pytestconfig)


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> Path:
    """axe.min.js, for page.evaluate: not hindered by the page's policy."""
    return require("axe", pytestconfig)
