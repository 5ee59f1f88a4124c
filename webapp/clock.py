"""Wall-clock time in the one form that is stored and sent; durations use time.monotonic."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def as_text(moment: datetime) -> str:
    """`2026-11-22T09:44:00.123Z`: sorts as it should, and JavaScript reads it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def now_text(plus_s: float = 0.0) -> str:
    """The present, or so many seconds later, as text."""
    return as_text(now() + timedelta(seconds=plus_s))


def seconds_until(text: str) -> float:
    """How long until the moment; negative when it has passed."""
    return (datetime.fromisoformat(text) - now()).total_seconds()
