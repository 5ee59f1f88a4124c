"""Log lines as JSON: nothing that came from outside is ever written raw."""

import json
import logging
import sys
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from webapp.clock import now_text

TEXT_LIMIT: Final = 256
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


def set_up(*, access: bool) -> None:
    """Warnings and errors to standard error; requests too when `access` is set."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[stream], level=logging.WARNING, force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.INFO if access else logging.WARNING)
