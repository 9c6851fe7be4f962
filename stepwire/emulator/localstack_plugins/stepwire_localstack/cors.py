"""Lets pages that the emulator itself serves post forms back to it.

A function URL is ``http://ID.lambda-url.REGION.localhost:PORT/``. Stock refuses a
form posted from such a page with 403, since its origin is not on the list; AWS leaves
the origin to the function.
"""

from __future__ import annotations

import re

from localstack import config
from localstack.aws.handlers import cors as stock


def install() -> None:
    """Adds the emulator's own origins, and no others, to those that stock allows."""
    stock.DYNAMIC_INTERNAL_ORIGINS = (
        *stock.DYNAMIC_INTERNAL_ORIGINS,
        # The groups are stock's: the domain is its second, ":PORT" its third, and it
        # compares both with where the emulator listens.
        re.compile(
            rf"(https?://[a-z0-9.-]+)\.({re.escape(config.LOCALSTACK_HOST.host)})"
            r"(:[0-9]{1,5})\Z"
        ),
    )
