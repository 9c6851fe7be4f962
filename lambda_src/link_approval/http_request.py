"""The HTTP request of a caller: an event of a function URL, payload format 2.0."""

from __future__ import annotations

import json

from link_approval.link import LENGTH
from shared import sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_COMMENT = 1000

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_METHODS = ("GET", "HEAD", "POST")
_MAX_BODY = 16_384
# Base64 makes four characters of three bytes.
_MAX_ENCODED_BODY = _MAX_BODY * 4 // 3 + 4
_FIELDS = frozenset({"back", "choice", "comment", "confirmed"})


class HttpError(Exception):
    """A request that cannot be a decision: HTTP ``status``, ``code``, a text's key."""

    def __init__(self, status: int, code: str, text_key: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.text_key = text_key


class HttpRequest:
    """One HTTP request. Of the URL only the path counts, never the query."""

    def __init__(self, event: dict[str, Any]) -> None:
        http = event["requestContext"]["http"]
        # Lambda gives the names in lower case, and one text for repeated headers.
        self._headers: dict[str, str] = event.get("headers") or {}
        self._body = str(event.get("body") or "")
        self._is_base64 = bool(event.get("isBase64Encoded"))
        self.method = str(http["method"])
        path = str(event.get("rawPath") or http["path"])
        self.link = _without_trailing_punctuation(path.removeprefix("/"))

    @property
    def wants_json(self) -> bool:
        """Whether the caller is a program: it says so, or it sent JSON."""
        accepted = self._headers.get("accept", "").lower()
        if "text/html" in accepted:
            return False
        return _JSON in accepted or self._media_type == _JSON

    @property
    def is_form(self) -> bool:
        """Whether the body is a page's form."""
        return self._media_type == _FORM

    def check(self) -> None:
        """Raise HttpError for what can be refused without the link."""
        if self.method not in _METHODS:
            raise HttpError(405, "method_not_allowed", "method")
        if self.method != "POST":
            return
        if not self._is_same_origin:
            raise HttpError(403, "foreign_origin", "foreign")
        if self._media_type not in (_FORM, _JSON):
            raise HttpError(415, "unsupported_media_type", "type")
        longest = _MAX_ENCODED_BODY if self._is_base64 else _MAX_BODY
        if len(self._body) > longest:
            raise HttpError(413, "too_large", "too_large")

    def fields(self) -> dict[str, str]:
        """The decision's fields in the body; raises HttpError.

        Only the comment is cleaned: a choice is compared as it is.
        """
        try:
            fields = self._read_json() if not self.is_form else self._read_form()
            # Only a page has a way back to its form.
            if self.wants_json and "back" in fields:
                raise ValueError
        except (ValueError, RecursionError):
            raise HttpError(400, "malformed", "malformed") from None
        return fields | {"comment": sanitize.multiline(fields.get("comment")).strip()}

    @property
    def _media_type(self) -> str:
        return self._headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def _is_same_origin(self) -> bool:
        """Browsers name the site whose page sent a form; programs name none.

        A page with Referrer-Policy "no-referrer" sends ``Origin: null`` to its own
        site, too: then Sec-Fetch-Site tells.
        """
        if self._headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = self._headers.get("origin", "null")
        return origin == "null" or (
            origin.partition("://")[2] == self._headers.get("host")
        )

    def _decoded_body(self) -> str:
        if not self._is_base64:
            return self._body
        import binascii  # noqa: PLC0415

        return binascii.a2b_base64(self._body).decode()

    def _read_json(self) -> dict[str, str]:
        fields = json.loads(self._decoded_body(), object_pairs_hook=_unique)
        if not isinstance(fields, dict) or not _FIELDS.issuperset(fields):
            raise ValueError
        if fields.get("comment", "") is None:
            del fields["comment"]
        if not all(isinstance(value, str) for value in fields.values()):
            raise ValueError
        if not sanitize.is_well_formed(fields.get("comment", "")):
            raise HttpError(400, "invalid", "comment_not_whole")
        return fields

    def _read_form(self) -> dict[str, str]:
        from urllib.parse import parse_qsl  # noqa: PLC0415

        pairs = parse_qsl(
            self._decoded_body(),
            keep_blank_values=True,
            strict_parsing=bool(self._body),
            errors="strict",
            max_num_fields=len(_FIELDS),
        )
        fields = _unique(pairs)
        if not _FIELDS.issuperset(fields):
            raise ValueError
        return fields


def _without_trailing_punctuation(link: str) -> str:
    """``link`` without the "." or ">" that mail programs take for a part of it.

    Punctuation is every character, percent-encoded or not, but letters and digits.
    """
    rest = link[LENGTH:]
    while rest:
        if rest[0].isalnum():
            return link
        rest = rest[3 if rest[0] == "%" else 1 :]
    return link[:LENGTH]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields by name; raises ValueError where one is there twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError
    return fields
