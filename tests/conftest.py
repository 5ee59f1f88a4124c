"""What the tests share: a real index, a real server, real clients.

A test's server is its own, in its own loop, unless the test is marked `reads`: one server stands
for all of those.
"""

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from blockbuster import BlockBuster, blockbuster_ctx

from tests.described import checking
from tests.jobs_client import JobsClient
from tests.standing import no_jobs, standing
from tests.upstream import Upstream
from tests.whole import untraced
from webapp.app import create_app, index_path, state_path
from webapp.characters.build import ensure_index
from webapp.characters.resident import Resident
from webapp.database import Readers
from webapp.migrate import migrate
from webapp.server import bind, serving
from webapp.settings import ROOT, Settings

# How long an example takes says nothing on a machine that does other things as well.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Whatever would block the event loop raises instead."""
    with blockbuster_ctx("webapp") as guard:
        # The coverage tracer takes a lock of its own in whatever function it meets first.
        guard.functions["threading.Lock.acquire"].can_block_in("coverage/collector.py", "lock_data")
        yield guard


@pytest.fixture(scope="session")
def index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index, built once for all tests; nobody may change it.

    Tests that run in several processes have a folder in common: the first one builds.
    """
    shared = os.environ.get("INDEX_FOLDER_OF_TESTS")
    folder = Path(shared) if shared else tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as environment:
        # Measured, the builder takes three times as long; its own tests measure it.
        environment.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        return ensure_index(folder, lambda stage, done: None, threading.Event())


@pytest.fixture(scope="session", autouse=True)
def described() -> Iterator[None]:
    """Whatever JSON a test is answered is as the API's document says, or the test fails."""
    yield from checking()


@pytest.fixture(scope="session", autouse=True)
def one_copy() -> Iterator[None]:
    """What an index holds in memory is there once for all applications: it never changes."""
    read, copies = Resident.read, dict[tuple[int, ...], Resident]()

    async def read_once(readers: Readers) -> Resident:
        ((_, _, path),) = await readers.fetch_all("pragma database_list")
        # Many names are links to one file.
        file = await asyncio.to_thread(Path(path).stat)
        key = file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns
        if key not in copies:
            copies[key] = await read(readers)
        return copies[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Resident, "read", read_once)
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
