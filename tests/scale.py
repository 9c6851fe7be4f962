"""How much a test does: a small share in `make test`, all of it in `make test-slow`."""

import os

SLOW = bool(os.environ.get("STEPWIRE_SLOW"))
"""Set by `make test-slow`, which runs the tests that are marked ``slow``."""


def at_scale(share: int, everything: int) -> int:
    """The first in `make test`, the second in `make test-slow`."""
    return everything if SLOW else share
