"""A Chromium for the browser tests: the one found, else Debian's, else Playwright's."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.checks.requirements import MissingRequirementError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
REMEDY = (
    "no Chromium that runs. Remedy: apt-get install chromium (as root), or install Google Chrome, "
    "or set CHARFINDER_CHROMIUM to one"
)
APT_ATTEMPTS = 3


def provide() -> Path:
    """A Chromium that runs; raises MissingRequirementError."""
    for candidate in candidates():
        if runs(candidate):
            return candidate
    raise MissingRequirementError(REMEDY)


def candidates() -> Iterator[Path]:
    """From cheap to dear; the later ones are installed only when asked for."""
    yield from found()
    if may_install() and install_debian():
        yield from found()
    if playwright_installed := install_playwright():
        yield playwright_installed


def found() -> list[Path]:
    """The browsers of this machine."""
    return [Path(path) for name in (*NAMES, MAC) if (path := shutil.which(name))]


def runs(program: Path) -> bool:
    """Ubuntu's chromium-browser is a file that only tells to install a snap."""
    return succeeds([str(program), "--version"], timeout=20)


def may_install() -> bool:
    """As root on Debian itself: Ubuntu's package of that name is the snap again."""
    if os.geteuid() or not shutil.which("apt-get"):
        return False
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()


def install_debian() -> bool:
    """Mirrors fail for a moment now and then, so this asks more than once."""
    print("Installing Debian's chromium (once, about a minute) …", file=sys.stderr, flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    for attempt in range(APT_ATTEMPTS):
        time.sleep(5 * attempt)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        if succeeds(["apt-get", "update", "-qq"]) and succeeds(install):
            return True
    return False


def install_playwright() -> Path | None:
    """Playwright's own build, where its download works."""
    print("Asking Playwright for its Chromium (once) …", file=sys.stderr, flush=True)
    if not succeeds([sys.executable, "-m", "playwright", "install", "chromium"]):
        return None
    where = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    told = subprocess.run(
        [sys.executable, "-c", where], capture_output=True, text=True, check=False
    )
    return Path(told.stdout.strip()) if told.returncode == 0 else None


def succeeds(command: list[str], timeout: float = 600) -> bool:
    """Whether the command ends well; what it says is shown only if it does not."""
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return False
    if result.returncode:
        print("\n".join(result.stdout.splitlines()[-5:]), file=sys.stderr)
    return result.returncode == 0
