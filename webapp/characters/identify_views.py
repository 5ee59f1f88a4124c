"""The page that says what a text consists of."""

from typing import Final

from aiohttp import web

from webapp.answers import TEXT_BODY_LIMIT, TEXT_FORM_LIMIT, read_form
from webapp.characters.byte_forms import HEX_BYTES
from webapp.characters.text import printable
from webapp.keys import DOSSIER
from webapp.pages import render
from webapp.phrases import Phrase
from webapp.problems import PayloadTooLarge

CLUSTERS_SHOWN: Final = 300


async def identify_page(request: web.Request) -> web.Response:
    """What the text in the address consists of; without one, the form alone."""
    return await _answer(request, request.query.get("text", ""))


async def identify_form(request: web.Request) -> web.Response:
    """The same for a text that is too long for an address."""
    form = await read_form(request, limit=TEXT_FORM_LIMIT)
    # Browsers send every line break of a form as two characters.
    return await _answer(request, form.get("text", "").replace("\r\n", "\n"))


async def _answer(request: web.Request, text: str) -> web.Response:
    if len(text.encode("utf-8", "surrogatepass")) > TEXT_BODY_LIMIT:
        raise PayloadTooLarge(
            Phrase("The text may have {bytes} bytes at most; shorten it.", bytes=TEXT_BODY_LIMIT)
        )
    dossier = request.app[DOSSIER]
    text = printable(text)
    context: dict[str, object] = {"text": text.replace("\0", "\ufffd")}
    if text:
        inspection = await dossier.inspect(text)
        context |= {
            "inspection": inspection,
            "most_bytes": HEX_BYTES,
            "cleaned": inspection.visible if inspection.visible != text else None,
            "composed": inspection.nfc if inspection.nfc != text else None,
            "shown": await dossier.first_clusters(text, CLUSTERS_SHOWN),
            "alike": {each.id: each for each in inspection.looks_like},
        }
    return render("identify.html", request, context, cache="no-store", address="/identify")
