"""How many golden queries are right: `python -m bench.golden http://127.0.0.1:8888` or an index.db.

With texts after it only those queries are put, and the first rows of each are shown.
"""

import asyncio
import sys
from pathlib import Path

from tests.golden.asking import Ask, index_at, server_at
from tests.golden.expectations import FILES, Answer, Expectation, failures, read


async def main(target: str, only: list[str]) -> None:
    """Print what is wrong, and how many are right."""
    asking = server_at(target) if target.startswith("http") else index_at(Path(target))
    async with asking as ask:
        if only:
            for text in only:
                show(Expectation(q=text), await ask(Expectation(q=text)))
            return
        for file in FILES:
            await judge(file, ask)


async def judge(file: str, ask: Ask) -> None:
    """Put the queries of a file."""
    expectations, right = read(file), 0
    for expectation in expectations:
        wrong = failures(expectation, await ask(expectation))
        right += not wrong
        for each in wrong:
            language = f" ({expectation.lang})" if expectation.lang else ""
            print(f"{expectation.q!r}{language}: {each}")
    print(f"{file}: {right} of {len(expectations)} right\n")


def show(expectation: Expectation, answer: Answer) -> None:
    """Print how a result begins."""
    print(f"{expectation.q!r}: {answer.refused or answer.total}")
    for row in answer.rows[:10]:
        print(f"    {row.id} {row.name}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
