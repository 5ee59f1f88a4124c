"""The headers that every answer carries."""

from typing import Final

from multidict import CIMultiDict, istr

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # no-referrer would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
SERVER: Final = "charfinder"
X_REQUEST_ID: Final = istr("X-Request-Id")


def standard_headers() -> CIMultiDict[str]:
    """The headers that do not depend on the request, to begin an answer's own with.

    An answer that names its server has all of them.
    """
    return CIMultiDict(SECURITY_HEADERS | {"Server": SERVER})
