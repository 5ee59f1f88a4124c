"""Which image of which country came from where and when."""

from typing import Final

import msgspec

from webapp.database import Readers, Row
from webapp.flags.catalog import country_name
from webapp.phrases import Phrase
from webapp.problems import NotFound

COLUMNS: Final = "code, source, sha256, media_type, bytes, fetched_at"


class Flag(msgspec.Struct, frozen=True):
    """One downloaded image; `image_url` names exactly this content."""

    code: str
    name: str
    source: str
    sha256: str
    media_type: str
    bytes: int
    fetched_at: str
    image_url: str


class Library:
    """Reads what finished downloads wrote."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def newest(self, code: str) -> Flag:
        """The image of a country that was fetched last, from whichever source."""
        row = await self._readers.fetch_one(
            f"SELECT {COLUMNS} FROM images WHERE code = ? "  # noqa: S608 - our names
            "ORDER BY fetched_at DESC, number DESC LIMIT 1",
            (code,),
        )
        return _flag(code, row)

    async def of_country(self, code: str) -> list[Flag]:
        """Every image of a country, the one that was fetched last first."""
        found = await self._readers.fetch_all(
            f"SELECT {COLUMNS} FROM images WHERE code = ? "  # noqa: S608 - our names
            "ORDER BY fetched_at DESC, number DESC",
            (code,),
        )
        return [_flag(code, row) for row in found]

    async def exact(self, code: str, sha256: str) -> Flag:
        """The image of a country with exactly this content."""
        row = await self._readers.fetch_one(
            f"SELECT {COLUMNS} FROM images WHERE code = ? AND sha256 = ?",  # noqa: S608
            (code, sha256),
        )
        if row is None:
            country = country_name(code)
            raise NotFound(Phrase("No image of {country} has this content.", country=country))
        return _flag(code, row)

    async def all(self) -> list[Flag]:
        """The newest image of every country that has one, by code."""
        found = await self._readers.fetch_all(
            f"SELECT {COLUMNS} FROM images ORDER BY fetched_at, number"  # noqa: S608 - our names
        )
        newest = {row[0]: row for row in found}
        return [_flag(code, newest[code]) for code in sorted(newest)]

    async def of_job(self, job_id: str) -> list[Flag]:
        """The image of every item of a job that has one, by code."""
        columns = ", ".join(f"images.{name}" for name in COLUMNS.split(", "))
        found = await self._readers.fetch_all(
            f"SELECT {columns} FROM jobs JOIN items ON items.job = jobs.number "  # noqa: S608 - our names
            "JOIN images ON images.source = jobs.source AND images.code = items.code "
            "AND images.sha256 = items.sha256 WHERE jobs.id = ? ORDER BY items.code",
            (job_id,),
        )
        return [_flag(row[0], row) for row in found]


def _flag(code: str, row: Row | None) -> Flag:
    if row is None:
        country = country_name(code)
        raise NotFound(Phrase("No image of {country} has been downloaded yet.", country=country))
    code, source, sha256, media_type, size, fetched_at = row
    image_url = f"/api/v1/flags/{code}?sha256={sha256}"
    return Flag(code, country_name(code), source, sha256, media_type, size, fetched_at, image_url)
