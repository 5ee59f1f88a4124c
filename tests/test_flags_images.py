import asyncio
import hashlib
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.upstream import GIF, PNG
from webapp.flags.images import OBJECTS, Image, ImageStore

OTHER = GIF + b"other"
LARGE = (b"GIF89a" + b"a" * 1_000_000, b"GIF89a" + b"b" * 1_000_000)

# Saves a second image, killed before the n-th thing it does to the file system, for every n.
DIE_ANYWHERE = """
import os, signal, sys
from pathlib import Path
from webapp.flags.images import ImageStore

STEPS = {"open", "os.mkdir", "os.rename", "os.link", "os.remove"}
root, content = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
step, ended = 0, False
while not ended:
    step += 1
    folder = root / str(step)
    ImageStore(folder)._save("lab", "BR", bytes.fromhex(sys.argv[3]), "image/gif")
    child = os.fork()
    if child == 0:
        left = step
        def die(event, arguments):
            global left
            if event in STEPS:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(die)
        ImageStore(folder)._save("lab", "BR", content, "image/gif")
        os._exit(0)
    ended = os.waitpid(child, 0)[1] == 0
print(step)
"""

# Saves an image where no file may have more than 1,000 bytes.
DISK_FULL = """
import asyncio, errno, resource, sys
from pathlib import Path
from webapp.flags.images import ImageStore

limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
try:
    asyncio.run(ImageStore(Path(sys.argv[1])).save("lab", "BR", bytes(5000), "image/gif"))
except OSError as error:
    print(errno.errorcode[error.errno])
resource.setrlimit(resource.RLIMIT_FSIZE, limit)
"""

# Saves an image as somebody who may not write there.
NOT_ALLOWED = """
import os, sys
from pathlib import Path
from webapp.flags.images import ImageStore

store, content = ImageStore(Path(sys.argv[1])), bytes(10)
if os.geteuid() == 0:
    os.setuid(65534)
try:
    store._save("lab", "BR", content, "image/gif")
except PermissionError as error:
    print(type(error).__name__)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "images"


@pytest.fixture
def store(root: Path) -> ImageStore:
    return ImageStore(root)


def run(program: str, *arguments: str) -> str:
    """What a program of its own process prints."""
    command = [sys.executable, "-c", program, *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=50, check=True)
    return finished.stdout.strip()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(root: Path) -> list[str]:
    """Every file below the root."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def test_an_image_is_kept_under_its_hash_and_its_country(
    store: ImageStore, root: Path
) -> None:
    stored = await store.save("lab", "BR", GIF, "image/gif")
    assert stored == (sha256(GIF), len(GIF), "image/gif", root / "lab" / "BR.gif")
    assert names(root) == [f"{OBJECTS}/{sha256(GIF)}.gif", "lab/BR.gif"]
    assert (root / "lab" / "BR.gif").read_bytes() == GIF
    assert await store.read(stored.sha256) == Image(GIF, "image/gif")
    assert await store.verify(stored.sha256)


async def test_the_same_content_is_kept_once(store: ImageStore, root: Path) -> None:
    for code in ("FR", "GP", "MQ", "FR"):
        await store.save("lab", code, GIF, "image/gif")
    await store.save("other", "FR", GIF, "image/gif")
    files = [root / name for name in names(root)]
    assert len(files) == 5
    assert len({file.stat().st_ino for file in files}) == 1


async def test_a_country_has_one_image_of_a_source(store: ImageStore, root: Path) -> None:
    await store.save("lab", "BR", GIF, "image/gif")
    await store.save("lab", "BR", PNG, "image/png")
    assert [name for name in names(root) if name.startswith("lab")] == ["lab/BR.png"]
    # The older one is still what earlier jobs refer to.
    assert await store.read(sha256(GIF)) == Image(GIF, "image/gif")
    assert await store.read(sha256(PNG)) == Image(PNG, "image/png")


@pytest.mark.parametrize(
    ("source", "code", "media_type"),
    [
        ("../lab", "BR", "image/gif"),
        ("lab/..", "BR", "image/gif"),
        ("", "BR", "image/gif"),
        (".objects", "BR", "image/gif"),
        ("lab\0", "BR", "image/gif"),
        ("lab", "br", "image/gif"),
        ("lab", "../", "image/gif"),
        ("lab", "..", "image/gif"),
        ("lab", "BR\n", "image/gif"),
        ("lab", "ＢＲ", "image/gif"),
        ("lab", "BR", "image/svg+xml"),
        ("lab", "BR", "../../gif"),
    ],
)
async def test_no_file_is_named_after_anything_else(
    store: ImageStore, root: Path, source: str, code: str, media_type: str
) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        await store.save(source, code, GIF, media_type)
    assert not root.exists()


async def test_a_link_in_the_place_of_a_source_s_folder_leads_nowhere(
    store: ImageStore, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root.mkdir()
    (root / "lab").symlink_to(outside)
    with pytest.raises(OSError, match="lab"):
        await store.save("lab", "BR", GIF, "image/gif")
    (outside / ".x.tmp").touch()
    assert await store.sweep() == 0
    assert names(outside) == [".x.tmp"]


async def test_a_link_in_the_place_of_an_image_is_replaced_and_never_read(
    store: ImageStore, root: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(GIF)
    await store.save("lab", "BR", GIF, "image/gif")
    (root / "lab" / "BR.gif").unlink()
    (root / "lab" / "BR.gif").symlink_to(secret)
    assert await store.present("lab", ["BR"]) == {}
    await store.save("lab", "BR", OTHER, "image/gif")
    assert (root / "lab" / "BR.gif").read_bytes() == OTHER
    assert secret.read_bytes() == GIF


async def test_only_sound_images_are_present(store: ImageStore, root: Path) -> None:
    assert await store.present("lab", ["BR"]) == {}
    kept = await store.save("lab", "BR", GIF, "image/gif")
    await store.save("lab", "US", PNG, "image/png")
    await store.save("other", "AR", GIF, "image/gif")
    (root / "lab" / "US.png").write_bytes(PNG[:-1])
    (root / "lab" / "MX.gif").write_bytes(b"GIF89a by somebody else")
    assert await store.present("lab", ["BR", "US", "MX", "AR", "../", "br"]) == {"BR": kept}
    assert await store.present("../lab", ["BR"]) == {}


async def test_a_damaged_image_is_not_served_and_is_mended_by_the_next_save(
    store: ImageStore, root: Path
) -> None:
    await store.save("lab", "BR", GIF, "image/gif")
    (root / OBJECTS / f"{sha256(GIF)}.gif").write_bytes(GIF[:-1])
    assert await store.read(sha256(GIF)) is None
    assert not await store.verify(sha256(GIF))
    await store.save("lab", "BR", GIF, "image/gif")
    assert await store.verify(sha256(GIF))
    assert (root / "lab" / "BR.gif").read_bytes() == GIF


@pytest.mark.parametrize("digest", ["", "../secret", "A" * 64, "0" * 63, "0" * 64, "0" * 64 + "\n"])
async def test_what_is_not_here_is_none(store: ImageStore, digest: str) -> None:
    assert await store.read(digest) is None
    await store.sweep()
    assert await store.read(digest) is None


async def test_a_folder_removed_meanwhile_is_made_again(store: ImageStore, root: Path) -> None:
    await store.save("lab", "BR", GIF, "image/gif")
    root.rename(root.with_name("elsewhere"))
    await store.save("lab", "BR", GIF, "image/gif")
    assert await store.verify(sha256(GIF))


async def test_a_link_that_cannot_be_made_becomes_a_copy(
    store: ImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("no hard links on this file system")

    monkeypatch.setattr(os, "link", refused)
    stored = await store.save("lab", "BR", GIF, "image/gif")
    assert names(root) == [f"{OBJECTS}/{sha256(GIF)}.gif", "lab/BR.gif"]
    assert await store.present("lab", ["BR"]) == {"BR": stored}


async def test_sweep_removes_what_a_crash_left_and_nothing_else(
    store: ImageStore, root: Path
) -> None:
    assert await store.sweep() == 0
    await store.save("lab", "BR", GIF, "image/gif")
    before = names(root)
    (root / OBJECTS / f".{sha256(OTHER)}.gif.0123.tmp").write_bytes(b"half")
    (root / "lab" / ".US.gif.4567.tmp").write_bytes(b"half")
    assert await store.sweep() == 2
    assert names(root) == before


async def test_whoever_looks_sees_one_whole_image_or_the_other(
    store: ImageStore, root: Path
) -> None:
    await store.save("lab", "BR", LARGE[0], "image/gif")
    path = root / "lab" / "BR.gif"
    seen: set[bytes] = set()

    def look() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    done = asyncio.Event()
    watching = asyncio.create_task(asyncio.to_thread(look))
    for turn in range(40):
        await store.save("lab", "BR", LARGE[turn % 2], "image/gif")
    done.set()
    await watching
    assert seen <= set(LARGE)


async def test_saves_of_the_same_image_at_once_all_succeed(store: ImageStore, root: Path) -> None:
    codes = [f"A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    async with asyncio.TaskGroup() as group:
        for code in codes * 2:
            group.create_task(store.save("lab", code, GIF, "image/gif"))
    assert set(await store.present("lab", codes)) == set(codes)
    assert not [name for name in names(root) if name.endswith(".tmp")]


async def test_a_name_appears_only_after_its_content_is_durable(
    store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.sweep()
    order: list[str] = []

    def noted(name: str) -> None:
        real = getattr(os, name)

        def call(*args: object, **kwargs: object) -> object:
            folder = isinstance(args[0], int) and stat.S_ISDIR(os.fstat(args[0]).st_mode)
            order.append(f"{name} folder" if folder else name)
            return real(*args, **kwargs)

        monkeypatch.setattr(os, name, call)

    for name in ("fsync", "rename", "link"):
        noted(name)
    await store.save("lab", "BR", GIF, "image/gif")
    assert order == [
        "fsync folder",  # the new folder of the source
        "fsync",
        "rename",
        "fsync folder",
        "link",
        "rename",
        "fsync folder",
    ]


@pytest.mark.crash
async def test_killed_at_any_step_the_image_is_the_old_one_or_the_new(tmp_path: Path) -> None:
    steps = int(run(DIE_ANYWHERE, str(tmp_path), OTHER.hex(), GIF.hex()))
    assert steps > 8  # it did die in between
    left_behind = 0
    for step in range(1, steps + 1):
        root = tmp_path / str(step)
        store = ImageStore(root)
        content = (root / "lab" / "BR.gif").read_bytes()
        assert content == (OTHER if step == steps else content)
        assert content in {GIF, OTHER}
        assert (await store.present("lab", ["BR"]))["BR"].sha256 == sha256(content)
        left_behind += await store.sweep()
        assert not [name for name in names(root) if name.endswith(".tmp")]
        await store.save("lab", "BR", OTHER, "image/gif")
        assert await store.verify(sha256(OTHER))
    assert left_behind  # and sweep had something to do


async def test_a_full_disk_is_an_oserror_and_leaves_no_part(store: ImageStore, root: Path) -> None:
    await store.save("lab", "BR", GIF, "image/gif")
    before = names(root)
    assert run(DISK_FULL, str(root)) == "EFBIG"
    assert names(root) == before
    assert (root / "lab" / "BR.gif").read_bytes() == GIF


async def test_a_folder_without_permission_is_an_oserror(store: ImageStore, root: Path) -> None:
    await store.sweep()
    root.chmod(0o555)
    assert run(NOT_ALLOWED, str(root)) == "PermissionError"
    assert names(root) == []


async def test_a_file_in_the_way_is_an_oserror(store: ImageStore, root: Path) -> None:
    root.mkdir()
    (root / "lab").touch()
    with pytest.raises(NotADirectoryError):
        await store.save("lab", "BR", GIF, "image/gif")


async def test_something_else_in_the_place_of_an_image_is_an_oserror(
    store: ImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.save("lab", "US", GIF, "image/gif")
    monkeypatch.chdir(root / "lab")  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as odd:
        odd.bind("BR.gif")
        with pytest.raises(OSError, match="BR"):
            await store.present("lab", ["BR"])
