"""The page that a request comes from, as the browser tells.

``Sec-Fetch-Site`` is what browsers send since 2023, ``Origin`` what older ones send
with all but plain GETs, and ``Referer`` where they send neither. Programs send none.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from .refusals import Refused

# A page of the emulator's own, or the person: an address that was typed, a bookmark.
_TRUSTED_SITES: Final = ("same-origin", "none")
_HINT: Final = (
    "Functions run here as you, so that pages may call APIs and function URLs only, at "
    "their own hosts (http://ID.execute-api.localhost:PORT/)."
)


def check(request: Any, trusted: frozenset[str]) -> None:
    """Raises Refused for a request of a page of another origin.

    ``trusted`` are the origins of others that the user allows.
    """
    headers = request.headers
    own = {f"{scheme}://{headers['Host'].lower()}" for scheme in ("http", "https")}
    origins = [origin.lower() for origin in headers.getlist("Origin")]
    if origins and trusted.issuperset(origins):
        return
    for site in headers.getlist("Sec-Fetch-Site"):
        if site.lower() not in _TRUSTED_SITES:
            _refuse("Sec-Fetch-Site", site)
    for origin in origins:
        if origin not in own:
            _refuse("Origin", origin)
    for referer in filter(None, headers.getlist("Referer")):
        if _origin(referer) not in own | trusted:
            _refuse("Referer", referer)


def _refuse(header: str, value: str) -> None:
    raise Refused(
        f"A page of another origin sent the request ({header}: {value[:200]!a}).",
        _HINT,
    )


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
