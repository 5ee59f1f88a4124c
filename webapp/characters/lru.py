"""A cache that keeps what was used last, up to a weight."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LRU(Generic[K, V]):
    """The entries used last; their weights never sum to more than `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """The value of the key, which is now the one used last; None when it is not here."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep the value, unless it alone is too heavy; what was not used for longest goes."""
        if weight > self._limit:
            return
        entries = self._entries
        if (replaced := entries.pop(key, None)) is not None:
            self._weight -= replaced[1]
        entries[key] = (value, weight)
        self._weight += weight
        while self._weight > self._limit:
            _, (_, dropped) = entries.popitem(last=False)
            self._weight -= dropped
