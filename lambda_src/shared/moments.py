"""Moments, as seconds since 1970 and as text: UTC, ISO 8601 with milliseconds."""

from __future__ import annotations

import time


def iso(seconds: float) -> str:
    """The text, which sorts as its moment does."""
    whole = int(seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + (
        f".{int((seconds - whole) * 1000):03}Z"
    )


def now() -> str:
    """This moment's text."""
    return iso(time.time())


def seconds(text: str) -> float:
    """The moment of a text, its milliseconds left out."""
    import calendar  # noqa: PLC0415

    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
