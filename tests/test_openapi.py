"""The documents of the API: they are valid, whole, true, and break nobody."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from aiohttp import ClientSession, web
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.described import check, frames, problems, spec, validator
from tools.breaking import breaking
from tools.checks.node import provide_asyncapi
from tools.checks.requirements import MissingRequirementError, is_demanded
from webapp.app import create_app
from webapp.jobs.events import TYPES
from webapp.openapi import asyncapi, page
from webapp.openapi.document import (
    OPERATIONS,
    PAGES,
    described,
    document,
    every_problem,
    read_examples,
)
from webapp.openapi.views import DOCUMENTS
from webapp.problems import MethodNotAllowed, Problem, ProblemDetails
from webapp.routes import ROUTES
from webapp.settings import ROOT, Settings

Json = dict[str, Any]

SNAPSHOT = ROOT / "tests" / "data" / "openapi.json"
HOW_TO_UPDATE = "To take it as it is now: python -m tools.api_documents --snapshot"


def operations() -> Iterator[tuple[str, Json]]:
    for path, methods in spec()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


class TestDocument:
    def test_it_is_openapi(self) -> None:
        OpenAPIV31SpecValidator(spec()).validate()

    def test_every_route_is_described_or_a_page_and_nothing_else_is(self) -> None:
        routes = {(route.method, route.path) for route in ROUTES}
        pages = {route for route in routes if route[1] in PAGES}
        assert routes - pages == set(OPERATIONS)
        assert {path for _, path in pages} == PAGES
        assert {name for name, _ in operations()} == {" ".join(route) for route in routes - pages}

    def test_no_page_is_of_the_api(self) -> None:
        assert not [path for path in PAGES if path.startswith("/api/")]

    def test_a_route_without_a_description_is_not_served_in_silence(self) -> None:
        with pytest.raises(KeyError, match="/api/v1/new"):
            described([("GET", "/api/v1/new")])

    def test_every_answer_in_json_has_a_schema_and_every_operation_an_example(self) -> None:
        for name, operation in operations():
            for status, answer in operation["responses"].items():
                for media, content in answer.get("content", {}).items():
                    assert "schema" in content or media.startswith(("image/", "application/zip"))
                    is_told = "asyncapi" in name or "openapi" in name or name == "GET /metrics"
                    if media == "application/json" and status < "300" and not is_told:
                        assert "example" in content, name

    def test_every_parameter_of_a_path_is_described(self) -> None:
        for name, operation in operations():
            named = {
                each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"
            }
            assert named == {part.partition("}")[0] for part in name.split("{")[1:]}

    def test_no_limit_has_a_maximum(self) -> None:
        limits = [
            json.dumps(each["schema"])
            for _, operation in operations()
            for each in operation.get("parameters", ())
            if each["name"] == "limit"
        ]
        assert len(limits) == 3
        assert not [limit for limit in limits if "maximum" in limit]

    def test_examples_are_as_the_document_says(self) -> None:
        for name, operation in operations():
            body = operation.get("requestBody", {})
            answers = [body, *operation["responses"].values()]
            for content in [each for a in answers for each in a.get("content", {}).values()]:
                if "example" in content:
                    assert validator(content["schema"]).is_valid(content["example"]), name

    def test_every_problem_is_there(self) -> None:
        assert {kind.slug for kind in Problem.kinds()} == {slug for _, slug, _ in every_problem()}
        # Who asks for no operation is told so; no operation can be.
        told = {slug for _, slug, _ in every_problem()} - {MethodNotAllowed.slug}
        named = json.dumps(spec()["components"]["responses"])
        assert not [slug for slug in told if f"/problems/{slug}" not in named]
        assert set(spec()["components"]["schemas"]["ProblemDetails"]["properties"]) == {
            *ProblemDetails.__struct_fields__
        }

    def test_a_server_with_a_token_says_so(self) -> None:
        made = document(OPERATIONS, {}, with_token=True)
        assert made["security"] == [{"token": []}]
        assert made["paths"]["/healthz"]["get"]["security"] == []
        assert "security" not in made["paths"]["/api/v1/sources"]["get"]
        assert "security" not in spec()


class TestSnapshot:
    def test_nothing_breaks_those_who_rely_on_the_api(self) -> None:
        found = breaking(json.loads(SNAPSHOT.read_text()), spec())
        assert found == [], HOW_TO_UPDATE

    def test_the_snapshot_has_what_was_added(self) -> None:
        # What is not in it could be taken away unnoticed.
        assert json.loads(SNAPSHOT.read_text()) == json.loads(json.dumps(spec())), HOW_TO_UPDATE


@pytest.fixture(scope="module")
def schema_of_asyncapi() -> Json:
    """Without npm it cannot be had."""
    try:
        schema: Json = json.loads(provide_asyncapi().read_text())
    except MissingRequirementError as error:
        if is_demanded("asyncapi"):
            pytest.fail(f"asyncapi is demanded by CHARFINDER_REQUIRE: {error}", pytrace=False)
        pytest.skip(str(error))
    return schema


class TestAsyncapi:
    def test_it_is_asyncapi(self, schema_of_asyncapi: Json) -> None:
        found = jsonschema_rs.Draft7Validator(schema_of_asyncapi).iter_errors(made())
        assert [f"{error.instance_path}: {error.message}" for error in found] == []

    def test_every_message_has_an_example_that_is_as_it_says(self) -> None:
        for name, message in made()["components"]["messages"].items():
            (example,) = message["examples"]
            whole = {**message["payload"], "components": made()["components"]}
            assert jsonschema_rs.Draft202012Validator(whole).is_valid(example["payload"]), name

    def test_every_event_has_an_example(self) -> None:
        shown = page.events(read_examples())
        assert [each.name for each in shown] == list(TYPES)
        check_event = validator({"$ref": "#/components/schemas/Event"})
        for each in shown:
            assert each.summary
            assert check_event.is_valid(json.loads(each.example)), each.name

    def test_what_is_sent_to_a_socket_is_received_by_the_server(self) -> None:
        found = made()["operations"]
        assert found["receiveOnSocket"]["action"] == "receive"
        names = [each["$ref"].rpartition("/")[2] for each in found["receiveOnSocket"]["messages"]]
        assert names == ["subscribe", "unsubscribe", "ping"]


def made() -> Json:
    return asyncapi.document(read_examples())


class TestHook:
    """What tests/conftest.py does with every answer."""

    def test_a_field_of_another_type_is_found(self) -> None:
        with pytest.raises(pytest.fail.Exception, match="status"):
            check("GET", "/healthz", 200, "application/json", b'{"status": 1}')

    def test_an_answer_without_a_description_is_found(self) -> None:
        with pytest.raises(AssertionError, match="not described"):
            check("GET", "/healthz", 299, "application/json", b"{}")
        with pytest.raises(AssertionError, match="not described"):
            check("GET", "/api/v1/new", 200, "application/json", b"{}")

    def test_a_problem_without_a_detail_is_found(self) -> None:
        assert not problems().is_valid({"type": "/problems/not-found", "title": "", "status": 404})

    def test_a_frame_that_is_none_of_the_messages_is_found(self) -> None:
        assert frames().is_valid({"op": "pong"})
        assert not frames().is_valid({"topic": "job:1"})
        assert not frames().is_valid({"topic": "job:1", "events": [{"seq": 1, "type": "job.new"}]})

    @pytest.mark.reads
    async def test_it_is_at_work(
        self, client: ClientSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr("tests.described.check", lambda *told: asked.append(told[1]))
        async with client.get("/api/v1/countries") as answer:
            await answer.json()
        assert asked == ["/api/v1/countries"]


@pytest.mark.reads
class TestServed:
    async def test_both_documents_are_served_and_kept(self, client: ClientSession) -> None:
        for path, wanted in (("/api/openapi.json", spec()), ("/api/asyncapi.json", made())):
            async with client.get(path) as answer:
                assert answer.status == 200
                assert json.loads(await answer.text()) == json.loads(json.dumps(wanted))
            known = {"If-None-Match": answer.headers["ETag"]}
            async with client.get(path, headers=known) as again:
                assert again.status == 304
            async with client.get(f"{path}?q=") as refused:
                assert refused.status == 422

    async def test_the_page_has_every_operation_message_event_and_problem(
        self, client: ClientSession
    ) -> None:
        async with client.get("/api", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 200
            text = await answer.text()
        for (method, _), operation in OPERATIONS.items():
            assert f'id="{operation.id}"' in text
            assert f'data-method="{method}"' in text
        for name in (*TYPES, *(each.event or each.name for each in asyncapi.MESSAGES)):
            assert f">{name}</code>" in text
        for _, slug, _ in every_problem():
            assert f'id="problem-{slug}"' in text

    async def test_the_type_of_a_problem_leads_to_what_is_said_of_it(
        self, client: ClientSession
    ) -> None:
        async with client.get("/problems/conflict", allow_redirects=False) as answer:
            assert answer.status == 302
            assert answer.headers["Location"] == "/api#problem-conflict"
        for _, slug, _ in every_problem():
            path = f"/problems/{slug}"
            async with client.get(path, allow_redirects=False) as answer:
                assert answer.status == 302, slug
        async with client.get("/problems/none") as answer:
            assert answer.status == 404

    async def test_the_lines_to_copy_run(self, client: ClientSession, server: str) -> None:
        lines = [
            page.curl(method, path, operation).replace(page.ORIGIN, server)
            for (method, path), operation in OPERATIONS.items()
            if page.live(method, path, operation) or path.endswith(("lookup", "identify"))
        ]
        assert len(lines) > 15
        script = "set -e\n" + "\n".join(
            line.replace("curl ", "curl --fail --silent --show-error --output /dev/null ", 1)
            for line in lines
        )
        process = await asyncio.create_subprocess_exec("bash", "-c", script)
        assert await process.wait() == 0


def test_a_token_is_asked_for_by_the_documents_of_a_server_that_has_one(data_dir: Path) -> None:
    app: web.Application = create_app(Settings(port=0, data_dir=data_dir, token="x" * 32))
    assert b'"security"' in app[DOCUMENTS].openapi.page.form(gzip=False).body
