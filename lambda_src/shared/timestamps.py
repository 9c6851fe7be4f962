"""Timestamps: seconds since 1970, and UTC as ISO 8601 text with milliseconds."""

from __future__ import annotations

import time


def iso(seconds: float) -> str:
    """The text, which sorts by time."""
    whole = int(seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + (
        f".{int((seconds - whole) * 1000):03}Z"
    )


def now() -> str:
    """The current time as text."""
    return iso(time.time())


def seconds(text: str) -> float:
    """The seconds of a text, without its milliseconds."""
    import calendar  # noqa: PLC0415

    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
