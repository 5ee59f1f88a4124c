"""Whether this process is ready for requests."""

from dataclasses import dataclass


@dataclass
class Readiness:
    """Set by the server: ready between the last listener's line and the first stop signal."""

    listening: bool = False
    draining: bool = False

    @property
    def is_ready(self) -> bool:
        return self.listening and not self.draining
