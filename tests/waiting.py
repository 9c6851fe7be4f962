"""Waits for what happens by itself, soon after something was done."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 120
"""For a machine with much else to do; alone it takes a second at most."""
_PAUSE_SECONDS = 0.05


def until[Answer](look: Callable[[], Answer | None], what: str) -> Answer:
    """The first answer of ``look`` that is true.

    Fails where there was none in two minutes; ``what`` says what was waited for.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := look()):
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS} s for {what}"
        time.sleep(_PAUSE_SECONDS)
    return answer
