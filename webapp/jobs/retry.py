"""When to try again."""

import random
from typing import Final

BASE_S: Final = 0.5
CEILING_S: Final = 30.0


def delay_s(retries: int, retry_after_s: float | None, fraction: float) -> float:
    """Full-jitter back-off after so many failures; never sooner than the upstream asked for.

    `fraction` in [0, 1) chooses within the range; the caller draws it.
    """
    backoff = fraction * min(CEILING_S, BASE_S * 2.0**retries)
    return max(backoff, retry_after_s or 0.0)


def draw() -> float:
    """A fraction for `delay_s`."""
    return random.random()  # noqa: S311 - spreads load, keeps no secret
