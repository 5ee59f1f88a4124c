from hypothesis import given
from hypothesis import strategies as st

from webapp.characters.lru import LRU


def test_what_was_used_last_stays() -> None:
    cache: LRU[str, int] = LRU(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12))))
def test_the_weight_never_exceeds_the_limit(puts: list[tuple[int, int]]) -> None:
    cache: LRU[int, int] = LRU(10)
    weights: dict[int, int] = {}
    for key, weight in puts:
        cache.put(key, weight, weight)
        if weight <= 10:
            weights[key] = weight
        kept = [weights[key] for key in weights if cache.get(key) is not None]
        assert sum(kept) <= 10
        assert len(cache) == len(kept)
        if weight <= 10:
            assert cache.get(key) == weight
