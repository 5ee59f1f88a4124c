from datetime import UTC, datetime, timedelta

import pytest

from webapp.clock import as_text
from webapp.jobs import timeline
from webapp.jobs.events import (
    Change,
    Event,
    ItemFinished,
    ItemRequeued,
    ItemStarted,
    JobRetried,
    JobStarted,
    RetryScheduled,
)
from webapp.jobs.model import Failure, ItemStatus
from webapp.jobs.timeline import Timeline, Times

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def event(ms: int, change: Change) -> Event:
    return Event.of(1, as_text(BEGAN + timedelta(milliseconds=ms)), change)


def again(code: str, attempt: int) -> RetryScheduled:
    failure = Failure("http_error", "HTTP 503")
    return RetryScheduled(
        code=code, attempt=attempt, http_status=503, delay_ms=9, not_before="", error=failure
    )


def done(code: str, status: ItemStatus, http_status: int | None = None) -> ItemFinished:
    return ItemFinished(code=code, status=status, http_status=http_status)


LOG = [
    event(0, JobStarted()),
    event(5, done("AD", ItemStatus.SKIPPED)),
    event(5, done("AE", ItemStatus.SKIPPED)),
    event(10, ItemStarted("BR", 1)),
    event(20, ItemStarted("CN", 1)),
    event(300, again("BR", 1)),
    event(310, ItemStarted("DE", 1)),
    event(400, done("CN", ItemStatus.OK, 200)),
    event(800, ItemStarted("BR", 2)),
    event(900, ItemRequeued("DE", "restart")),
    event(1000, done("BR", ItemStatus.ERROR, 418)),
    event(1001, done("DE", ItemStatus.CANCELLED)),
]


def folded(events: list[Event]) -> Timeline:
    whole = Timeline()
    for each in events:
        whole.take(each)
    return whole


def test_each_attempt_is_in_the_first_lane_that_was_free_when_it_began() -> None:
    whole = folded(LOG)
    shown = [(b.code, b.attempt, b.lane, b.start_ms, b.end_ms, b.outcome) for b in whole.bars]
    assert shown == [
        ("AD", 0, 0, 5, 5, "skipped"),
        ("BR", 1, 0, 10, 300, "retried"),
        ("CN", 1, 1, 20, 400, "ok"),
        ("DE", 1, 0, 310, 900, "requeued"),
        ("BR", 2, 1, 800, 1000, "error"),
    ]
    assert (whole.bars[0].count, whole.bars[4].http_status) == (2, 418)
    assert (len(whole.lanes), whole.span_ms) == (2, 1001)


def test_another_run_begins_with_nothing() -> None:
    whole = folded([*LOG, event(9000, JobRetried(2)), event(9000, JobStarted())])
    assert (whole.bars, whole.lanes, whole.span_ms) == ([], [], 0)
    whole.take(event(9050, ItemStarted("BR", 3)))
    assert whole.bars[0].start_ms == 50


def test_a_log_without_its_beginning_counts_from_what_it_has() -> None:
    whole = folded([event(400, done("CN", ItemStatus.OK)), event(450, ItemStarted("BR", 2))])
    assert [(bar.code, bar.start_ms) for bar in whole.bars] == [("BR", 50)]


def test_what_an_item_waited_and_took_is_all_its_time() -> None:
    assert timeline.times(folded(LOG).bars, 1001) == {
        "BR": Times(attempts=2, started_ms=10, waited_ms=500, took_ms=490),
        "CN": Times(attempts=1, started_ms=20, waited_ms=0, took_ms=380),
        "DE": Times(attempts=1, started_ms=310, waited_ms=0, took_ms=590),
    }
    under_way = timeline.times(folded(LOG[:9]).bars, 850)
    assert under_way["BR"] == Times(attempts=2, started_ms=10, waited_ms=500, took_ms=340)


@pytest.mark.parametrize("span", [1, 99, 1001, 12_345, 3_600_000, 10**9])
def test_ticks_are_few_and_within_the_span(span: int) -> None:
    found = timeline.ticks(span, 4)
    assert 1 < len(found) <= 5
    assert found[0] == 0
    assert found[-1] <= span


def test_times_are_said_as_people_say_them() -> None:
    assert [timeline.duration(ms) for ms in (410, 12_300, 125_000)] == [
        "0.41 s",
        "12.30 s",
        "2 min 05 s",
    ]
    assert [timeline.tick_label(ms) for ms in (0, 500, 20_000, 60_000, 150_000)] == [
        "0",
        "0.5 s",
        "20 s",
        "1 min",
        "2:30 min",
    ]
