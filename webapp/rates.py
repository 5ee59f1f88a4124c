"""How often each client may ask: a bucket of tokens each, in a table that does not grow; pure."""

import ipaddress
import math
from collections import OrderedDict
from typing import Final, NamedTuple

MOST_CLIENTS: Final = 10_000
# Whoever has one address of IPv6 has at least so many bits of them to choose from.
SHARED_BITS: Final = 64


class Allowance(NamedTuple):
    """What one request was told: whether it is granted, and how many more would be right now.

    `full_s` is how many seconds it takes until nothing of the requests so far counts any more,
    `wait_s` until the next one is granted.
    """

    is_granted: bool
    left: int
    full_s: float
    wait_s: float


class Rates:
    """So many requests a second for each client on average, after a burst of so many at once."""

    def __init__(self, per_second: float, burst: int, most_clients: int = MOST_CLIENTS) -> None:
        self.per_second = per_second
        self.burst = burst
        self._most_clients = most_clients
        # Tokens there were, and when; who asked last stands last.
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, client: str, now: float) -> Allowance:
        """Take a token of the client's, if there is one; `now` in seconds of any steady clock."""
        tokens, then = self._buckets.pop(client, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - then) * self.per_second)
        is_granted = tokens >= 1
        if is_granted:
            tokens -= 1
        self._buckets[client] = tokens, now
        if len(self._buckets) > self._most_clients:
            # Who has not asked for longest: most likely the bucket would be full again.
            self._buckets.popitem(last=False)
        return Allowance(
            is_granted,
            int(tokens),
            (self.burst - tokens) / self.per_second,
            max(0.0, (1 - tokens) / self.per_second),
        )

    @property
    def policy(self) -> str:
        """The value of the header RateLimit-Policy."""
        return f'"default";q={self.burst};w={math.ceil(self.burst / self.per_second)}'


def told(allowance: Allowance) -> str:
    """The value of the header RateLimit."""
    return f'"default";r={allowance.left};t={math.ceil(allowance.full_s)}'


def client_of(address: str) -> str:
    """Whose bucket it is: an address of IPv4, a network of IPv6, "" for what is neither."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, SHARED_BITS), strict=False))
