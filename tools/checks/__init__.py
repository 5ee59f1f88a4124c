"""The one door to every check: python3 run.py test [pytest arguments]."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tools.checks import node
from tools.checks.requirements import MissingRequirementError, is_demanded

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
# python -m throughout: with it the tree's own packages are found too.
PYTEST = [PYTHON, "-m", "pytest"]
COVERAGE = [PYTHON, "-m", "coverage"]
QUICK = "not browser and not crash"
# Alone the quick tests have every core, a file each in one go; with the others there is none left.
SPREAD = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]
# Whoever kills servers waits for most of the time, and may do that for two at once.
PAIRED = ["--numprocesses=2", "--dist=loadfile"]
BESIDE = {"crash": "crash and not browser", "browser": "browser"}
# Of all lines a handful is reached by browsers alone, and coverage doubles what their servers take.
MEASURED = ("quick", "crash")
MEASURE = ["--cov", "--cov-report=", "--cov-fail-under=0"]
NO_TESTS_COLLECTED = 5
LINT_IMPORTS = [
    PYTHON,
    "-c",
    "from importlinter.cli import lint_imports_command as run; run()",
    "--no-logo",
]
TYPED = ("run.py", "webapp", "tools", "tests", "bench", "docs/examples")


class Check(NamedTuple):
    """A check's name and the command that is 0 when all is well."""

    name: str
    command: list[str]


def main(arguments: list[str]) -> int:
    """With arguments pytest alone, with those; without, every check. The exit code."""
    os.chdir(ROOT)
    if arguments:
        return run([*PYTEST, *(SPREAD if QUICK in arguments else []), *arguments])
    return every_check(checks())


def every_check(first: Iterable[Check]) -> int:
    """All of them, whatever fails on the way; pytest last, so that its closing line is the end.

    The slow tests begin at once, beside the others: these wait where those work.
    """
    with tempfile.TemporaryDirectory() as reports:
        beside = [SlowTests(name, Path(reports)) for name in BESIDE]
        try:
            failed = [check.name for check in first if not passes(check)]
            if failed:
                say(f"FAILED: {', '.join(failed)}")
            say("== pytest")
            quick = subprocess.run(**part("quick", QUICK), check=False).returncode
        finally:
            slow = [tests.process.wait() for tests in beside]
        coverage = measure_coverage()
        for tests in beside:
            tests.tell()
    return int(bool(failed or {quick, *slow, coverage} - {0, NO_TESTS_COLLECTED}))


class SlowTests:
    """Tests of one mark in a process of their own, whose report waits in a file."""

    def __init__(self, name: str, reports: Path) -> None:
        self.name = name
        self.report = reports / f"{name}.txt"
        with self.report.open("wb") as out:
            command = part(name, BESIDE[name])
            self.process = subprocess.Popen(**command, stdout=out, stderr=subprocess.STDOUT)

    def tell(self) -> None:
        """Their report, if there were any."""
        if self.process.returncode != NO_TESTS_COLLECTED:
            say(f"== pytest: {self.name}\n{self.report.read_text('utf-8', 'replace')}".rstrip())


def part(name: str, marked: str) -> dict[str, Any]:
    """How to run one part of the tests; each that is measured has a coverage file of its own."""
    command = [*PYTEST, *(PAIRED if name == "crash" else []), "-m", marked]
    if name not in MEASURED:
        return {"args": command}
    environment = {**os.environ, "COVERAGE_FILE": coverage_file(name)}
    return {"args": [*command, *MEASURE], "env": environment}


def coverage_file(name: str) -> str:
    return str(ROOT / f".coverage-{name}")


def measure_coverage() -> int:
    """The coverage of all parts together; not 0 when it is too low."""
    files = [path for path in map(coverage_file, MEASURED) if Path(path).exists()]
    if not files:
        return 0
    run([*COVERAGE, "combine", "--quiet", *files])
    return run([*COVERAGE, "report"])


def checks() -> Iterator[Check]:
    """What comes before the tests, from quick to slow."""
    yield Check("ruff check", [PYTHON, "-m", "ruff", "check"])
    yield Check("ruff format", [PYTHON, "-m", "ruff", "format", "--check"])
    yield Check("import-linter", LINT_IMPORTS)
    yield from javascript_checks()
    yield Check("mypy --strict", [PYTHON, "-m", "mypy", *(t for t in TYPED if (ROOT / t).exists())])


def javascript_checks() -> Iterator[Check]:
    """TypeScript's checker over the scripts, and their own tests."""
    try:
        yield Check("tsc", [*node.tsc(), "--project", "tools/checks/tsconfig.json"])
    except MissingRequirementError as error:
        say(f"WITHOUT tsc: {error}")
        if is_demanded("tsc"):
            yield Check("tsc", ["false"])
    if tests := sorted(str(path) for path in ROOT.glob("tests/js/*.test.js")):
        yield Check("node --test", [node.node(), "--test", "--test-reporter=dot", *tests])


def passes(check: Check) -> bool:
    return run_titled(check) == 0


def run_titled(check: Check) -> int:
    say(f"== {check.name}")
    return run(check.command)


def run(command: list[str]) -> int:
    """The command's exit code. Ctrl-C is the command's own affair first; then ours."""
    with subprocess.Popen(command) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise


def say(line: str) -> None:
    print(line, flush=True)
