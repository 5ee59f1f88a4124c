"""What import-linter cannot say: which names of a package are imported, and the size of things."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WEBAPP = ROOT / "webapp"
MODULES = {path.relative_to(WEBAPP).as_posix(): path for path in sorted(WEBAPP.rglob("*.py"))}
# Those who speak HTTP as a server. Everybody else can be used, and tested, without one.
MAY_SERVE = {
    "app.py",
    "routes.py",
    "server.py",
    "keys.py",
    "logs.py",
    "guards.py",
    "middlewares.py",
    "answers.py",
    "pages.py",
    "sending.py",
    "assets.py",
    "auth.py",
    "flags/mirror.py",
}
LONGEST_MODULE = 300
MEDIAN_FUNCTION = 10
NINE_IN_TEN_FUNCTIONS = 30
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything imported anywhere in the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parsed(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text())


def serves(name: str) -> bool:
    return any(f"{found}.".startswith("aiohttp.web.") for found in imported(parsed(name)))


def test_only_the_edges_serve_http() -> None:
    assert {name for name in MODULES if serves(name)} <= MAY_SERVE | {
        name for name in MODULES if name.endswith("views.py")
    }


def test_the_bootstrap_needs_nothing_that_it_is_there_to_install() -> None:
    own = (WEBAPP / "__init__.py", WEBAPP / "bootstrap.py", WEBAPP / "installation.py")
    for path in (ROOT / "run.py", *own):
        # Functions may import the program: they run after the environment is there.
        tops = [
            node
            for node in ast.parse(path.read_text()).body
            if not isinstance(node, ast.FunctionDef)
        ]
        names = {name for node in tops for name in imported(node)}
        others = {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}
        assert not [name for name in others if not name.startswith("webapp.bootstrap.")]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_one_thing(name: str) -> None:
    assert len(MODULES[name].read_text().splitlines()) <= LONGEST_MODULE
    assert not NAMES_THAT_SAY_NOTHING & set(Path(name).with_suffix("").parts)


def function_lengths() -> Iterator[int]:
    """Lines of each function, without its docstring."""
    for name in MODULES:
        for node in ast.walk(parsed(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1:2] if ast.get_docstring(node) else node.body[:1]
                assert node.end_lineno is not None
                yield node.end_lineno - first[0].lineno + 2 if first else 1


def test_functions_are_short() -> None:
    lengths = sorted(function_lengths())
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[len(lengths) * 9 // 10] <= NINE_IN_TEN_FUNCTIONS
