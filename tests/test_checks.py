"""The one door to the checks, run for real on small trees."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.checks.requirements import is_demanded

ROOT = Path(__file__).resolve().parent.parent
BROWSER_TEST = """
import pytest

@pytest.mark.browser
def test_a_page(chromium):
    pass
"""


def environ(**more: str) -> dict[str, str]:
    """This environment without what an outer run of the checks put there."""
    ours = ("CHARFINDER_", "COV", "PYTEST_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | more


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The checks and their settings, nothing to check yet."""
    root = tmp_path / "tree"
    shutil.copytree(ROOT / "tools" / "checks", root / "tools" / "checks")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "webapp").mkdir()
    (root / "webapp" / "__init__.py").write_text('"""A small product."""\n\nNAME = "cat"\n')
    (root / "tests").mkdir()
    return root


def door(tree: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A run of the checks in that tree."""
    return python(tree, f"main({list(arguments)!r})", **more)


def python(tree: Path, call: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A function of the checks called in that tree, its answer the exit code."""
    script = f"import sys; from tools.checks import every_check, main; sys.exit({call})"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=tree,
        env=environ(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.crash
def test_one_failing_check_stops_none_and_fails_the_whole(tree: Path) -> None:
    (tree / "webapp" / "unused.py").write_text('"""Imports for nothing."""\n\nimport os\n')
    (tree / "tests" / "test_name.py").write_text(
        "import webapp\n\n\ndef test_name() -> None:\n    assert webapp.NAME == 'cat'\n"
    )
    run = door(tree)
    assert run.returncode == 1
    titles = [line for line in run.stdout.splitlines() if line.startswith("== ")]
    assert titles[0] == "== ruff check"
    assert titles[-2:] == ["== mypy --strict", "== pytest"]
    assert "FAILED: ruff check" in run.stdout
    assert "1 passed" in run.stdout


@pytest.mark.crash
@pytest.mark.parametrize(("marked", "code"), [("True", 0), ("False", 1)])
def test_slow_tests_count_and_have_the_closing_line(tree: Path, marked: str, code: int) -> None:
    (tree / "webapp" / "__init__.py").write_text('"""A small product."""\n')
    (tree / "tests" / "test_name.py").write_text(
        "import pytest\n\nimport webapp\n\n\ndef test_quick() -> None:\n"
        "    assert webapp.__doc__\n\n\n"
        f"@pytest.mark.crash\ndef test_slow() -> None:\n    assert {marked}\n"
    )
    run = python(tree, "every_check([])")
    assert [line for line in run.stdout.splitlines() if line.startswith("== ")] == [
        "== pytest", "== pytest: crash",
    ]  # fmt: skip
    outcome = "1 failed" if code else "1 passed"
    assert run.stdout.count("1 passed") == 2 - code
    assert outcome in run.stdout.splitlines()[-1]
    assert run.returncode == code, run.stdout


@pytest.mark.crash
def test_arguments_go_to_pytest_alone(tree: Path) -> None:
    (tree / "tests" / "test_name.py").write_text("def test_one(): pass\ndef test_two(): pass\n")
    run = door(tree, "-q", "-k", "two")
    assert run.returncode == 0
    assert "== " not in run.stdout
    assert "1 passed, 1 deselected" in run.stdout.splitlines()[-1]
    assert door(tree, "-q", "-k", "three").returncode == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.crash
def test_quick_tests_alone_have_every_core(tree: Path) -> None:
    (tree / "tests" / "test_name.py").write_text(
        "import os\ndef test_one(): assert os.environ['PYTEST_XDIST_WORKER'].startswith('gw')\n"
    )
    run = door(tree, "-m", "not browser and not crash")
    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout.splitlines()[-1]


@pytest.mark.crash
@pytest.mark.parametrize(("demanded", "code", "outcome"), [("", 0, "skipped"), ("all", 1, "error")])
def test_without_a_chromium_it_skips_loudly_or_fails_if_demanded(
    tree: Path, demanded: str, code: int, outcome: str
) -> None:
    (tree / "tests" / "test_page.py").write_text(BROWSER_TEST)
    # A machine without a browser, without apt, and whose Playwright reaches no download.
    (tree / "playwright.py").write_text("raise SystemExit('no network')")
    run = door(
        tree,
        "tests",
        CHARFINDER_REQUIRE=demanded,
        CHARFINDER_AXE="not asked for",
        PATH=str(tree / "nowhere"),
    )
    assert run.returncode == code
    assert "no Chromium that runs. Remedy: apt-get install chromium" in run.stdout
    assert f"1 {outcome}" in run.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("demanded", "answer"), [("", False), ("all", True), ("tsc,axe", True), ("tsc", False)]
)
def test_what_is_demanded_is_said_by_name(
    monkeypatch: pytest.MonkeyPatch, demanded: str, answer: bool
) -> None:
    monkeypatch.setenv("CHARFINDER_REQUIRE", demanded)
    assert is_demanded("axe") is answer


@pytest.mark.crash
def test_a_thread_left_behind_cannot_keep_the_run_from_ending(tree: Path) -> None:
    (tree / "tests" / "test_thread.py").write_text(
        "import threading\n"
        "def test_thread():\n"
        "    threading.Thread(target=threading.Event().wait, name='a stray').start()\n"
    )
    run = door(tree, "tests")
    assert run.returncode == 1
    assert run.stdout.endswith("FAILED: threads left behind by the tests: a stray\n")


@pytest.mark.crash
def test_ctrl_c_is_left_to_the_check_and_then_ends_the_door(tree: Path) -> None:
    """pytest closes its report before the door ends."""
    (tree / "tests" / "test_wait.py").write_text(
        "import sys, threading\n"
        "def test_wait():\n"
        "    print('waiting', file=sys.__stderr__, flush=True)\n"
        "    threading.Event().wait(30)\n"
    )
    script = "from tools.checks import main; main(['-s', 'tests'])"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tree,
        env=environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting\n"
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=50)
    assert "no tests ran" in out.splitlines()[-1]
    assert process.returncode == -signal.SIGINT
