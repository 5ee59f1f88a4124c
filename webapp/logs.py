"""Log lines as JSON: nothing that came from outside is ever written raw."""

import json
import logging
import sys
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from webapp.clock import now_text

TEXT_LIMIT: Final = 256
SENDERS_FAULTS: Final = (HttpProcessingError, web.RequestPayloadError)
EXTRAS: Final = (
    "request_id", "job", "method", "path", "status", "ms", "bytes", "client", "user_agent",
)  # fmt: skip


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII: no control character survives."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "ts": now_text(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in EXTRAS if hasattr(record, name)})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


class AccessLogger(AbstractAccessLogger):
    """A line for each answer, with the texts of clients cut to a bounded length."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self.logger.info(
            "request",
            extra={
                "request_id": response.headers.get("X-Request-Id", ""),
                "method": request.method,
                "path": request.path[:TEXT_LIMIT],
                "status": response.status,
                "ms": round(time * 1000, 1),
                "bytes": response.body_length,
                "client": request.remote,
                "user_agent": request.headers.get("User-Agent", "")[:TEXT_LIMIT],
            },
        )


def is_ours(record: logging.LogRecord) -> bool:
    """False for a request that was no HTTP: its sender has been told, and may send thousands."""
    return not (record.exc_info and isinstance(record.exc_info[1], SENDERS_FAULTS))


def set_up(*, access: bool) -> None:
    """Warnings and errors to standard error; requests too when `access` is set."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter())
    logging.getLogger("aiohttp.server").addFilter(is_ours)
    logging.basicConfig(handlers=[stream], level=logging.WARNING, force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.INFO if access else logging.WARNING)
