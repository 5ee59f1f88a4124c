import math
from collections import deque

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flags import manners
from webapp.flags.failures import FetchFailed
from webapp.flags.manners import PRIVATE, PUBLIC, HostState, Manners, Standing, Verdict

STRICT = Manners(
    at_once=4, per_second=2, burst=3, failures=3, probes=1, rest_s=5.0, longest_rest_s=15.0
)


def asked(conduct: Manners, standing: Standing, *verdicts: Verdict, now: float = 0.0) -> Standing:
    """After so many requests, one after the other, at one moment."""
    for verdict in verdicts:
        standing = manners.started(conduct, standing, now)
        standing = manners.ended(conduct, standing, verdict, now, begun_at=now)
    return standing


@given(
    st.lists(
        st.tuples(st.floats(0, 3), st.sampled_from(Verdict), st.booleans()), min_size=1, max_size=80
    )
)
def test_whatever_happens_a_host_is_never_asked_for_more_than_is_decent(
    steps: list[tuple[float, Verdict, bool]],
) -> None:
    now, standing = 0.0, manners.fresh(STRICT, 0.0)
    begun: list[float] = []
    open_since: deque[float] = deque()
    for passing, verdict, ends in steps:
        now += passing
        if ends and open_since:
            standing = manners.ended(STRICT, standing, verdict, now, begun_at=open_since.popleft())
        wait = manners.wait_s(STRICT, standing, now)
        assert wait >= 0
        assert open_since or not math.isinf(wait), "nobody waits for ever"
        if wait == 0:
            standing = manners.started(STRICT, standing, now)
            begun.append(now)
            open_since.append(now)
        assert standing.in_flight == len(open_since) <= STRICT.at_once
        assert 1 <= standing.limit <= STRICT.at_once
        for first, moment in enumerate(begun):
            allowed = STRICT.burst + STRICT.per_second * (now - moment) + 1e-6
            assert len(begun) - first <= allowed


def test_a_burst_then_so_many_a_second() -> None:
    standing = asked(STRICT, manners.fresh(STRICT, 0.0), *[Verdict.FINE] * 3)
    assert manners.wait_s(STRICT, standing, 0.0) == pytest.approx(0.5)
    assert manners.wait_s(STRICT, standing, 0.5) == 0
    assert manners.wait_s(STRICT, manners.started(STRICT, standing, 9.0), 9.0) == 0


def test_a_host_that_says_it_is_too_much_gets_half_at_once_and_slowly_more_again() -> None:
    one_begun = manners.started(PUBLIC, manners.fresh(PUBLIC, 0.0), 0.0)
    two_begun = manners.started(PUBLIC, one_begun, 0.0)
    once = manners.ended(PUBLIC, two_begun, Verdict.TOO_MUCH, 1.0, begun_at=0.0, retry_after_s=7.0)
    assert (once.limit, once.until) == (2.5, 8.0)
    assert manners.state(PUBLIC, once, 2.0) is HostState.SLOWED
    twice = manners.ended(PUBLIC, once, Verdict.TOO_MUCH, 1.5, begun_at=0.0)
    assert twice.limit == 2.5, "what was under way complains of the former limit"
    assert twice.until == 8.0
    later = asked(PUBLIC, twice, *[Verdict.FINE] * 9, now=9.0)
    assert 2.5 < later.limit < 5
    recovered = asked(PUBLIC, later, *[Verdict.FINE] * 9, now=19.0)
    assert recovered.limit == 5
    assert manners.state(PUBLIC, recovered, 20.0) is HostState.OK


def test_a_host_that_fails_again_and_again_is_left_alone_ever_longer() -> None:
    standing = asked(PUBLIC, manners.fresh(PUBLIC, 0.0), *[Verdict.FAILED] * 4)
    assert manners.wait_s(PUBLIC, standing, 0.0) == 0
    now, rests = 0.0, []
    for _ in range(9):
        standing = asked(PUBLIC, standing, Verdict.FAILED, now=now)
        rests.append(manners.wait_s(PUBLIC, standing, now))
        assert manners.state(PUBLIC, standing, now) is HostState.OPEN
        now += rests[-1]
        assert manners.state(PUBLIC, standing, now) is HostState.HALF_OPEN
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    probing = manners.started(PUBLIC, standing, now)
    assert math.isinf(manners.wait_s(PUBLIC, probing, now)), "one finds out for all"
    back = manners.ended(PUBLIC, probing, Verdict.FINE, now, begun_at=now)
    assert manners.state(PUBLIC, back, now) is HostState.OK
    assert manners.wait_s(PUBLIC, back, now) == 0


def test_this_machine_has_no_limit_and_is_spared_for_a_second_at_most() -> None:
    standing = manners.fresh(PRIVATE, 0.0)
    for _ in range(1_000):
        assert manners.wait_s(PRIVATE, standing, 0.0) == 0
        standing = manners.started(PRIVATE, standing, 0.0)
    standing = msgspec.structs.replace(standing, in_flight=0)
    pressed = asked(PRIVATE, standing, *[Verdict.TOO_MUCH] * 50)
    assert manners.wait_s(PRIVATE, pressed, 0.0) == 0
    now = 0.0
    down = asked(PRIVATE, standing, *[Verdict.FAILED] * 20)
    for _ in range(5):
        assert manners.wait_s(PRIVATE, down, now) == 1.0
        now += 1.0
        down = asked(PRIVATE, down, *[Verdict.FAILED] * 20, now=now)


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [
        (FetchFailed("timeout", "late"), Verdict.FAILED),
        (FetchFailed("connect", "refused"), Verdict.FAILED),
        (FetchFailed("dns", "unknown"), Verdict.FAILED),
        (FetchFailed("http_error", "500", 500), Verdict.FAILED),
        (FetchFailed("http_error", "503", 503), Verdict.FAILED),
        (FetchFailed("http_error", "429", 429), Verdict.TOO_MUCH),
        (FetchFailed("http_error", "418", 418), Verdict.FINE),
        (FetchFailed("http_error", "403", 403), Verdict.FINE),
        (FetchFailed("not_found", "404", 404), Verdict.FINE),
        (FetchFailed("bad_type", "html", 200), Verdict.FINE),
        (FetchFailed("too_large", "2 MiB", 200), Verdict.FINE),
        (FetchFailed("redirect_refused", "elsewhere"), Verdict.FINE),
        (FetchFailed("truncated", "short", 200), Verdict.FINE),
        (FetchFailed("blocked_address", "loopback"), Verdict.FINE),
    ],
)
def test_only_a_host_that_is_down_counts_as_failing(failure: FetchFailed, verdict: Verdict) -> None:
    assert manners.verdict_on(failure) is verdict
