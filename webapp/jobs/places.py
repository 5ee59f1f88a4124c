"""How many clients may follow jobs at once, by websocket and event stream together."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from webapp.phrases import Phrase
from webapp.problems import TooManyRequests

FOLLOWERS: Final = 2000
FOLLOWERS_OF_ONE_CLIENT: Final = 64


class Places:
    """Places in all, and for each address that is not of this machine.

    Who comes over loopback may be a proxy before many people: no limit of its own holds there.
    """

    def __init__(
        self, followers: int = FOLLOWERS, of_one_client: int = FOLLOWERS_OF_ONE_CLIENT
    ) -> None:
        self._free = followers
        self._of_one_client = of_one_client
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, client: str | None) -> Iterator[None]:
        """One place for the body; TooManyRequests when none is free."""
        key = "" if client is None or _is_local(client) else client
        if self._free <= 0 or (key and self._taken[key] >= self._of_one_client):
            raise TooManyRequests(
                Phrase("Too many clients follow jobs now. Close one, or ask again in a moment."),
                headers={"Retry-After": "5"},
            )
        self._free -= 1
        self._taken[key] += 1
        try:
            yield
        finally:
            self._free += 1
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


def _is_local(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
