"""AWS, as the initiator asks it."""

from __future__ import annotations

from shared.aws import Aws, Unavailable

__all__ = ["Unavailable", "call", "client"]

# With Sanity's answer all of it stays under API Gateway's 29 seconds.
_aws = Aws(connect_timeout=1, read_timeout=3, attempts=2)
call = _aws.call
client = _aws.client
