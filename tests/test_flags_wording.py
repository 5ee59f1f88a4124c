import pytest

from webapp.flags.wording import duration, size


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "–"),
        (0, "0.00 s"),
        (321, "0.32 s"),
        (5_120, "5.1 s"),
        (59_940, "59.9 s"),
        (59_960, "60.0 s"),
        (60_000, "1 min 0 s"),
        (125_000, "2 min 5 s"),
        (3_599_900, "1 h 0 min"),
        (3_780_000, "1 h 3 min"),
    ],
)
def test_durations_are_as_precise_as_one_can_use(ms: int | None, text: str) -> None:
    assert duration(ms) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (50_323, "50.3 kB"), (1_234_567, "1.2 MB")]
)
def test_sizes_have_their_unit(count: int, text: str) -> None:
    assert size(count) == text
