"""Asks Lighthouse about the search page and the dashboard: python -m tools.lighthouse.

Accessibility, best practices and SEO must be 100; performance depends on the machine and is told.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.browser.conftest import ARGUMENTS
from tests.browser.program import Program
from tools.checks.browser import provide as provide_chromium
from tools.checks.node import node, provide
from webapp.characters.build import ensure_index

PATHS: Final = ("/", "/?q=arrow", "/characters/U+2658", "/flags")
DEMANDED: Final = ("accessibility", "best-practices", "seo")
TIMEOUT_S: Final = 180


def audit(url: str, chromium: Path) -> Any:
    """The report on one page."""
    command = [
        *(node(), str(provide(Path(__file__).parent, "Lighthouse") / "lighthouse/cli/index.js")),
        *(url, "--quiet", "--output=json"),
        f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}",
    ]
    result = subprocess.run(
        command,
        env={**os.environ, "CHROME_PATH": str(chromium)},
        capture_output=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    return json.loads(result.stdout)


def told(path: str, report: Any) -> Sequence[str]:
    """Print the scores of a page; what keeps the demanded ones from 100."""
    scores = {name: round(100 * each["score"]) for name, each in report["categories"].items()}
    print(f"{path:24}", *(f"{name} {score:3}" for name, score in scores.items()), flush=True)
    return [
        f"{path}: {reference['id']}: {report['audits'][reference['id']]['title']}"
        for name in DEMANDED
        if scores[name] < 100
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"] and report["audits"][reference["id"]]["score"] == 0
    ]


async def main() -> int:
    """1 when a page has less than it must."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        data_dir = Path(folder)
        await asyncio.to_thread(ensure_index, data_dir, lambda *_: None, threading.Event())
        chromium = await asyncio.to_thread(provide_chromium)
        program = Program(data_dir)
        await program.start()
        wrong: list[str] = []
        try:
            for path in PATHS:
                report = await asyncio.to_thread(audit, f"{program.url}{path}", chromium)
                wrong += told(path, report)
        finally:
            await program.stop()
    print(*wrong, sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
