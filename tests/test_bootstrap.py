"""Real starts of run.py in copies of the tree, with a lock of one tiny package and no network."""

import ast
import base64
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from webapp import bootstrap, installation
from webapp.bootstrap import Environment, SetupError

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("run.py", "webapp/__init__.py", "webapp/bootstrap.py", "webapp/installation.py")
PATIENCE_S = 55
CLI = """
import json, sys
from importlib.metadata import version

def main(arguments):
    told = {"arguments": arguments, "prefix": sys.prefix, "tiny": version("tiny")}
    print(json.dumps(told))
    return 7
"""


def write_wheel(folder: Path, version: str) -> Path:
    """A wheel with one empty module."""
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ntiny = sys:exit\n",
    }
    record = "".join(f"{name},{record_hash(content)}\n" for name, content in files.items())
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, content)
    return wheel


def record_hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(content)}"


class Tree:
    """A copy of what starts the program, with a stand-in for the program itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wheels = root / "wheels"
        self.wheels.mkdir(parents=True)
        (root / "webapp").mkdir()
        for name in COPIED:
            shutil.copy(ROOT / name, root / name)
        (root / "webapp" / "cli.py").write_text(CLI)
        self.lock("1.0")

    def lock(self, version: str) -> Path:
        """Make the lock name that version of the package; the wheel."""
        wheel = write_wheel(self.wheels, version)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lock = f"# a comment\ntiny=={version} \\\n    --hash=sha256:{digest}\n"
        (self.root / "requirements.lock").write_text(lock)
        return wheel

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a start that finds the package without a network."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "CHARFINDER_"))}
        offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": self.wheels.as_uri()}
        return {**kept, **offline, "PIP_NO_INDEX": "1", "PIP_RETRIES": "0", **more}

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.root / "run.py"), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environ(**environ),
            start_new_session=True,
        )

    def run(self, *arguments: str, **environ: str) -> tuple[int, str, str]:
        """Exit code, standard output and error of a start."""
        return ended(self.start(*arguments, **environ))

    def made(self) -> set[str]:
        return {path.name for path in self.root.glob(".venv*")}


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in err
    return process.returncode, out, err


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "a copy")


@contextlib.contextmanager
def silent_index() -> Iterator[tuple[dict[str, str], socket.socket]]:
    """Settings that send pip to an index that never answers; who accepts there has caught pip."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        yield {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": url}, server


def told(out: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(out)
    return answer


# A Python that cannot do it


def test_run_py_can_be_read_by_the_pythons_it_turns_away() -> None:
    source = (ROOT / "run.py").read_text()
    parsed = ast.parse(source, feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match)
    assert not [node for node in ast.walk(parsed) if isinstance(node, newer)]
    assert source.index("sys.version_info") < source.index("from webapp")


@pytest.mark.parametrize(
    ("pretence", "words"),
    [
        ("sys.version_info = (3, 10, 13)", "Python 3.11 or newer; this is 3.10"),
        ("os.name = 'nt'", "WSL"),
    ],
)
def test_the_wrong_python_is_told_the_remedy(tree: Tree, pretence: str, words: str) -> None:
    script = f"import os, runpy, sys; {pretence}; runpy.run_path('run.py', run_name='__main__')"
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=tree.root, capture_output=True, text=True, check=False
    )
    assert process.returncode == 69
    assert words in process.stderr
    assert "Remedy: " in process.stderr
    assert "Traceback" not in process.stderr
    assert not tree.made()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(tree: Tree, module: str) -> None:
    (tree.root / "sitecustomize.py").write_text(f"import sys; sys.modules[{module!r}] = None")
    code, out, err = tree.run(PYTHONPATH=str(tree.root))
    assert (code, out) == (69, "")
    assert "apt-get install python3-venv" in err
    assert tree.made() == {".venv.lock"}


# Packages that are there already


def test_packages_of_the_right_versions_make_an_environment_needless(tree: Tree) -> None:
    packages = tree.root / "packages"
    with zipfile.ZipFile(tree.lock("1.5")) as wheel:
        wheel.extractall(packages)
    code, out, err = tree.run("find", PYTHONPATH=str(packages))
    assert (code, err) == (7, "")
    assert told(out)["arguments"] == ["find"]
    assert not tree.made()


def test_without_bootstrap_a_missing_package_is_named(tree: Tree) -> None:
    code, out, err = tree.run(CHARFINDER_NO_BOOTSTRAP="1")
    assert (code, out) == (69, "")
    assert "lacks tiny==1.0" in err
    assert not tree.made()


# Making an environment


@pytest.mark.crash
def test_the_first_start_sets_up_and_the_next_does_not(tree: Tree) -> None:
    code, out, err = tree.run("find", "black king")
    assert code == 7
    assert err.startswith("Setting up .venv (once, about ")
    assert told(out) == {
        "arguments": ["find", "black king"],
        "prefix": str(tree.root / ".venv"),
        "tiny": "1.0",
    }
    assert tree.made() == {".venv", ".venv.lock"}
    # A script works although its environment was renamed after the script was written.
    assert subprocess.run([tree.root / ".venv" / "bin" / "tiny"], check=False).returncode == 0

    shutil.rmtree(tree.wheels)
    assert tree.run("find", "black king") == (7, out, "")


@pytest.mark.crash
def test_a_new_lock_is_set_up_anew_even_from_inside_the_old_environment(tree: Tree) -> None:
    tree.run()
    tree.lock("2.0")
    inside = subprocess.run(
        [str(tree.root / ".venv" / "bin" / "python"), str(tree.root / "run.py")],
        env=tree.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told(inside.stdout)["tiny"] == "2.0"
    assert tree.made() == {".venv", ".venv.lock"}


@pytest.mark.crash
def test_two_starts_at_once_set_up_once(tree: Tree) -> None:
    starts = [tree.start(), tree.start()]
    (code1, out1, err1), (code2, out2, err2) = map(ended, starts)
    assert (code1, code2) == (7, 7)
    assert out1 == out2
    assert (err1 + err2).count("Setting up") == 1
    assert tree.made() == {".venv", ".venv.lock"}


@pytest.mark.crash
def test_a_set_up_killed_half_way_is_made_good(tree: Tree) -> None:
    with silent_index() as (settings, index):
        killed = tree.start(**settings)
        pip, _ = index.accept()
        half = tree.made() - {".venv.lock"}
        assert len(half) == 1
        assert half != {".venv"}
        killed.kill()
        ended(killed)

        after = tree.start()
        assert after.stderr is not None
        # The orphaned pip still fills its folder: it is waited for, not swept from under its feet.
        assert after.stderr.readline().startswith("Waiting for another start")
        assert half < tree.made()
        pip.close()
    code, out, err = ended(after)
    assert (code, told(out)["tiny"]) == (7, "1.0")
    assert err.startswith("Setting up")
    assert tree.made() == {".venv", ".venv.lock"}


@pytest.mark.crash
def test_ctrl_c_in_a_set_up_leaves_nothing_half_made(tree: Tree) -> None:
    with silent_index() as (settings, index):
        process = tree.start(**settings)
        pip, _ = index.accept()
        with pip:
            os.killpg(process.pid, signal.SIGINT)
            code, out, _ = ended(process)
    assert (code, out) == (130, "")
    assert tree.made() == {".venv.lock"}


# The same in this process: what cannot be had is said, with the remedy


@pytest.fixture
def environment(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment still to be made, and pip set up to find its package."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in tree.environ().items():
        monkeypatch.setenv(name, value)
    return Environment(tree.root / ".venv", tree.root / "requirements.lock", seconds=1)


@pytest.mark.crash
def test_ensure_makes_a_stale_environment_anew(environment: Environment) -> None:
    environment.path.mkdir()
    environment.stamp.write_text("of another lock")
    assert not bootstrap.is_ready(environment)
    installation.ensure(environment)
    assert bootstrap.is_ready(environment)
    installation.ensure(environment)
    environment.python.unlink()
    assert not bootstrap.is_ready(environment)


@pytest.mark.crash
def test_an_artefact_without_a_hash_is_refused_in_pips_words(environment: Environment) -> None:
    environment.lock.write_text("tiny==1.0\n")
    with pytest.raises(SetupError, match=r"(?s)Hashes are required.*Remedy: this first start"):
        installation.ensure(environment)
    assert not environment.path.exists()
    assert not list(environment.path.parent.glob(".venv.tmp-*"))


def test_a_missing_module_is_noticed_before_anything_is_made(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SetupError, match="apt-get install python3-venv"):
        installation.ensure(environment)
    assert not list(environment.path.parent.glob(".venv.tmp-*"))


def test_a_ready_environment_is_entered_as_the_same_process(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    environment.stamp.write_text(bootstrap.fingerprint(environment.lock))
    monkeypatch.delenv("CHARFINDER_NO_BOOTSTRAP", raising=False)
    monkeypatch.setattr(sys, "argv", ["run.py", "find", "cat"])
    entered: list[tuple[Any, ...]] = []
    monkeypatch.setattr(os, "execv", lambda *command: entered.append(command))
    bootstrap.enter(environment)
    python = environment.python
    assert entered == [(python, [str(python), str(ROOT / "run.py"), "find", "cat"])]


@pytest.mark.parametrize("arguments", [["--help"], ["test", "--version"]])
def test_with_the_packages_present_the_command_runs_here(arguments: list[str]) -> None:
    process = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        env=os.environ | {"CHARFINDER_NO_BOOTSTRAP": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, "")


def test_a_place_that_cannot_be_written_is_named(environment: Environment) -> None:
    environment.path.with_name(".venv.lock").mkdir()
    with pytest.raises(SetupError, match=r"Cannot set up .*\.venv.*\nRemedy: make that place"):
        installation.ensure(environment)


def test_what_an_environment_was_made_from_tells_locks_apart(environment: Environment) -> None:
    before = bootstrap.fingerprint(environment.lock)
    assert before == bootstrap.fingerprint(environment.lock)
    environment.lock.write_text("tiny==2.0\n")
    assert before != bootstrap.fingerprint(environment.lock)


def test_packages_for_other_platforms_are_not_missed(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    here = f"pytest-asyncio=={version('pytest-asyncio')} \\\n"
    elsewhere = "absent==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    lock.write_text(f"{here}{elsewhere}pytest==0 \\\n")
    assert bootstrap.missing_packages(lock) == ["pytest==0"]


def test_main_ends_with_the_reason_and_69(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("absent==1 \\\n")
    monkeypatch.setenv("CHARFINDER_NO_BOOTSTRAP", "1")
    monkeypatch.setattr(bootstrap, "RUN", Environment(tmp_path / ".venv", lock, 1))
    assert bootstrap.main([]) == 69
    assert "lacks absent==1" in capsys.readouterr().err
