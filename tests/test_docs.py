"""The papers say what the code does: settings, routes, problems, events, commands that run."""

import argparse
import ast
import os
import re
import shutil
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web

from bench.figures import Figure
from bench.jobs import PARTS
from bench.search import parts
from tests.processes import printed_by
from tests.transcripts import PROMPT, TelnetClient, played
from tools.checks.requirements import is_demanded
from webapp import cli, keys, server
from webapp.auth import Gate
from webapp.characters.index import CharacterIndex
from webapp.cli import STANDALONE, parser
from webapp.headers import SECURITY_HEADERS
from webapp.jobs import protocol
from webapp.jobs.events import TYPES, Event
from webapp.metrics import Metrics
from webapp.problems import Problem
from webapp.routes import ROUTES
from webapp.settings import FOREIGN, PREFIX, ROOT, Settings
from webapp.telnet.lines import LONGEST_LINE
from webapp.telnet.server import Limits, LineServer
from webapp.telnet.session import ROWS_AT_ONCE

DOCS = ROOT / "docs"
OWN = ("*.md", "docs/**/*.md", "webapp/**/*.md", "tools/**/*.md", "tests/**/*.md", "bench/**/*.md")
PAPERS = sorted(path for pattern in OWN for path in ROOT.glob(pattern))
PAPER_IDS = [path.relative_to(ROOT).as_posix() for path in PAPERS]

API, README = DOCS / "api.md", ROOT / "README.md"
CLI = DOCS / "cli.md"
CONFIGURATION, OPERATIONS = DOCS / "configuration.md", DOCS / "operations.md"
PERFORMANCE = DOCS / "performance.md"
TELNET = DOCS / "telnet.md"
ARCHITECTURE, SECURITY = DOCS / "architecture.md", ROOT / "SECURITY.md"

VARIABLE = re.compile(PREFIX + r"[A-Z]+(?:_[A-Z]+)*")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z_-]*")
# Those of `timeout`, in an example.
FOREIGN_FLAGS = {"--foreground", "--preserve-status", "--signal"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ADDRESS = "http://127.0.0.1:8888"

RESPONSE_S = 30
DECISION_LINES = 40


def blocks(path: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(path.read_text()) if found == language]


def table(path: Path, first_heading: str) -> Iterator[list[str]]:
    """The cells of the table whose first column is so called, without backticks."""
    rows = iter(path.read_text().splitlines())
    for row in rows:
        if row.startswith(f"| {first_heading} |"):
            next(rows)
            break
    for row in rows:
        if not row.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in row.strip("|").split("|")]


def options() -> set[str]:
    """Every flag of every command."""
    (commands,) = (
        action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    parsers = [parser(), *commands.choices.values()]
    return {flag for each in parsers for action in each._actions for flag in action.option_strings}


class TestConfiguration:
    def test_every_setting_stands_there_with_its_variable_flag_and_default(self) -> None:
        shown, flags = Settings().shown(), options()
        expected = [
            [
                name,
                PREFIX + name.upper(),
                next((f for f in (flag_of(name), flag_of(name[:-1])) if f in flags), "none"),
                "none" if shown[name] in {"", "None", "(not set)"} else shown[name],
            ]
            for name in Settings.__struct_fields__
        ]
        assert list(table(CONFIGURATION, "setting")) == expected

    def test_every_setting_is_explained(self) -> None:
        text = CONFIGURATION.read_text()
        assert not [name for name in Settings.__struct_fields__ if f"\n**{name}**: " not in text]

    def test_what_the_start_and_the_checks_read_stands_there(self) -> None:
        code = [*(ROOT / "webapp").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
        read = {name for path in code for name in VARIABLE.findall(path.read_text())}
        foreign = {PREFIX + name for name in FOREIGN}
        assert {cells[0] for cells in table(CONFIGURATION, "variable")} == read & foreign

    @pytest.mark.parametrize("path", PAPERS, ids=PAPER_IDS)
    def test_no_paper_names_a_variable_that_is_none(self, path: Path) -> None:
        known = {PREFIX + name.upper() for name in Settings.__struct_fields__}
        known |= {PREFIX + name for name in (*FOREIGN, "TOKEN_FILE")}
        assert set(VARIABLE.findall(path.read_text())) <= known

    def test_every_flag_stands_there_and_no_other(self) -> None:
        settings = set(FLAG.findall(CONFIGURATION.read_text()))
        others = set(FLAG.findall(CLI.read_text())) - FOREIGN_FLAGS
        assert settings | others == {flag for flag in options() if flag.startswith("--")}
        assert {flag for flag in settings if flag_is_setting(flag)} == settings - STANDALONE

    @pytest.mark.parametrize("path", PAPERS, ids=PAPER_IDS)
    def test_the_program_is_started_with_flags_it_has(self, path: Path) -> None:
        lines = re.findall(r"python3 run\.py (?!test)([^\n`]*)", path.read_text())
        named = {flag for line in lines for flag in FLAG.findall(line)}
        assert named <= options()

    def test_every_command_stands_there(self) -> None:
        (commands,) = (
            action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)
        )
        named = {
            cells[0].partition("run.py")[2].strip().partition(" ")[0]
            for cells in table(CONFIGURATION, "command")
        }
        assert named == {"", *commands.choices}


def flag_is_setting(flag: str) -> bool:
    name = flag.removeprefix("--").replace("-", "_")
    return bool({name, f"{name}s"} & set(Settings.__struct_fields__))


def flag_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def routes() -> set[tuple[str, str]]:
    return {(route.method, route.path) for route in ROUTES}


class TestApi:
    def test_every_route_stands_there_once_and_no_other(self) -> None:
        named = re.findall(r"^### `([A-Z]+) (\S+)`$", API.read_text(), re.MULTILINE)
        assert len(named) == len(ROUTES)
        assert set(named) == routes()

    def test_every_problem_stands_there_with_its_status(self) -> None:
        named = {(cells[0], int(cells[1])) for cells in table(API, "type")}
        assert named == {(f"/problems/{kind.slug}", kind.status) for kind in problems()}

    def test_every_reason_of_a_failed_item_stands_there(self) -> None:
        named = {cells[0] for cells in table(API, "code")}
        assert named == set(failure_codes())

    def test_the_examples_are_json(self) -> None:
        for block in blocks(API, "json"):
            assert objects(block)

    def test_every_event_has_an_example_of_its_shape(self) -> None:
        found = [found for block in blocks(API, "json") for found in objects(block)]
        events = [
            msgspec.convert(event, dict) for event in found if "type" in event and "seq" in event
        ]
        for event in events:
            shape = TYPES[event["type"]]
            assert set(event) == {field.encode_name for field in msgspec.structs.fields(Event)}
            assert set(event["data"]) == set(shape.__struct_fields__)
            msgspec.convert(event["data"], shape)
        assert {event["type"] for event in events} == set(TYPES)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))

    def test_every_frame_of_a_client_is_understood(self) -> None:
        frames = [
            found for block in blocks(API, "json") for found in objects(block) if "op" in found
        ]
        read = [protocol.read_frame(msgspec.json.encode(frame).decode()) for frame in frames]
        assert {frame.op for frame in read} == {"subscribe", "unsubscribe", "ping"}
        assert protocol.SUBPROTOCOL in API.read_text()


def problems() -> Iterator[type[Problem]]:
    """Every kind of problem that the program has."""
    return (kind for kind in Problem.kinds() if kind.__module__.startswith("webapp."))


def failure_codes() -> Iterator[str]:
    """The codes with which items end in error, as the code of the program spells them."""
    spelled = re.compile(
        r"(?:FetchFailed|_impossible|Failure)\(\s*\"([a-z_]+)\"|fail_job\(\w+, \"([a-z_]+)\""
    )
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        for found in spelled.finditer(path.read_text()):
            # 404 is an answer, which an item tells by its status.
            if (code := found[1] or found[2]) != "not_found":
                yield code


def objects(text: str) -> list[dict[str, object]]:
    """The JSON objects that stand one after the other."""
    decoder, found, place = msgspec.json.Decoder(dict), [], 0
    for start in [match.start() for match in re.finditer(r"^\{", text, re.MULTILINE)]:
        assert not text[place:start].strip()
        following = re.compile(r"^\{", re.MULTILINE).search(text, start + 1)
        place = following.start() if following else len(text)
        found.append(decoder.decode(text[start:place]))
    return found


PRELUDE = """
set -eEuo pipefail
trap 'echo "line: $BASH_COMMAND" >&2' ERR
curl() {
  command curl --fail --silent --show-error --max-time 20 \\
    ${TOKEN:+-H "Authorization: Bearer $TOKEN"} "$@"
}
"""


async def run_lines(
    path: Path, url: str, folder: Path, token: str = "", address: str = ADDRESS
) -> str:
    """Run the paper's shell blocks as one script against the server; what they print."""
    if shutil.which("bash") is None or shutil.which("curl") is None:
        if is_demanded("curl"):
            pytest.fail("curl is demanded by CHARFINDER_REQUIRE and is not there", pytrace=False)
        pytest.skip("no bash or no curl. Remedy: apt-get install bash curl")
    script = PRELUDE + "\n".join(blocks(path, "sh")).replace(address, url)
    environment = os.environ | {"TOKEN": token}
    return await printed_by(
        "bash", "-c", script, within_s=RESPONSE_S, cwd=folder, environment=environment
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the lines write the files that they fetch."""
    (tmp_path / "lines").mkdir()
    return tmp_path / "lines"


async def test_the_lines_of_the_readme_run(server: str, folder: Path) -> None:
    printed = await run_lines(README, server, folder)
    assert {"U+1F638", "U+1F63B", "U+1F63D"} <= set(re.findall(r"U\+[0-9A-F]+", printed))
    assert '"type":"job.started"' in printed


async def test_the_lines_of_the_api_run_and_reach_every_route(
    server: str, app: web.Application, folder: Path
) -> None:
    assert '"job.finished"' in await run_lines(API, server, folder)
    samples = [
        sample for metric in app[keys.METRICS].requests.collect() for sample in metric.samples
    ]
    reached = {
        (sample.labels["method"], sample.labels["route"])
        for sample in samples
        if sample.name.endswith("_total")
        and sample.labels["status"] in {"200", "201", "202", "204", "302", "303"}
    }
    assert routes() - reached == {("GET", "/api/v1/events")}


@pytest.mark.reads
async def test_the_handshake_of_the_api_is_the_servers(client: ClientSession) -> None:
    (line,) = re.findall(r"^ +curl .*Upgrade.*$", API.read_text(), re.MULTILINE)
    headers = dict(header.split(": ", 1) for header in re.findall(r"-H '([^']+)'", line))
    path = re.findall(rf"{ADDRESS}(\S+)", line)[0]
    async with client.get(path, headers=headers) as answer:
        assert answer.status == 101


@pytest.fixture
async def telnet_port(index_file: Path) -> AsyncIterator[int]:
    """The port of a line server."""
    index = await CharacterIndex.open(index_file, deadline_s=10.0)
    lines = LineServer(index, Gate(None), Metrics(), Limits())
    bound = server.bind("127.0.0.1", 0)
    await lines.start(bound)
    yield bound.getsockname()[1]
    await lines.close()
    await index.close()


class TestTelnet:
    @pytest.mark.parametrize("path", [TELNET, README], ids=["telnet", "readme"])
    async def test_the_conversations_are_what_one_sees(self, path: Path, telnet_port: int) -> None:
        conversations = blocks(path, "telnet")
        assert conversations
        for conversation in conversations:
            assert await played(conversation, telnet_port) == conversation

    async def test_the_lines_run(self, telnet_port: int, folder: Path) -> None:
        url = f"telnet://127.0.0.1:{telnet_port}"
        printed = await run_lines(TELNET, url, folder, address="telnet://127.0.0.1:2323")
        assert printed.count("CAT FACE") == 3

    async def test_what_is_left_out_is_there(self, telnet_port: int) -> None:
        """The one conversation that is too long to be shown as a whole."""
        shown = re.findall(r"^    (.+)$", TELNET.read_text(), re.MULTILINE)
        _, query, *first, gap, status, place = shown
        async with TelnetClient(telnet_port) as client:
            await client.said()
            said = (await client.ask(query.removeprefix(PROMPT))).splitlines()
        assert gap == "…"
        assert [*said[: len(first)], *said[-2:]] == [*first, status, place]

    def test_the_figures_are_those_of_the_code(self) -> None:
        text, limits = TELNET.read_text(), Limits()
        assert f"After {ROWS_AT_ONCE} rows" in text
        assert f"read {LONGEST_LINE:,} bytes at most" in text
        assert (limits.clients, limits.idle_s, limits.drain_s) == (2000, 600, 10)
        assert limits.unended_bytes == 1 << 20
        assert (Settings().telnet_clients, Settings().telnet_idle_s) == limits[:2]


class TestOperations:
    def test_every_metric_stands_there_with_its_labels(self) -> None:
        metrics = Metrics()
        kept: list[Any] = [each for each in vars(metrics).values() if hasattr(each, "describe")]
        # Prometheus calls a counter by its name and _total.
        suffix = {"counter": "_total"}
        assert {cells[0]: cells[1] for cells in table(OPERATIONS, "metric")} == {
            family.name + suffix.get(family.type, ""): ", ".join(metric._labelnames)
            for metric in kept
            for family in metric.describe()
        }

    def test_every_exit_code_stands_there(self) -> None:
        named = {int(cells[0]) for cells in table(OPERATIONS, "exit code")}
        ours = {cli.EX_CONFIG, cli.EX_CANNOT_START, cli.INTERRUPTED, server.EX_SOFTWARE}
        assert named == ours | {0, 2}


class TestPerformance:
    def test_every_part_that_is_measured_has_its_place(self) -> None:
        text = PERFORMANCE.read_text()
        begun = re.findall(r"<!-- (\w+) -->", text)
        assert begun == re.findall(r"<!-- end of (\w+) -->", text)
        assert {*begun} == {*parts(Path(), None), *PARTS, "export", "growth", "idle", "ui"}

    def test_every_measurement_stands_there_and_can_be_run(self) -> None:
        programs = {
            f"python -m bench.{path.stem}"
            for path in (ROOT / "bench").glob("*.py")
            if "python -m" in (ast.get_docstring(ast.parse(path.read_text())) or "")
        }
        assert {cells[0] for cells in table(PERFORMANCE, "command")} == programs

    def test_figures_are_marked_that_are_not_as_wanted(self) -> None:
        assert Figure("page", 5.04, "ms", "≤ 5 ms").cells()[2] == "**5.04 ms**"
        assert Figure("page", 1234.5, "ms").cells()[2] == "1,234 ms"
        assert Figure("page", 0.79, "×", "≥ 0.80 ×", "a, b").cells()[2] == "**0.79 × (a, b)**"
        assert Figure("page", 0.8, "×", "≥ 0.80 ×").holds


class TestArchitecture:
    def test_every_module_stands_in_the_tree(self) -> None:
        tree = next(block for block in blocks(ARCHITECTURE, "text") if "run.py" in block)
        assert set(modules_of(tree)) == {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / "webapp").rglob("*.py")
            if path.name != "__init__.py"
        }

    def test_the_layers_are_those_that_the_checks_hold(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        (contract,) = (c for c in project["tool"]["importlinter"]["contracts"] if "layers" in c)
        layers = [re.findall(r"\(webapp\.([\w.]+)\)", layer) for layer in contract["layers"]]
        there = [[name for name in layer if is_module(name)] for layer in layers]
        (block,) = blocks(ARCHITECTURE, "layers")
        assert [line.split() for line in block.splitlines()] == there


def modules_of(tree: str) -> Iterator[str]:
    """The modules of webapp in the tree, whose folders are told by indentation."""
    folders: list[str] = []
    for line in tree.splitlines():
        name = line.split()[0]
        folders[(len(line) - len(line.lstrip())) // 2 :] = [name]
        path = "".join(folders)
        if path.startswith("webapp/") and path.endswith(".py"):
            yield path


def is_module(name: str) -> bool:
    """A module, or a package as a whole."""
    path = ROOT / "webapp" / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAPERS, ids=PAPER_IDS)
class TestEveryPaper:
    def test_links_lead_somewhere(self, path: Path) -> None:
        for link in LINK.findall(path.read_text()):
            if "://" in link:
                continue
            target, _, fragment = unquote(link).partition("#")
            place = (path.parent / target).resolve() if target else path
            assert place.exists(), link
            assert place.is_relative_to(ROOT), link
            if fragment:
                assert fragment in {anchor(each) for each in HEADING.findall(place.read_text())}, (
                    link
                )

    def test_no_place_of_one_machine_is_named(self, path: Path) -> None:
        assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work|Users|opt)/", path.read_text())

    def test_tests_that_are_named_are_there(self, path: Path) -> None:
        for name, test in re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", path.read_text()):
            assert (ROOT / name).exists(), name
            assert not test or f"def {test}(" in (ROOT / name).read_text(), test


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_is_short_and_has_its_parts(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= DECISION_LINES
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", path.stem)
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
    ]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_notice_names_every_source_with_its_licence() -> None:
    notice = (ROOT / "NOTICE").read_text()
    characters = tomllib.loads((ROOT / "webapp/characters/data/SOURCES.toml").read_text())
    flags = tomllib.loads((ROOT / "webapp/flags/data/SOURCES.toml").read_text())
    sources = [source for file in characters["file"] for source in file["sources"]]
    sources += [file | {"package": file["package"].split(" ", 1)[1]} for file in flags["file"]]
    for source in sources:
        line = rf"^  {re.escape(source['package'])} +{re.escape(source['licence'])} "
        assert re.search(line, notice, re.MULTILINE), source["package"]


def test_every_licence_text_is_pointed_to() -> None:
    notice = (ROOT / "NOTICE").read_text()
    texts = [*(ROOT / "webapp/characters/data/licences").iterdir()]
    texts += (ROOT / "webapp/flags/data").glob("LICENSE.*")
    assert not [path.name for path in texts if path.name not in notice]


@pytest.mark.reads
class TestSecurity:
    async def test_the_headers_that_are_promised_are_sent(self, client: ClientSession) -> None:
        promised = set(re.findall(r"^- `([\w-]+)`: ", SECURITY.read_text(), re.MULTILINE))
        assert promised == set(SECURITY_HEADERS)
        for path in ("/healthz", "/nowhere", "/mirror/builtin/br/br.gif"):
            async with client.get(path) as answer:
                assert promised <= set(answer.headers)

    @pytest.mark.parametrize("method_path", sorted(f"{m} {p}" for m, p in routes() if m == "POST"))
    async def test_pages_of_other_sites_may_not_act(
        self, client: ClientSession, method_path: str
    ) -> None:
        path = method_path.partition(" ")[2]
        for theirs in (
            {"Origin": "http://other.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
        ):
            async with client.post(path, headers=theirs) as answer:
                assert answer.status == 403

    async def test_pages_of_other_sites_may_not_open_a_socket(self, client: ClientSession) -> None:
        with pytest.raises(WSServerHandshakeError) as refusal:
            await client.ws_connect("/api/v1/events", origin="http://other.example")
        assert refusal.value.status == 403

    @pytest.mark.parametrize("path", ["/", "/api/v1/jobs", "/healthz", "/api/v1/events"])
    @pytest.mark.parametrize("host", ["other.example", "127.0.0.1.other.example", "localhost.x"])
    async def test_another_host_is_not_answered_for(
        self, client: ClientSession, path: str, host: str
    ) -> None:
        async with client.get(path, headers={"Host": host}) as answer:
            assert answer.status == 421


class TestTokenMode:
    TOKEN = "the-token-of-the-tests"

    @pytest.fixture
    def settings(self, data_dir: Path) -> Settings:
        return Settings(port=0, data_dir=data_dir, token=self.TOKEN)

    async def test_every_address_but_the_open_ones_wants_the_token(
        self, client: ClientSession
    ) -> None:
        answers = {}
        for path in {path for _, path in routes()}:
            async with client.get(path) as answer:
                answers[path] = answer.status
        open_ones = {path for path, status in answers.items() if status == 200}
        assert open_ones == {"/login", "/healthz", "/readyz", "/favicon.ico"}
        assert {answers[path] for path in answers.keys() - open_ones} == {401}
        assert all(f"`{path}`" in OPERATIONS.read_text() for path in open_ones)

    async def test_the_lines_of_the_readme_run_with_the_token(
        self, server: str, folder: Path
    ) -> None:
        assert "U+1F638" in await run_lines(README, server, folder, self.TOKEN)

    async def test_the_form_lets_in_by_a_cookie_that_scripts_cannot_read(
        self, client: ClientSession
    ) -> None:
        form = {"token": self.TOKEN, "next": "/flags"}
        async with client.post("/login", data=form, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/flags")
            (cookie,) = answer.cookies.values()
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        cookies = {"Cookie": f"{cookie.key}={cookie.value}"}
        async with client.get("/flags", headers=cookies) as answer:
            assert answer.status == 200

    async def test_after_five_wrong_tokens_the_form_is_closed(self, client: ClientSession) -> None:
        seen = []
        for _ in range(6):
            async with client.post("/login", data={"token": "wrong"}) as answer:
                seen.append(answer.status)
        assert seen == [401] * 5 + [429]
