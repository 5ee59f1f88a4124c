"""What is counted stays countable, whatever is asked for."""

import secrets

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from webapp.metrics import CONTENT_TYPE


async def exposed(client: ClientSession) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics by name and labels."""
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == CONTENT_TYPE
        families = text_string_to_metric_families(await response.text())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


async def test_endless_addresses_are_one_label(client: ClientSession) -> None:
    await exposed(client)
    before = set(await exposed(client))
    for _ in range(200):
        address = (
            f"/{secrets.token_urlsafe(12)}/{secrets.token_urlsafe(5)}?q={secrets.token_hex(4)}"
        )
        async with client.get(address) as response:
            assert response.status == 404
    new = set(await exposed(client)) - before
    assert {dict(labels)["route"] for _, labels in new} == {"none"}
    assert (await exposed(client))[
        "charfinder_http_requests_total",
        (("method", "GET"), ("route", "none"), ("status", "404")),
    ] == 200


async def test_addresses_of_one_route_are_one_label(client: ClientSession) -> None:
    for number in range(0x41, 0x61):
        async with client.get(f"/api/v1/characters/U+{number:04X}") as response:
            assert response.status == 200
    samples = await exposed(client)
    labels = (("method", "GET"), ("route", "/api/v1/characters/{id}"), ("status", "200"))
    assert samples["charfinder_http_requests_total", labels] == 32
    route = (("route", "/api/v1/characters/{id}"),)
    assert samples["charfinder_http_request_duration_seconds_count", route] == 32


async def test_what_else_is_told(client: ClientSession) -> None:
    samples = await exposed(client)
    assert samples["charfinder_db_writer_queue_length", ()] == 0
    assert samples["charfinder_ws_connections", ()] == 0
    # This very request.
    assert samples["charfinder_http_in_flight_requests", ()] == 1
    assert [value for (name, _), value in samples.items() if name == "charfinder_build_info"] == [1]


async def test_open_sockets_are_counted(client: ClientSession) -> None:
    async with client.ws_connect("/api/v1/events", protocols=("charfinder.v1",)) as socket:
        await socket.send_json({"op": "ping"})
        assert await socket.receive_json() == {"op": "pong"}
        assert (await exposed(client))["charfinder_ws_connections", ()] == 1
