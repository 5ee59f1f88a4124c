"""Telling the programs that use an address that it will go: RFC 9745 and RFC 8594; pure."""

from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple


class Deprecation(NamedTuple):
    """Since when an address is deprecated, the paper that says so, and when it goes, if known.

    Both moments are in UTC.
    """

    since: datetime
    paper: str
    sunset: datetime | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What every answer at the address says."""
        headers = {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Link": f'<{self.paper}>; rel="deprecation"; type="text/html"',
        }
        if self.sunset is not None:
            headers["Sunset"] = format_datetime(self.sunset, usegmt=True)
        return headers
