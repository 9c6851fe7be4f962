"""What a workflow asks: checked, and made into what pages and messages show."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit, urlunsplit

from shared import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LONGEST_TITLE = 200
_LONGEST_SUMMARY = 4000
_LONGEST_VALUE = 1000
_LONGEST_URL = 2000
_MOST = 50
_SCHEMES = frozenset({"http", "https"})
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
# Shown where a text is empty.
_NOTHING = "-"


class BadRequest(Exception):
    """What the workflow gave is no request; says what is wrong, and where."""


def checked(given: Any) -> dict[str, Any]:
    """``given`` as it is kept: title, summary, details, links.

    ``title`` is required; ``details`` is an object of texts, numbers and booleans;
    ``links`` is an object of http(s) URLs by what they are called. Both become lists
    of pairs, in the order that they came in. Raises BadRequest.
    """
    if not isinstance(given, dict):
        raise BadRequest(
            "The approval's input must be an object with title and, if wanted,"
            f" summary, details and links; it is {_kind(given)}."
        )
    title = _text(given.get("title"), "title", _LONGEST_TITLE, lines=False)
    if not title:
        raise BadRequest('The approval\'s input needs a "title" that is not empty.')
    return {
        "title": title,
        "summary": _text(given.get("summary"), "summary", _LONGEST_SUMMARY),
        "details": _pairs(given.get("details"), "details", _shown),
        "links": _pairs(given.get("links"), "links", _url),
    }


def _pairs(value: Any, where: str, read: Callable[[Any, str], str]) -> list[list[str]]:
    pairs = [
        [_name(name, where), read(inner, f"{where}.{name}")]
        for name, inner in _object(value, where).items()
    ]
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadRequest(f'{where} has two entries that are shown as "{twice}".')
    return pairs


def _text(value: Any, where: str, most: int, *, lines: bool = True) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"{where} must be a text; it is {_kind(value)}.")
    if not plain.is_whole(value):
        raise BadRequest(
            f"{where} has half of a character (a lone surrogate), which no text can"
            " hold."
        )
    text = plain.lines(value).strip() if lines else plain.line(value)
    if len(text) > most:
        raise BadRequest(
            f"{where} has {len(text)} characters; at most {most} are shown."
        )
    return text


def _object(value: Any, where: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"{where} must be an object; it is {_kind(value)}.")
    if len(value) > _MOST:
        raise BadRequest(
            f"{where} has {len(value)} entries; at most {_MOST} are shown."
        )
    return value


def _name(name: str, where: str) -> str:
    return _text(name, f"A name in {where}", _LONGEST_TITLE, lines=False) or _NOTHING


def _shown(value: Any, where: str) -> str:
    """Texts as they are, numbers and the like as JSON writes them."""
    if value is None:
        return _NOTHING
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _text(text, where, _LONGEST_VALUE) or _NOTHING


def _url(value: Any, where: str) -> str:
    """A URL that leads to the host that it seems to lead to, and runs no script."""
    url = _text(value, where, _LONGEST_URL, lines=False)
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode()
        has_target = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_target = False
    # A browser takes a backslash for a slash.
    is_plain = url.isprintable() and {" ", "\\"}.isdisjoint(url)
    if not has_target or not is_plain or parts.scheme not in _SCHEMES:
        raise BadRequest(f"{where} must be a URL with https:// or http://, and a host.")
    if "@" in host:
        raise BadRequest(
            f"{where} must be a URL without a user before its host: what stands before"
            ' an "@" looks like the host.'
        )
    if url.isascii():
        return url
    # Letters of other scripts can look like ours: the host as it is asked for.
    rest = (quote(part, safe=_ASCII) for part in parts[2:])
    return urlunsplit((parts.scheme, host, *rest))


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a boolean"}
    return kinds.get(type(value), "null" if value is None else "a number")
