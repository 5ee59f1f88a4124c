"""Reading jobs: each question is one statement, so each answer is one moment."""

from collections.abc import Sequence

from webapp.database import Readers
from webapp.jobs import rows
from webapp.jobs.events import Event
from webapp.jobs.listing import JobsPage, Listing, Place
from webapp.jobs.model import FINAL_STATES, UNFINISHED_STATES, Item, ItemStatus, Job, JobState
from webapp.phrases import Phrase
from webapp.problems import NotFound


class Records:
    """What the tables say about jobs."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def get(self, job_id: str) -> Job:
        """The job; NotFound when there is none of that id."""
        row = await self._readers.fetch_one(
            f"SELECT {rows.JOB_COLUMNS} FROM jobs WHERE id = ?",  # noqa: S608 - our names
            (job_id,),
        )
        if row is None:
            raise no_such_job(job_id)
        return rows.job_from(row)

    async def snapshot(self, job_id: str) -> tuple[Job, list[Item]]:
        """The job and all its items at the job's seq: one statement, so one moment."""
        found = await self._readers.fetch_all(
            f"SELECT {_qualified('jobs', rows.JOB_COLUMNS)}, "  # noqa: S608 - our names
            f"{_qualified('items', rows.ITEM_COLUMNS)} "
            "FROM jobs JOIN items ON items.job = jobs.number WHERE jobs.id = ? "
            "ORDER BY items.code",
            (job_id,),
        )
        if not found:
            raise no_such_job(job_id)
        return rows.job_from(found[0]), [rows.item_from(row[rows.JOB_WIDTH :]) for row in found]

    async def unfinished(self) -> list[Job]:
        """Jobs that still have something to do, oldest first."""
        marks = ", ".join("?" * len(UNFINISHED_STATES))
        found = await self._readers.fetch_all(
            f"SELECT {rows.JOB_COLUMNS} FROM jobs "  # noqa: S608 - our names
            f"WHERE state IN ({marks}) ORDER BY number",
            tuple(UNFINISHED_STATES),
        )
        return [rows.job_from(row) for row in found]

    async def finished_before(self, moment: str, limit: int) -> list[str]:
        """The ids of up to `limit` jobs that came to their end before the moment, oldest first."""
        marks = ", ".join("?" * len(FINAL_STATES))
        found = await self._readers.fetch_all(
            f"SELECT id FROM jobs WHERE state IN ({marks}) AND finished_at < ? "  # noqa: S608 - our names
            "ORDER BY number LIMIT ?",
            (*FINAL_STATES, moment, limit),
        )
        return [job_id for (job_id,) in found]

    async def page(
        self, state: JobState | None, limit: int, before: int | None
    ) -> tuple[list[Job], int | None]:
        """Up to `limit` jobs, newest first, older than number `before`; and the next `before`."""
        found = await self._readers.fetch_all(
            f"SELECT number, {rows.JOB_COLUMNS} FROM jobs "  # noqa: S608 - our names
            "WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR number < ?2) "
            "ORDER BY number DESC LIMIT ?3",
            (state, before, limit + 1),
        )
        jobs = [rows.job_from(row[1:]) for row in found[:limit]]
        return jobs, found[limit - 1][0] if len(found) > limit else None

    async def listed(self, wanted: Listing, limit: int, after: Place | None) -> JobsPage:
        """Up to `limit` jobs of the list, from behind the place."""
        found = await self._readers.fetch_all(*wanted.statement(rows.JOB_COLUMNS, limit + 1, after))
        jobs = [rows.job_from(row[wanted.width :]) for row in found[:limit]]
        if len(found) <= limit:
            return JobsPage(jobs, None)
        return JobsPage(jobs, wanted.marker(found[limit - 1][: wanted.width]))

    async def total(self, wanted: Listing) -> int:
        """How many jobs the list has."""
        ((count,),) = await self._readers.fetch_all(*wanted.count())
        return int(count)

    async def sources(self) -> list[str]:
        """The names of the sources that jobs have, in order."""
        found = await self._readers.fetch_all("SELECT DISTINCT source FROM jobs ORDER BY source")
        return [source for (source,) in found]

    async def some(self, job_ids: Sequence[str]) -> list[Job]:
        """Those of the jobs that there are, in the order given."""
        marks = ", ".join("?" * len(job_ids))
        found = await self._readers.fetch_all(
            f"SELECT {rows.JOB_COLUMNS} FROM jobs WHERE id IN ({marks})",  # noqa: S608 - our names
            job_ids,
        )
        jobs = {job.id: job for job in map(rows.job_from, found)}
        return [jobs[job_id] for job_id in job_ids if job_id in jobs]

    async def waiting_for(self, job_id: str) -> list[Job]:
        """The queued jobs that are to begin when this one is over, oldest first."""
        found = await self._readers.fetch_all(
            f"SELECT {rows.JOB_COLUMNS} FROM jobs "  # noqa: S608 - our names
            "WHERE predecessor = ? AND state = ? ORDER BY number",
            (job_id, JobState.QUEUED),
        )
        return [rows.job_from(row) for row in found]

    async def followers(self, limit: int) -> list[Job]:
        """The newest jobs that were to begin when another one is over."""
        found = await self._readers.fetch_all(
            f"SELECT {rows.JOB_COLUMNS} FROM jobs "  # noqa: S608 - our names
            "WHERE predecessor IS NOT NULL ORDER BY number DESC LIMIT ?",
            (limit,),
        )
        return [rows.job_from(row) for row in found]

    async def items(
        self, job_id: str, status: ItemStatus | None, limit: int, after: str
    ) -> tuple[list[Item], str | None]:
        """Up to `limit` items by code, from behind `after`; and the next `after`."""
        await self.get(job_id)
        found = await self._readers.fetch_all(
            f"SELECT {rows.ITEM_COLUMNS} FROM items "  # noqa: S608 - our names
            "WHERE job = (SELECT number FROM jobs WHERE id = ?1) "
            "AND (?2 IS NULL OR status = ?2) AND code > ?3 ORDER BY code LIMIT ?4",
            (job_id, status, after, limit + 1),
        )
        items = [rows.item_from(row) for row in found[:limit]]
        return items, items[-1].code if len(found) > limit else None

    async def events(self, job_id: str, after: int, limit: int) -> list[Event]:
        """Up to `limit` entries of the log behind seq `after`."""
        found = await self._readers.fetch_all(
            f"SELECT {rows.EVENT_COLUMNS} FROM events "  # noqa: S608 - our names
            "WHERE job = (SELECT number FROM jobs WHERE id = ?) AND seq > ? "
            "ORDER BY seq LIMIT ?",
            (job_id, after, limit),
        )
        return [rows.event_from(row) for row in found]

    async def counts(self) -> dict[str, int]:
        """How many jobs are in each state that occurs."""
        return dict(
            await self._readers.fetch_all("SELECT state, count(*) FROM jobs GROUP BY state")
        )


def _qualified(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{name}" for name in columns.split(", "))


def no_such_job(job_id: str) -> NotFound:
    return NotFound(Phrase("There is no job {id}.", id=job_id[:64]))
