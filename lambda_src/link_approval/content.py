"""The content of a request, as its workflow gives it: validated and normalised."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit, urlunsplit

from shared import sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MAX_TITLE = 200
_MAX_SUMMARY = 4000
_MAX_VALUE = 1000
_MAX_URL = 2000
_MAX_ENTRIES = 50
_SCHEMES = frozenset({"http", "https"})
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
# Shown where a text is empty.
_EMPTY = "-"


class BadRequest(Exception):
    """The workflow's input is no request; the message says what is wrong, and where."""


def validated(document: Any) -> dict[str, Any]:
    """The title, summary, details and links that a workflow's input asks about.

    ``title`` is required; ``details`` is an object of texts, numbers and booleans;
    ``links`` is an object of http(s) URLs by their names. Both become lists of pairs,
    in the order that they came in. Raises BadRequest.
    """
    if not isinstance(document, dict):
        raise BadRequest(
            "The approval's input must be an object with title and, if wanted,"
            f" summary, details and links; it is {_json_type(document)}."
        )
    title = _text(document.get("title"), "title", _MAX_TITLE, lines=False)
    if not title:
        raise BadRequest('The approval\'s input needs a "title" that is not empty.')
    return {
        "title": title,
        "summary": _text(document.get("summary"), "summary", _MAX_SUMMARY),
        "details": _pairs(document.get("details"), "details", _scalar),
        "links": _pairs(document.get("links"), "links", _url),
    }


def _pairs(value: Any, path: str, read: Callable[[Any, str], str]) -> list[list[str]]:
    pairs = [
        [_name(name, path), read(inner, f"{path}.{name}")]
        for name, inner in _object(value, path).items()
    ]
    names = [name for name, _ in pairs]
    if duplicate := next((name for name in names if names.count(name) > 1), None):
        raise BadRequest(f'{path} has two entries that are shown as "{duplicate}".')
    return pairs


def _text(value: Any, path: str, limit: int, *, lines: bool = True) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"{path} must be a text; it is {_json_type(value)}.")
    if not sanitize.is_well_formed(value):
        raise BadRequest(
            f"{path} has half of a character (a lone surrogate), which cannot be"
            " stored."
        )
    text = sanitize.multiline(value).strip() if lines else sanitize.single_line(value)
    if len(text) > limit:
        raise BadRequest(
            f"{path} has {len(text)} characters; at most {limit} are shown."
        )
    return text


def _object(value: Any, path: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"{path} must be an object; it is {_json_type(value)}.")
    if len(value) > _MAX_ENTRIES:
        raise BadRequest(
            f"{path} has {len(value)} entries; at most {_MAX_ENTRIES} are shown."
        )
    return value


def _name(name: str, path: str) -> str:
    return _text(name, f"A name in {path}", _MAX_TITLE, lines=False) or _EMPTY


def _scalar(value: Any, path: str) -> str:
    """Texts as they are, numbers and the like as JSON writes them."""
    if value is None:
        return _EMPTY
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _text(text, path, _MAX_VALUE) or _EMPTY


def _url(value: Any, path: str) -> str:
    """A URL that leads to the host that it seems to lead to, and runs no script."""
    url = _text(value, path, _MAX_URL, lines=False)
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode()
        has_target = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_target = False
    # A browser takes a backslash for a slash.
    is_plain = url.isprintable() and {" ", "\\"}.isdisjoint(url)
    if not has_target or not is_plain or parts.scheme not in _SCHEMES:
        raise BadRequest(f"{path} must be a URL with https:// or http://, and a host.")
    if "@" in host:
        raise BadRequest(
            f"{path} must be a URL without a user before its host: what stands before"
            ' an "@" looks like the host.'
        )
    if url.isascii():
        return url
    # Letters of other scripts can look like ours: the host as it is asked for.
    rest = (quote(part, safe=_ASCII) for part in parts[2:])
    return urlunsplit((parts.scheme, host, *rest))


def _json_type(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a boolean"}
    return kinds.get(type(value), "null" if value is None else "a number")
