"""A client of the jobs API, as a program would write it."""

from typing import Any

from aiohttp import ClientSession

Json = dict[str, Any]

FINAL = {"succeeded", "partial", "failed", "cancelled"}


class JobsClient:
    """Submits orders and follows them over plain HTTP."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session

    async def get(self, path: str, status: int = 200) -> Json:
        async with self.session.get(path) as response:
            assert response.status == status, await response.text()
            body: Json = await response.json(content_type=None)
            return body

    async def post(self, path: str, body: object = None, status: int = 202) -> Json:
        async with self.session.post(path, json=body) as response:
            assert response.status == status, await response.text()
            answer: Json = await response.json(content_type=None)
            return answer

    async def act(self, job_id: str, action: str, status: int = 202, body: object = None) -> Json:
        return await self.post(f"/api/v1/jobs/{job_id}/{action}", body, status)

    async def delete(self, job_id: str, query: str = "", status: int = 204) -> Json:
        async with self.session.delete(f"/api/v1/jobs/{job_id}{query}") as response:
            assert response.status == status, await response.text()
            answer: Json = {} if status == 204 else await response.json(content_type=None)
            return answer

    async def submit(self, source: str, codes: list[str], **options: object) -> Json:
        order = {"source": source, "select": {"codes": codes}, **options}
        return await self.post("/api/v1/jobs", order, 201)

    async def job(self, job_id: str) -> Json:
        return await self.get(f"/api/v1/jobs/{job_id}")

    async def items(self, job_id: str) -> list[Json]:
        items: list[Json] = (await self.get(f"/api/v1/jobs/{job_id}/items"))["items"]
        return items

    async def events(self, job_id: str, after: int = 0, wait: float = 0) -> Json:
        return await self.get(f"/api/v1/jobs/{job_id}/events?after={after}&wait={wait}")

    async def log(self, job_id: str, runs: int = 1) -> list[Json]:
        """Every event up to the job.finished of so many runs, gathered by long poll."""
        events: list[Json] = []
        while sum(event["type"] == "job.finished" for event in events) < runs:
            answer = await self.events(job_id, after=len(events), wait=20)
            events += answer["events"]
        return events

    async def finished(self, job_id: str, runs: int = 1) -> Json:
        """The job once it is over, so many times."""
        await self.log(job_id, runs)
        job = await self.job(job_id)
        assert job["state"] in FINAL
        return job


def fold(events: list[Json]) -> tuple[Json, dict[str, Json]]:
    """The job and the statuses of its items, folded by the published rules alone."""
    job: Json = {}
    items: dict[str, Json] = {}
    for number, event in enumerate(events, start=1):
        assert event["seq"] == number
        data = event["data"]
        counters: Json = job.get("counters", {})
        if event["type"] == "job.created":
            job = dict(data["job"])
            items = {code: {"status": "pending"} for code, _ in data["codes"]}
        elif event["type"] == "job.started":
            job["state"], job["started_at"] = "running", event["at"]
        elif event["type"] == "job.paused":
            job["state"], job["reason"] = "paused", data["reason"]
        elif event["type"] == "job.resumed":
            job["state"] = "running" if job["started_at"] else "queued"
            job["reason"] = None
        elif event["type"] == "job.cancel_requested":
            job["state"], job["reason"] = "cancelling", None
        elif event["type"] == "job.retried":
            job |= {"state": "queued", "run": data["run"]}
            job |= dict.fromkeys(("reason", "started_at", "finished_at"))
        elif event["type"] == "job.finished":
            assert data["counters"] == counters
            job["state"], job["finished_at"] = data["state"], event["at"]
        else:
            target = {"item.started": "running", "item.finished": data.get("status")}.get(
                event["type"], "pending"
            )
            item = items[data["code"]]
            counters[item["status"]] -= 1
            counters[target] += 1
            item["status"] = target
            if target == "ok":
                job["bytes"] += data["bytes"]
        job["seq"] = number
    return job, items
