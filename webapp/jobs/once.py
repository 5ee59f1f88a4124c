"""Orders that a client may send again without getting a second job."""

import hashlib
import re
import sqlite3
from typing import Final, Self

import msgspec

from webapp.jobs.model import Job, Order
from webapp.jobs.tables import load_job
from webapp.phrases import Phrase
from webapp.problems import InvalidRequest

HEADER: Final = "Idempotency-Key"
KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")

FIND: Final = (
    "SELECT digest, jobs.id FROM idempotency_keys JOIN jobs ON jobs.number = job WHERE key = ?"
)
INSERT: Final = "INSERT INTO idempotency_keys (key, digest, job) VALUES (?, ?, ?)"


class Once(msgspec.Struct, frozen=True):
    """The key an order came with, and what the order said."""

    key: str
    digest: str

    @classmethod
    def of(cls, key: str, order: Order) -> Self:
        """InvalidRequest unless the key is 1 to 200 visible ASCII characters."""
        if not KEY.fullmatch(key):
            raise InvalidRequest.field(
                HEADER, "invalid", Phrase("1 to 200 visible ASCII characters.")
            )
        return cls(key, hashlib.sha256(msgspec.json.encode(order)).hexdigest())

    def job(self, db: sqlite3.Connection) -> Job | None:
        """The job that the key has already; InvalidRequest when its order was another one."""
        found = db.execute(FIND, (self.key,)).fetchone()
        if found is None:
            return None
        digest, job_id = found
        if digest != self.digest:
            raise InvalidRequest.field(HEADER, "reused", Phrase("Another order had this key."))
        return load_job(db, job_id)[1]

    def keep(self, db: sqlite3.Connection, number: int) -> None:
        """Give the key to the job of this number."""
        db.execute(INSERT, (self.key, self.digest, number))
