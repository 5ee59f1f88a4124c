from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rates import Rates, client_of, told

GAPS = st.lists(st.floats(0, 3, allow_nan=False), max_size=200)


def test_a_burst_then_as_many_as_come_back() -> None:
    rates = Rates(per_second=2, burst=5)
    at_once = [rates.take("a", 100.0) for _ in range(7)]
    assert [each.is_granted for each in at_once] == [True] * 5 + [False] * 2
    assert [each.left for each in at_once] == [4, 3, 2, 1, 0, 0, 0]
    assert at_once[-1].wait_s == pytest.approx(0.5)
    assert at_once[-1].full_s == pytest.approx(2.5)
    assert not rates.take("a", 100.4).is_granted
    assert rates.take("a", 100.5).is_granted
    assert [rates.take("a", 1000.0).is_granted for _ in range(6)] == [True] * 5 + [False]


@given(GAPS)
def test_never_more_than_the_burst_and_the_rate(gaps: list[float]) -> None:
    rates, now, granted = Rates(per_second=1.5, burst=4), 0.0, []
    for gap in gaps:
        now += gap
        if rates.take("a", now).is_granted:
            granted.append(now)
    for first, began in enumerate(granted):
        for number, then in enumerate(granted[first:], 1):
            assert number <= 4 + 1.5 * (then - began) + 1e-6


@given(GAPS)
def test_whoever_waits_as_told_is_granted(gaps: list[float]) -> None:
    rates, now = Rates(per_second=0.7, burst=3), 0.0
    for gap in gaps:
        now += gap
        if not (told_so := rates.take("a", now)).is_granted:
            now += told_so.wait_s + 1e-9
            assert rates.take("a", now).is_granted


def test_clients_do_not_count_for_each_other() -> None:
    rates = Rates(per_second=1, burst=1)
    assert all(rates.take(str(number), 0.0).is_granted for number in range(100))
    assert not any(rates.take(str(number), 0.5).is_granted for number in range(100))


def test_the_table_does_not_grow_and_forgets_who_rested_longest() -> None:
    rates = Rates(per_second=1, burst=1, most_clients=10)
    for number in range(9):
        rates.take(str(number), 0.0)
    rates.take("0", 0.1)
    for number in range(20_000):
        rates.take(f"spray {number}", 0.2)
        assert len(rates) <= 10
        if number % 5 == 0:
            assert not rates.take("0", 0.2).is_granted, "who keeps asking is not forgotten"


def test_what_clients_are_told() -> None:
    rates = Rates(per_second=50, burst=100)
    assert rates.policy == '"default";q=100;w=2'
    assert told(rates.take("a", 0.0)) == '"default";r=99;t=1'


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_whose_bucket_it_is(address: str, client: str) -> None:
    assert client_of(address) == client


def test_neighbours_of_a_network_share_a_bucket() -> None:
    addresses = [f"2001:db8:0:1::{number:x}" for number in range(5)]
    assert all(client_of(one) == client_of(other) for one, other in pairwise(addresses))
