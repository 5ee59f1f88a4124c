"""What the tests share: a real index, a real server, real clients.

A test's server is its own, in its own loop, unless the test is marked `reads`: one server stands
for all of those.
"""

import gc
import os
import shutil
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from blockbuster import BlockBuster, blockbuster_ctx

from tests.index import IndexInTheMaking
from tests.jobs_client import JobsClient
from tests.once import made_once
from tests.processes import MEASURING
from tests.standing import no_jobs, standing
from tests.upstream import Upstream
from tests.whole import untraced
from webapp import connections
from webapp.app import create_app
from webapp.cli import main
from webapp.data_dir import index_path, state_path
from webapp.migrate import migrate
from webapp.server import GARBAGE_SOUGHT_AFTER, bind, serving
from webapp.settings import ROOT, Settings

# How long an example takes says nothing on a machine that does other things as well.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


INDEX = pytest.StashKey[IndexInTheMaking]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the files that need no index, while it is made."""
    waiting = {item.path for item in items if needs_index(item)}
    items.sort(key=lambda item: item.path in waiting)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin with the index, and spare the collector a hundred thousand objects that stay."""
    if session.config.option.collectonly:
        return
    if any(map(needs_index, session.items)):
        session.config.stash[INDEX] = IndexInTheMaking(session.config.cache.mkdir("index"))
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_SOUGHT_AFTER)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whoever is stopped before the index is whole leaves no builder behind."""
    if index := session.config.stash.get(INDEX, None):
        index.stop()


def needs_index(item: pytest.Item) -> bool:
    """Whether the test has the index, or a server, which has it."""
    return not {"index_file", "server"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Whatever would block the event loop raises instead."""
    with blockbuster_ctx("webapp") as guard:
        # The coverage tracer takes a lock of its own in whatever function it meets first.
        guard.functions["threading.Lock.acquire"].can_block_in("coverage/collector.py", "lock_data")
        yield guard


@pytest.fixture(scope="session")
def index_file(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index, the same for all tests; nobody may change it."""
    built = pytestconfig.stash[INDEX].path()
    path = tmp_path_factory.mktemp("index") / built.name
    shutil.copy(built, path)
    return path


@pytest.fixture(scope="session", autouse=True)
def one_copy() -> Iterator[None]:
    """What applications only read is there once for all of them."""
    with pytest.MonkeyPatch.context() as patched:
        made_once(patched)
        yield


@pytest.fixture(scope="session")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without jobs, to be copied."""
    path = tmp_path_factory.mktemp("state") / "state.db"
    migrate(path, ROOT / "migrations")
    return path


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """For laws over whole tables, and for answers of many megabytes.

    What other threads do is measured still, the standing server's among them.
    """
    with untraced():
        yield


@pytest.fixture
def unmeasured_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """For processes that do at length what is measured where it is done in short."""
    monkeypatch.delenv(MEASURING, raising=False)


def first_folder(folder: Path, index_file: Path, empty_state: Path) -> Path:
    """A data folder as a first start leaves it."""
    folder.mkdir()
    index_path(folder).hardlink_to(index_file)
    shutil.copy(empty_state, state_path(folder))
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, index_file: Path, empty_state: Path) -> Path:
    """The test's own data folder."""
    return first_folder(tmp_path / "data", index_file, empty_state)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> Callable[..., int]:
    """Runs a command as if in a process of its own, on the test's data folder; the exit code."""
    for name in os.environ:
        if name.startswith("CHARFINDER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHARFINDER_DATA_DIR", str(data_dir))
    # A command ends by stopping all connections of its process; here others have some as well.
    monkeypatch.setattr(connections, "_connections", weakref.WeakSet())
    return lambda *arguments: main(arguments)


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """The settings of `server`; a module or a test may override this fixture."""
    return Settings(port=0, data_dir=data_dir, mirror_seed=1)


@pytest.fixture
def app(settings: Settings) -> web.Application:
    """The application that `own_server` serves."""
    return create_app(settings)


@pytest.fixture
async def own_server(app: web.Application) -> AsyncIterator[str]:
    """A listening server of this test alone; its base URL."""
    with bind("127.0.0.1", 0) as bound:
        async with serving(app, bound) as url:
            yield url


@pytest.fixture(scope="session")
def standing_server(
    tmp_path_factory: pytest.TempPathFactory, index_file: Path, empty_state: Path
) -> Iterator[str]:
    """A listening server for all tests that only read; its base URL."""
    folder = first_folder(tmp_path_factory.mktemp("standing") / "data", index_file, empty_state)
    with standing(Settings(port=0, data_dir=folder, mirror_seed=1)) as url:
        yield url
    assert no_jobs(state_path(folder)), "a test marked `reads` has made a job"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> str:
    """A listening server; its base URL."""
    reads = request.node.get_closest_marker("reads")
    # Who asks for the application as well looks into it, or has one that is not like the others.
    stands = reads and "app" not in request.fixturenames
    url: str = request.getfixturevalue("standing_server" if stands else "own_server")
    return url


@pytest.fixture
async def client(server: str) -> AsyncIterator[ClientSession]:
    """An HTTP client of `server`; it keeps no cookies and follows no redirects by itself."""
    async with ClientSession(server, cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest.fixture
def jobs(client: ClientSession) -> JobsClient:
    """The same client, for the jobs API."""
    return JobsClient(client)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A source of flags that behaves as a test wants."""
    async with Upstream() as upstream:
        yield upstream
