"""The flags on disk: a page of all, searched by country."""

from aiohttp import web

from webapp.flags import gallery
from webapp.keys import LIBRARY
from webapp.pages import render


async def gallery_page(request: web.Request) -> web.Response:
    """The newest image of every country that has one; `q` narrows them down."""
    text = request.query.get("q", "").strip()[: gallery.LONGEST_TEXT]
    pictures = gallery.hung(await request.app[LIBRARY].all(), text)
    found = sum(picture["found"] for picture in pictures)
    context = {"pictures": pictures, "q": text, "found": found}
    return render("gallery.html", request, context, cache="no-store")
