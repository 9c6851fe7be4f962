"""AWS, as the functions of a link approval ask it."""

from __future__ import annotations

from shared.aws import Aws, Unavailable

__all__ = ["Unavailable", "call", "client"]

# All attempts of two calls fit into the function's time.
_aws = Aws(connect_timeout=1, read_timeout=3, attempts=3)
call = _aws.call
client = _aws.client
