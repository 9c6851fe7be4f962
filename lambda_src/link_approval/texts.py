"""The words of pages and messages: a set that ships, with the caller's own on top."""

from __future__ import annotations

import json
import os
import time


def _load() -> dict[str, str]:
    """Environment: LANGUAGE names a set in texts/; TEXTS replaces some of it.

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

    What a value says is never taken for a placeholder, and a placeholder that has
    no value stays as it is.
    """
    first, *parts = TEXTS[key].split("{")
    filled = [first]
    for part in parts:
        name, closed, rest = part.partition("}")
        known = closed and name in values
        filled += [str(values[name]), rest] if known else ["{", part]
    return "".join(filled)


def label(choice: dict[str, str | None]) -> str:
    """What a choice is called: by the caller, else by the texts, else by its value."""
    value = str(choice["value"])
    return choice["label"] or TEXTS.get(f"choice_{value}") or value


def when(seconds: float) -> str:
    """A moment for people, such as "21 November 2026, 15:04 UTC"."""
    moment = time.gmtime(seconds)
    return text(
        "time",
        day=moment.tm_mday,
        month=TEXTS["months"].split(",")[moment.tm_mon - 1],
        year=moment.tm_year,
        clock=f"{moment.tm_hour:02}:{moment.tm_min:02}",
    )
