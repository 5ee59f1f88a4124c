"""The one function that changes jobs, without a loop or a database."""

import contextlib
import subprocess
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tools.checks import node
from tools.checks.requirements import MissingRequirementError, is_demanded
from webapp.jobs.draft import Draft
from webapp.jobs.events import (
    TYPES,
    CancelRequested,
    Change,
    Event,
    IllegalEvent,
    ItemFinished,
    ItemRequeued,
    ItemStarted,
    JobCreated,
    JobDeleted,
    JobFinished,
    JobPaused,
    JobResumed,
    JobRetried,
    JobStarted,
    RetryScheduled,
    apply,
    fold,
)
from webapp.jobs.model import Counters, Failure, Item, ItemStatus, Job, JobState, Options
from webapp.settings import ROOT

AT = "2026-01-01T00:00:00.000Z"
CODES = [("AD", "Andorra"), ("BR", "Brazil"), ("CN", "China")]

FOLD_IN_THE_BROWSER = f"""
import {{ readFileSync }} from "node:fs";
import {{ fold }} from "{(ROOT / "static" / "js" / "fold.js").as_uri()}";
const views = JSON.parse(readFileSync(0, "utf8")).map((log) => fold(null, log));
console.log(JSON.stringify(views.map(({{ job, items }}) => [job, Object.fromEntries(items)])));
"""
# Fields of an item that pages have no use for.
NOT_IN_THE_BROWSER = {"retries", "rescues", "not_before"}


def new_job(state: JobState = JobState.QUEUED) -> Job:
    return Job(
        id="j",
        kind="flags",
        source="builtin",
        state=state,
        counters=Counters(total=3, pending=3),
        created_at=AT,
        seq=1,
        options=Options(select={"preset": "all"}),
    )


def new_draft() -> Draft:
    return Draft(new_job(), {code: Item(code=code, name=name) for code, name in CODES})


def fitting(draft: Draft, change: Change) -> Change:
    """The change by whoever holds the item's lease, and knows how many items came to what."""
    match change:
        case JobFinished():
            return msgspec.structs.replace(change, counters=draft.job.counters)
        case ItemStarted(code=code):
            return msgspec.structs.replace(change, attempt=draft.items[code].attempts + 1)
        case ItemFinished(code=code) | RetryScheduled(code=code):
            return msgspec.structs.replace(change, attempt=draft.items[code].attempts)
        case _:
            return change


def sum_of(counters: Counters) -> int:
    return int(sum(msgspec.structs.astuple(counters))) - counters.total


codes = st.sampled_from([code for code, _ in CODES])
changes: st.SearchStrategy[Change] = st.one_of(
    st.just(JobStarted()),
    st.just(JobPaused()),
    st.just(JobResumed()),
    st.just(CancelRequested()),
    st.builds(JobRetried, st.integers(2, 3)),
    st.just(JobDeleted()),
    st.builds(JobFinished, st.sampled_from(JobState), st.just(Counters(total=3))),
    st.builds(ItemStarted, codes, st.integers(1, 3)),
    st.builds(
        ItemFinished,
        code=codes,
        status=st.sampled_from(ItemStatus),
        bytes=st.integers(0, 99),
        attempt=st.integers(0, 3),
    ),
    st.builds(ItemRequeued, codes, st.just("restart")),
    st.builds(
        RetryScheduled,
        code=codes,
        attempt=st.integers(1, 3),
        http_status=st.none(),
        delay_ms=st.just(1),
        not_before=st.just(AT),
        error=st.just(Failure("timeout", "late")),
    ),
)


@given(st.lists(changes, max_size=60))
def test_only_legal_changes_happen_and_the_counters_always_sum_to_the_total(
    attempted: list[Change],
) -> None:
    draft = new_draft()
    for change in attempted:
        before = (draft.job, dict(draft.items))
        try:
            draft.record(fitting(draft, change), AT)
        except IllegalEvent:
            assert (draft.job, draft.items) == before
        counters = draft.job.counters
        assert sum_of(counters) == counters.total == 3
        assert min(msgspec.structs.astuple(counters)) >= 0
        for status in ItemStatus:
            there = sum(item.status is status for item in draft.items.values())
            assert getattr(counters, status.value) == there


@given(st.lists(changes, max_size=60))
def test_the_log_alone_rebuilds_the_job_and_its_items(attempted: list[Change]) -> None:
    draft = new_draft()
    created = Event.of(1, AT, JobCreated(draft.job, CODES))
    for change in attempted:
        with contextlib.suppress(IllegalEvent):
            draft.record(fitting(draft, change), AT)
    log = [created, *draft.events]
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    assert fold(log) == (draft.job, draft.items)


def folded_by_node(logs: list[list[Event]]) -> list[Any]:
    """The job and the items by code that the browser's script makes of each log."""
    try:
        command = [node.node(), "--input-type=module", "--eval", FOLD_IN_THE_BROWSER]
    except MissingRequirementError as error:
        if is_demanded("node"):
            raise
        pytest.skip(str(error))
    done = subprocess.run(
        command, input=msgspec.json.encode(logs), capture_output=True, timeout=60, check=True
    )
    views: list[Any] = msgspec.json.decode(done.stdout)
    return views


def shown(log: list[Event]) -> Any:
    """What the server's fold makes of the log, as it goes out."""
    job, items = fold(log)
    seen = {
        code: {key: value for key, value in item.shown().items() if key not in NOT_IN_THE_BROWSER}
        for code, item in items.items()
    }
    return msgspec.to_builtins([job, seen])


def test_the_browser_folds_any_log_as_the_server_does() -> None:
    logs: list[list[Event]] = []
    end = JobFinished(JobState.PARTIAL, Counters(total=3))

    @examples(max_examples=150, database=None, derandomize=True)
    @given(st.lists(st.one_of(changes, changes, st.none()), min_size=40, max_size=80))
    def gather(attempted: list[Change | None]) -> None:
        draft = new_draft()
        created = Event.of(1, AT, JobCreated(draft.job, CODES))
        draft.record(JobStarted(), AT)
        for change in attempted:
            with contextlib.suppress(IllegalEvent):
                if change is None:
                    draft.settle(ItemStatus.ERROR, Failure("timeout", "late"), AT)
                draft.record(fitting(draft, change or end), AT)
        logs.append([created, *draft.events])

    gather()
    assert {event.type for log in logs for event in log} == set(TYPES)
    for log, view in zip(logs, folded_by_node(logs), strict=True):
        assert view == shown(log)


def test_a_final_job_takes_no_further_event() -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    for code, _ in CODES:
        draft.record(ItemStarted(code, 1), AT)
        draft.record(ItemFinished(code=code, status=ItemStatus.OK, bytes=5, attempt=1), AT)
    draft.record(JobFinished(draft.job.counters.outcome, draft.job.counters), AT)
    assert draft.job.state is JobState.SUCCEEDED
    assert draft.job.bytes == 15
    refused = (JobStarted(), JobPaused(), JobResumed(), CancelRequested(), ItemStarted("AD", 2))
    for change in (*refused, ItemRequeued("AD", "retry"), JobRetried(1), JobRetried(3)):
        with pytest.raises(IllegalEvent):
            draft.record(change, AT)


def test_a_job_is_not_finished_before_its_items() -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    with pytest.raises(IllegalEvent, match="before its items"):
        draft.record(JobFinished(JobState.SUCCEEDED, draft.job.counters), AT)
    draft.settle(ItemStatus.CANCELLED, None, AT)
    for end in (
        JobFinished(JobState.FAILED, Counters(total=3, ok=3)),
        JobFinished(JobState.RUNNING, draft.job.counters),
    ):
        with pytest.raises(IllegalEvent, match="its own counters"):
            draft.record(end, AT)


def test_an_event_out_of_order_is_refused() -> None:
    event = Event.of(5, AT, JobStarted())
    with pytest.raises(IllegalEvent, match="5 cannot follow 1"):
        apply(new_job(), None, event)


def test_an_event_for_an_unknown_item_is_refused() -> None:
    event = Event.of(2, AT, ItemStarted("ZZ", 1))
    with pytest.raises(IllegalEvent, match="does not have"):
        apply(new_job(JobState.RUNNING), None, event)


def test_a_job_is_created_once_and_a_log_begins_with_that() -> None:
    created = Event.of(1, AT, JobCreated(new_job(), CODES))
    with pytest.raises(IllegalEvent):
        fold([created, Event.of(2, AT, JobCreated(new_job(), CODES))])
    with pytest.raises(IllegalEvent, match=r"begins with job\.created"):
        fold([Event.of(1, AT, JobStarted())])


@pytest.mark.parametrize(
    ("counters", "outcome"),
    [
        (Counters(total=2, ok=1, not_found=1), JobState.SUCCEEDED),
        (Counters(total=2, skipped=2), JobState.SUCCEEDED),
        (Counters(total=2, ok=1, error=1), JobState.PARTIAL),
        (Counters(total=2, not_found=1, error=1), JobState.PARTIAL),
        (Counters(total=2, error=2), JobState.FAILED),
    ],
)
def test_the_outcome_follows_from_the_counters(counters: Counters, outcome: JobState) -> None:
    assert counters.outcome is outcome


def test_every_event_type_of_the_log_has_one_name() -> None:
    assert len(set(TYPES.values())) == len(TYPES)
    assert all(name.startswith(("job.", "item.")) for name in TYPES)


def test_an_item_waiting_for_a_retry_is_pending_and_remembers_why() -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    draft.record(ItemStarted("BR", 1), AT)
    draft.record(
        RetryScheduled(
            code="BR",
            attempt=1,
            http_status=503,
            delay_ms=500,
            not_before=AT,
            error=Failure("http_error", "503"),
        ),
        AT,
    )
    item = draft.items["BR"]
    assert (item.status, item.retries, item.not_before) == (ItemStatus.PENDING, 1, AT)
    assert item.error == Failure("http_error", "503")
    draft.record(ItemStarted("BR", 2), AT)
    assert draft.items["BR"].not_before is None


def test_a_pause_lets_what_is_under_way_come_to_its_end_and_begins_nothing() -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    draft.record(ItemStarted("BR", 1), AT)
    draft.record(JobPaused("disk_full"), AT)
    assert (draft.job.state, draft.job.reason) == (JobState.PAUSED, "disk_full")
    draft.record(ItemFinished(code="BR", status=ItemStatus.OK, attempt=1), AT)
    with pytest.raises(IllegalEvent, match="not legal while paused"):
        draft.record(ItemStarted("CN", 1), AT)
    draft.record(JobResumed(), AT)
    assert (draft.job.state, draft.job.reason) == (JobState.RUNNING, None)


def test_a_new_run_keeps_the_attempts_and_nothing_else_of_what_begins_anew() -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    draft.record(ItemStarted("BR", 1), AT)
    draft.record(
        ItemFinished(
            code="BR",
            status=ItemStatus.ERROR,
            http_status=418,
            ms=3,
            attempt=1,
            error=Failure("http_error", "418"),
        ),
        AT,
    )
    draft.settle(ItemStatus.ERROR, None, AT)
    draft.record(JobFinished(JobState.FAILED, draft.job.counters, "internal_error"), AT)
    draft.record(JobRetried(2), AT)
    assert (draft.job.state, draft.job.run, draft.job.reason) == (JobState.QUEUED, 2, None)
    assert (draft.job.started_at, draft.job.finished_at) == (None, None)
    draft.record(ItemRequeued("BR", "retry"), AT)
    assert draft.items["BR"] == Item(code="BR", name="Brazil", attempts=1)
    with pytest.raises(IllegalEvent, match="pending already"):
        draft.record(ItemRequeued("BR", "retry"), AT)


@pytest.mark.parametrize("status", [ItemStatus.OK, ItemStatus.NOT_FOUND, ItemStatus.ERROR])
def test_a_result_of_a_lost_lease_cannot_follow(status: ItemStatus) -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    draft.record(ItemStarted("BR", 1), AT)
    draft.record(ItemRequeued("BR", "restart"), AT)
    late = ItemFinished(code="BR", status=status, attempt=1)
    assert not draft.holds("BR", 1)
    if status is not ItemStatus.ERROR:
        with pytest.raises(IllegalEvent, match="is pending, not running"):
            draft.record(late, AT)
    draft.record(ItemStarted("BR", 2), AT)
    assert draft.holds("BR", 2)
    with pytest.raises(IllegalEvent, match="attempt 2, not 1"):
        draft.record(late, AT)


def test_an_item_is_rescued_a_hundred_times_and_then_given_up() -> None:
    draft = new_draft()
    draft.record(JobStarted(), AT)
    for attempt in range(1, 102):
        assert draft.items["BR"].rescues == attempt - 1
        draft.record(ItemStarted("BR", attempt), AT)
        draft.requeue_running("restart", AT)
    item = draft.items["BR"]
    assert (item.status, item.attempts, item.retries) == (ItemStatus.ERROR, 101, 0)
    assert item.error is not None
    assert item.error.code == "rescued_too_often"
    assert draft.items["CN"].status is ItemStatus.PENDING
