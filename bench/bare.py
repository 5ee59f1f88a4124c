"""The peer: an aiohttp handler that sends the bytes and headers of a file, and nothing else."""

import json
import sys
from pathlib import Path

from aiohttp import web


def main() -> None:
    recorded = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    body = recorded["body"].encode()

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers=recorded["headers"])

    app = web.Application()
    app.add_routes([web.get("/{tail:.*}", answer)])
    web.run_app(app, host="127.0.0.1", port=0, print=lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
