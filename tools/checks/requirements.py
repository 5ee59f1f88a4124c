"""What the tests need beside Python packages, and what happens where it cannot be had."""

import os


class MissingRequirementError(Exception):
    """Something that no package index can give; the message ends in the remedy."""


def is_demanded(name: str) -> bool:
    """Whether CHARFINDER_REQUIRE (names with commas between, or all) forbids to go without."""
    demanded = os.environ.get("CHARFINDER_REQUIRE", "").replace(",", " ").split()
    return "all" in demanded or name in demanded
