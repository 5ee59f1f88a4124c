from webapp.flags.causes import Cause, causes
from webapp.jobs.model import Failure, Item, ItemStatus


def failed(code: str, cause: str, http_status: int | None = None) -> Item:
    error = Failure(cause, "")
    status = ItemStatus.ERROR
    return Item(code=code, name=code, status=status, http_status=http_status, error=error)


def test_failures_are_grouped_by_cause_and_status_the_most_frequent_first() -> None:
    items = [
        failed("AD", "http_error", 418),
        failed("BR", "http_error", 418),
        failed("CN", "timeout"),
        Item(code="DE", name="Germany", status=ItemStatus.OK),
        failed("FR", "http_error", 503),
        Item(code="GB", name="United Kingdom", error=Failure("timeout", "")),
    ]
    assert causes(items) == [
        Cause("http_error", 418, ["AD", "BR"]),
        Cause("timeout", None, ["CN"]),
        Cause("http_error", 503, ["FR"]),
    ]


def test_where_nothing_failed_there_is_no_cause() -> None:
    assert causes([Item(code="DE", name="Germany", status=ItemStatus.OK)]) == []
