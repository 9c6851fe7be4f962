"""The words of pages and messages: a set of ours, with replacements by the caller."""

from __future__ import annotations

import json
import os
import time


def _load() -> dict[str, str]:
    """Environment: LANGUAGE names a set in texts/, TEXTS replaces some of them.

    TEXTS is a JSON object, packed (gzip, base64) because a function's environment
    holds four kilobytes.
    """
    folder = os.path.join(os.path.dirname(__file__), "texts")
    with open(f"{folder}/{os.environ.get('LANGUAGE', 'en')}.json", "rb") as file:
        texts: dict[str, str] = json.load(file)
    if packed := os.environ.get("TEXTS"):
        import binascii  # noqa: PLC0415
        import zlib  # noqa: PLC0415

        content = zlib.decompress(binascii.a2b_base64(packed), wbits=31)
        texts.update(json.loads(content))
    return texts


TEXTS = _load()


def text(key: str, **values: object) -> str:
    """The text named ``key`` with ``{name}`` replaced by ``values``, in one pass.

    A value is never taken for a placeholder, and a placeholder without a value stays.
    """
    first, *parts = TEXTS[key].split("{")
    filled = [first]
    for part in parts:
        name, closed, rest = part.partition("}")
        known = closed and name in values
        filled += [str(values[name]), rest] if known else ["{", part]
    return "".join(filled)


def label(choice: dict[str, str | None]) -> str:
    """A choice's label: the caller's, else that of the texts, else its value."""
    value = str(choice["value"])
    return choice["label"] or TEXTS.get(f"choice_{value}") or value


def format_time(seconds: float) -> str:
    """A time for people, such as "21 November 2026, 15:04 UTC"."""
    utc = time.gmtime(seconds)
    return text(
        "time",
        day=utc.tm_mday,
        month=TEXTS["months"].split(",")[utc.tm_mon - 1],
        year=utc.tm_year,
        clock=f"{utc.tm_hour:02}:{utc.tm_min:02}",
    )
