"""Fetch the pinned packages, check them against their recorded checksums and unpack them."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tools.data_files import Source

PINS = Path(__file__).with_name("packages.toml")


class PackageError(Exception):
    """A package could not be fetched, or is not the file that was pinned."""


class Package(NamedTuple):
    """One pinned package; `carries` is the version of the data inside it."""

    name: str
    version: str
    registry: str
    file: str
    sha256: str
    licence: str
    carries: str

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def source(self) -> Source:
        return Source(self.title, self.licence, self.carries)


def pinned(path: Path = PINS) -> dict[str, Package]:
    """The pinned packages by name."""
    document = tomllib.loads(path.read_text("utf-8"))
    return {row["name"]: Package(**row) for row in document["package"]}


def unpack_all(packages: Mapping[str, Package], cache: Path) -> dict[str, Path]:
    """A folder for each package, fetched only where the cache lacks it.

    Raises PackageError for a package that cannot be had or has another checksum.
    """
    cache.mkdir(parents=True, exist_ok=True)
    return {name: unpack(package, cache) for name, package in packages.items()}


def unpack(package: Package, cache: Path) -> Path:
    archive = cache / package.file
    if not archive.exists():
        fetch(package, cache)
    check(package, archive)
    folder = cache / f"{package.name.replace('/', '-')}-{package.version}"
    if not folder.exists():
        _extract(archive, folder)
    return folder


def check(package: Package, archive: Path) -> None:
    """Raises PackageError unless the archive is byte for byte the pinned one."""
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise PackageError(f"{archive.name}: SHA-256 is {found}, pinned is {package.sha256}")


def fetch(package: Package, cache: Path) -> None:
    command = _command(package, cache.resolve())
    try:
        done = subprocess.run(
            command, cwd=cache, capture_output=True, text=True, check=False, timeout=600
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackageError(f"{package.title}: {error}") from error
    if done.returncode or not (cache / package.file).exists():
        reason = (done.stderr or done.stdout).strip()[-400:]
        raise PackageError(f"{package.title}: {command[0]} did not bring {package.file}: {reason}")


def _command(package: Package, cache: Path) -> list[str]:
    if package.registry == "npm":
        spec = f"{package.name}@{package.version}"
        return ["npm", "pack", "--silent", "--pack-destination", str(cache), spec]
    if package.registry == "debian":
        return ["apt-get", "download", f"{package.name}={package.version}"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    spec = f"{package.name}=={package.version}"
    return [*pip, "--only-binary", ":all:", "--dest", str(cache), spec]


def _extract(archive: Path, folder: Path) -> None:
    # Unpacked aside and renamed, so that an interrupted run leaves no half a package behind.
    aside = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(aside)  # noqa: S202 - the very file that was pinned
        elif archive.suffix == ".deb":
            subprocess.run(["dpkg-deb", "-x", str(archive), str(aside)], check=True)
        else:
            with tarfile.open(archive) as tarball:
                tarball.extractall(aside, filter="data")
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
