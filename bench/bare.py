"""The peer: an aiohttp handler that sends recorded bytes and headers, and nothing else.

Its one argument is a file with what `recorded` gives.
"""

import base64
import json
import sys
from pathlib import Path

from aiohttp import ClientSession, web

# aiohttp sets both for every handler.
OWN = {"Content-Length", "Date"}


async def recorded(port: int, path: str, headers: dict[str, str]) -> str:
    """The answer to a request, bytes and headers, as text for FILE."""
    async with (
        ClientSession(f"http://127.0.0.1:{port}", auto_decompress=False) as session,
        session.get(path, headers=headers) as answer,
    ):
        body = await answer.read()
        kept = {name: value for name, value in answer.headers.items() if name not in OWN}
    return json.dumps({"body": base64.b64encode(body).decode(), "headers": kept})


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    body, headers = base64.b64decode(given["body"]), given["headers"]

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.add_routes([web.get("/{tail:.*}", answer)])
    web.run_app(
        app,
        host="127.0.0.1",
        port=0,
        access_log=None,
        print=lambda text: print(text, flush=True),
    )


if __name__ == "__main__":
    main()
