"""Whether this process is ready for requests."""

import secrets
from dataclasses import dataclass, field


@dataclass
class Readiness:
    """Set by the server: ready between the last listener's line and the first stop signal.

    `instance` tells this run of the program from every other one.
    """

    listening: bool = False
    draining: bool = False
    instance: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def is_ready(self) -> bool:
        return self.listening and not self.draining
