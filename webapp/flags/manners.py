"""How often and how widely one host may be asked: pure, with the time given.

Times are in seconds on a clock that only goes forward.
"""

import math
from enum import StrEnum
from typing import Final

import msgspec

from webapp.flags.failures import FetchFailed

# A host that asks for less without saying for how long.
REST_S: Final = 1.0
# A refusal that is not its fault: what it sends, and what it says about single flags, do not count.
_OUT_OF_ORDER: Final = frozenset({"timeout", "connect", "dns"})


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """What is decent towards a host.

    Up to `at_once` requests side by side and `per_second` on average, after a burst of so many;
    infinite where only the job's own concurrency counts. After `failures` in a row the host is
    left alone for `rest_s`, and for twice as long after each further round, up to
    `longest_rest_s`; then so many `probes` find out whether it is back.
    """

    at_once: float = math.inf
    per_second: float = math.inf
    burst: float = math.inf
    failures: int
    probes: int
    rest_s: float
    longest_rest_s: float


# The Internet's, unless the settings say otherwise.
PUBLIC: Final = Manners(
    at_once=5,
    per_second=20,
    burst=20,
    failures=5,
    probes=1,
    rest_s=5.0,
    longest_rest_s=300.0,
)
# This machine's and its network's: a host that is down is spared for a moment, no more.
PRIVATE: Final = Manners(failures=20, probes=20, rest_s=1.0, longest_rest_s=1.0)


class Verdict(StrEnum):
    """What a request says of its host."""

    FINE = "fine"
    TOO_MUCH = "too_much"
    FAILED = "failed"
    NONE = "none"


class HostState(StrEnum):
    """How a host is treated now."""

    OK = "ok"
    SLOWED = "slowed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where we stand with a host.

    `limit` is how many requests it may have side by side now, `tokens` what was left of the
    burst at the time `counted_at`; `failures` are those in a row, `rounds` how often it was left
    alone because of them. It is asked nothing `until` then.
    """

    limit: float
    tokens: float
    counted_at: float
    in_flight: int = 0
    failures: int = 0
    rounds: int = 0
    until: float = 0.0
    lowered_at: float = -math.inf


def fresh(manners: Manners, now: float) -> Standing:
    """A host that was never asked."""
    return Standing(limit=manners.at_once, tokens=manners.burst, counted_at=now)


def wait_s(manners: Manners, standing: Standing, now: float) -> float:
    """How long until the host may be asked; infinite when somebody has to come back first."""
    if now < standing.until:
        return standing.until - now
    widest = manners.probes if _is_tripped(manners, standing) else int_or_inf(standing.limit)
    if standing.in_flight >= widest:
        return math.inf
    tokens = _tokens(manners, standing, now)
    return 0.0 if tokens >= 1 else (1 - tokens) / manners.per_second


def started(manners: Manners, standing: Standing, now: float) -> Standing:
    """After a request was begun."""
    return msgspec.structs.replace(
        standing,
        in_flight=standing.in_flight + 1,
        tokens=_tokens(manners, standing, now) - 1,
        counted_at=now,
    )


def ended(
    manners: Manners,
    standing: Standing,
    verdict: Verdict,
    now: float,
    *,
    begun_at: float,
    retry_after_s: float | None = None,
) -> Standing:
    """After a request that began then has come to this end."""
    after = msgspec.structs.replace(standing, in_flight=standing.in_flight - 1)
    match verdict:
        case Verdict.FINE:
            raised = min(manners.at_once, after.limit + 1 / max(after.limit, 1))
            return msgspec.structs.replace(after, failures=0, rounds=0, limit=raised)
        case Verdict.TOO_MUCH:
            return _slowed(manners, after, now, begun_at, retry_after_s)
        case Verdict.FAILED:
            return _failed(manners, after, now)
        case Verdict.NONE:
            return after


def state(manners: Manners, standing: Standing, now: float) -> HostState:
    """How the host is treated."""
    is_resting = now < standing.until
    if _is_tripped(manners, standing):
        return HostState.OPEN if is_resting else HostState.HALF_OPEN
    return HostState.SLOWED if is_resting or standing.limit < manners.at_once else HostState.OK


def verdict_on(failure: FetchFailed) -> Verdict:
    """What a failed request says of its host."""
    status = failure.http_status or 0
    if status == 429:
        return Verdict.TOO_MUCH
    if failure.code in _OUT_OF_ORDER or (failure.code == "http_error" and status >= 500):
        return Verdict.FAILED
    return Verdict.FINE


def int_or_inf(limit: float) -> float:
    """The limit in whole requests, one at least."""
    return limit if math.isinf(limit) else max(1, math.floor(limit))


def _slowed(
    manners: Manners, after: Standing, now: float, begun_at: float, retry_after_s: float | None
) -> Standing:
    if math.isinf(manners.at_once):
        return after
    until = max(after.until, now + (REST_S if retry_after_s is None else retry_after_s))
    # What was on its way already when the limit was lowered complains of the former one.
    if begun_at < after.lowered_at:
        return msgspec.structs.replace(after, until=until)
    return msgspec.structs.replace(
        after, until=until, limit=max(1.0, after.limit / 2), lowered_at=now
    )


def _failed(manners: Manners, after: Standing, now: float) -> Standing:
    after = msgspec.structs.replace(after, failures=after.failures + 1)
    # What was on its way when the host was given up tells nothing new.
    if not _is_tripped(manners, after) or now < after.until:
        return after
    # A round of probes has to fail as a whole.
    if after.rounds and (after.failures - manners.failures) % manners.probes:
        return after
    rest_s = min(manners.longest_rest_s, manners.rest_s * 2.0**after.rounds)
    return msgspec.structs.replace(after, rounds=after.rounds + 1, until=now + rest_s)


def _is_tripped(manners: Manners, standing: Standing) -> bool:
    return standing.failures >= manners.failures


def _tokens(manners: Manners, standing: Standing, now: float) -> float:
    if math.isinf(manners.burst):
        return math.inf
    gained = (now - standing.counted_at) * manners.per_second
    return min(manners.burst, standing.tokens + gained)
