import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp.durable import SharedSync

MANY = 24


def test_who_comes_while_a_folder_is_synced_shares_the_next_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    asking, first, go_on = threading.Semaphore(0), threading.Event(), threading.Event()

    def fsync(_: int) -> None:
        begun.append(len(asked))
        first.set()
        go_on.wait()

    asked: list[int] = []
    shared = SharedSync()
    monkeypatch.setattr(os, "fsync", fsync)

    def sync(number: int) -> None:
        asked.append(number)
        asking.release()
        shared.sync(0)

    with ThreadPoolExecutor(MANY) as threads:
        threads.submit(sync, 0)
        first.wait()
        rest = [threads.submit(sync, number) for number in range(1, MANY)]
        for _ in range(MANY):
            asking.acquire()
        go_on.set()
        for each in rest:
            each.result()
    # One alone, one for those who came meanwhile, and perhaps one for who was slow to ask.
    assert len(begun) <= 3
    # Nobody is told before a sync that began after he had asked.
    assert begun[0] == 1
    assert begun[-1] == MANY


def test_a_folder_is_really_synced(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        SharedSync().sync(folder)
    finally:
        os.close(folder)
    with pytest.raises(OSError, match="Bad file descriptor"):
        SharedSync().sync(folder)
