"""The pages that were sent last, ready to be sent again."""

from webapp.characters.lru import LRU
from webapp.encoded import EncodedPage, Form


class EncodedPages:
    """Pages by the query string just as it was sent; at most `limit` bytes of both."""

    def __init__(self, limit: int) -> None:
        self._pages: LRU[str, EncodedPage] = LRU(limit)

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: str, *, gzip: bool) -> Form | None:
        """The page in the form that the client takes; None when it is not here."""
        page = self._pages.get(key)
        if page is None:
            return None
        weight = page.weight
        form = page.form(gzip=gzip)
        if page.weight != weight:
            self._keep(key, page)
        return form

    def put(self, key: str, page: EncodedPage, *, gzip: bool) -> Form:
        """Keep the page, unless it is too large; it in the form that the client takes."""
        form = page.form(gzip=gzip)
        self._keep(key, page)
        return form

    def _keep(self, key: str, page: EncodedPage) -> None:
        # A string takes up to four bytes a character.
        self._pages.put(key, page, page.weight + 4 * len(key))
