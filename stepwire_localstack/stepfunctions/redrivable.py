"""Which executions AWS redrives: the rules of RedriveExecution, without LocalStack.

From "Restarting state machine executions with redrive" in Step Functions' guide and
the reference of RedriveExecution and DescribeExecution.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

_UNSUCCESSFUL: Final = ("FAILED", "ABORTED", "TIMED_OUT")
_PERIOD: Final = timedelta(days=14)
_LONGEST_OPEN: Final = timedelta(days=365)
_MOST_EVENTS: Final = 24_999
_TOKENS: Final = 10
_TOKEN_VALID: Final = timedelta(minutes=15)


def reason_against(
    status: str,
    started: datetime,
    stopped: datetime | None,
    events: int,
    now: datetime,
) -> str | None:
    """The reason why an execution of a STANDARD machine cannot be redriven, or None.

    ``events`` is how many its history has. The words are those of
    ``redriveStatusReason``.
    """
    if status not in _UNSUCCESSFUL:
        return f"Execution is {status} and cannot be redriven"
    if stopped is not None and now - stopped > _PERIOD:
        return "Execution redrivable period exceeded"
    if now - started > _LONGEST_OPEN:
        return "Execution has exceeded the max execution time"
    if events >= _MOST_EVENTS:
        return "Execution history event limit exceeded"
    return None


def answered(
    tokens: Mapping[str, datetime], token: str | None, now: datetime
) -> datetime | None:
    """The time of the redrive that ``token`` asked for already; None if it is new.

    ``tokens`` are the client tokens that redrove the execution and when, the oldest
    first: the last ten count, for 15 minutes each.
    """
    if token is None or token not in list(tokens)[-_TOKENS:]:
        return None
    redriven = tokens[token]
    return redriven if now - redriven <= _TOKEN_VALID else None
