import time

from webapp.clock import now_text
from webapp.jobs.model import Item, ItemStatus
from webapp.jobs.schedule import LONGEST_DELAY_S, Schedule


def waiting(code: str, not_before: str | None) -> Item:
    return Item(code=code, name=code, status=ItemStatus.PENDING, not_before=not_before)


def test_nothing_waits_longer_than_anybody_asked_for() -> None:
    # As the clock says, the one was put off until tomorrow: it was set back meanwhile.
    schedule = Schedule([waiting("BR", now_text(86_400)), waiting("CN", None)])
    ready = dict(sorted((code, ready_at) for ready_at, code in schedule._queue))
    assert ready["CN"] == 0.0
    assert ready["BR"] - time.monotonic() <= LONGEST_DELAY_S


async def test_what_is_due_comes_at_once_and_in_order() -> None:
    schedule = Schedule([waiting("CN", now_text(-3)), waiting("BR", None), waiting("US", None)])
    assert [schedule.due(), await schedule.next(), schedule.due()] == ["BR", "CN", "US"]
    assert (schedule.due(), await schedule.next(), len(schedule)) == (None, None, 0)


def test_what_is_put_off_is_not_due() -> None:
    schedule = Schedule([])
    schedule.put("BR", 60.0)
    assert (schedule.due(), len(schedule)) == (None, 1)
