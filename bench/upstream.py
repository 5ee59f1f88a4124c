"""A source of flags for measurements: one small image, so many milliseconds late.

It is given how many those are.
"""

import asyncio
import sys

from aiohttp import web

from webapp.flags.mirror import read_pictures


def main() -> None:
    delay_s = int(sys.argv[1]) / 1000
    flag = read_pictures()["BR"].content

    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(delay_s)
        return web.Response(body=flag, content_type="image/gif")

    app = web.Application()
    app.add_routes([web.get("/{code}.gif", answer)])
    web.run_app(
        app,
        host="127.0.0.1",
        port=0,
        access_log=None,
        print=lambda text: print(text, flush=True),
    )


if __name__ == "__main__":
    main()
