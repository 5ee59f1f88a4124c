"""What can go wrong for a caller, in the words of RFC 9457."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from webapp.phrases import Phrase


class FieldError(msgspec.Struct, frozen=True):
    """One field at fault: its path in the body or query, a stable code, and what to do."""

    field: str
    code: str
    detail: Phrase


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON body of a problem (RFC 9457); `instance` is the request's id as a URN.

    `state` is that of the job which does not allow what was asked.
    """

    type: str
    title: str
    status: int
    detail: Phrase
    instance: str = ""
    errors: tuple[FieldError, ...] = ()
    state: str = ""


class Problem(Exception):
    """An answer that is not the one asked for; `detail` tells the caller what to do."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: Phrase,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.state = ""

    def details(self, instance: str = "") -> ProblemDetails:
        """The body to send; `instance` names the request it answers."""
        return ProblemDetails(
            type=f"/problems/{self.slug}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.errors,
            state=self.state,
        )

    def shown(self) -> dict[str, Any]:
        """What a page says of it; its texts can still be said in another language."""
        errors = [msgspec.structs.asdict(error) for error in self.errors]
        return msgspec.structs.asdict(self.details()) | {"errors": errors}

    @classmethod
    def kinds(cls) -> Iterator[type["Problem"]]:
        """This kind and all below it, of whatever modules have been read."""
        yield cls
        for kind in cls.__subclasses__():
            yield from kind.kinds()


class BadRequest(Problem):
    """The request cannot be read at all."""

    status = 400
    slug = "bad-request"
    title = "The request cannot be read"


class CursorMismatch(Problem):
    """The cursor is malformed, or belongs to another query or index."""

    status = 400
    slug = "cursor-mismatch"
    title = "This page marker does not fit the query"


class Unauthorized(Problem):
    """No valid token came with the request."""

    status = 401
    slug = "unauthorized"
    title = "A token is needed"


class Forbidden(Problem):
    """A page of another origin tried to act here."""

    status = 403
    slug = "forbidden"
    title = "Refused"


class NotFound(Problem):
    """Nothing is at this address."""

    status = 404
    slug = "not-found"
    title = "Not found"


class MethodNotAllowed(Problem):
    """The address exists, but not for this method; `Allow` names those it takes."""

    status = 405
    slug = "method-not-allowed"
    title = "This address does not take that method"


class NotAcceptable(Problem):
    """`Accept` excludes everything that this address has to give."""

    status = 406
    slug = "not-acceptable"
    title = "Nothing here is of a type that you accept"


class RequestTimeout(Problem):
    """The request's body did not arrive in time."""

    status = 408
    slug = "request-timeout"
    title = "The request took too long to arrive"


class Conflict(Problem):
    """The action is not legal in the present state."""

    status = 409
    slug = "conflict"
    title = "Not possible in this state"

    def __init__(self, detail: Phrase, *, state: str = "") -> None:
        super().__init__(detail)
        self.state = state


class PayloadTooLarge(Problem):
    """The body is larger than this address takes."""

    status = 413
    slug = "payload-too-large"
    title = "The request is too large"


class UnsupportedMediaType(Problem):
    """The body is not of the type this address takes."""

    status = 415
    slug = "unsupported-media-type"
    title = "The body is of the wrong type"


class Misdirected(Problem):
    """The Host header names somebody else."""

    status = 421
    slug = "misdirected-request"
    title = "This server does not answer for that host"


class InvalidRequest(Problem):
    """The request can be read but asks for something impossible; `errors` names each field."""

    status = 422
    slug = "invalid-request"
    title = "Something in the request is not right"

    @classmethod
    def field(cls, field: str, code: str, detail: Phrase) -> "InvalidRequest":
        """A request with exactly one field at fault."""
        return cls.of(FieldError(field, code, detail))

    @classmethod
    def of(cls, fault: FieldError) -> "InvalidRequest":
        """A request with this one field at fault."""
        detail = Phrase("{field}: {detail}", field=fault.field, detail=fault.detail)
        return cls(detail, errors=[fault])


class TooManyRequests(Problem):
    """A limit of this server is reached; try again later."""

    status = 429
    slug = "too-many-requests"
    title = "Too many requests"


class Unavailable(Problem):
    """The server cannot answer now; `Retry-After` says when to try again."""

    status = 503
    slug = "unavailable"
    title = "Not available at the moment"


class QueryTimeout(Unavailable):
    """A query ran into its deadline and was stopped."""

    slug = "query-timeout"
    title = "The search took too long"
