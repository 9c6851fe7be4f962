"""OAuth client credentials: the request for a token, and how long it is good for.

How EventBridge sends the client's id and secret is not documented: they go where RFC
6749 has them, into the form (into the query of a GET), beside the connection's
``OAuthHttpParameters``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from ..http_calls.transport import (
    Answer,
    ConnectionTrouble,
    Request,
    TooLarge,
    send,
)
from .secrets import pairs

_MOST_BYTES: Final = 1_048_576
# A token that is about to expire is renewed before the call.
_MARGIN_SECONDS: Final = 30.0
_DEFAULT_SECONDS: Final = 3600.0


class TokenRefused(Exception):
    """The token endpoint gave no token; the text says why."""


@dataclass(frozen=True)
class Token:
    """``header`` is the value of the Authorization header."""

    header: str
    expires_in: float
    fetched_at: float = field(default_factory=time.monotonic)

    def is_good(self) -> bool:
        """Whether it can be used for a call that begins now."""
        left = self.fetched_at + self.expires_in - time.monotonic()
        return left > min(_MARGIN_SECONDS, self.expires_in / 2)


def fetch(secret: Mapping[str, Any]) -> Token:
    """Asks the connection's token endpoint. Raises TokenRefused."""
    try:
        answer = send(token_request(secret), _MOST_BYTES)
    except (ConnectionTrouble, TooLarge) as error:
        raise TokenRefused(str(error)) from error
    return token_of(answer)


def token_request(secret: Mapping[str, Any]) -> Request:
    """The request for a token: a form, or JSON where a header says so."""
    parameters = secret.get("oauth_http_parameters") or {}
    method = secret["http_method"]
    headers = pairs(parameters, "header_parameters")
    fields = {
        "grant_type": "client_credentials",
        "client_id": secret["client_id"],
        "client_secret": secret["client_secret"],
        **dict(pairs(parameters, "body_parameters")),
    }
    query = dict(pairs(parameters, "query_string_parameters"))
    if method == "GET":
        query = {**fields, **query}
    url = secret["authorization_endpoint"]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    if method == "GET":
        return Request(method, url, headers)
    content_types = [value for name, value in headers if name.lower() == "content-type"]
    if not content_types:
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    as_json = any("json" in value for value in content_types)
    body = json.dumps(fields) if as_json else urlencode(fields)
    return Request(method, url, headers, body.encode())


def token_of(answer: Answer) -> Token:
    """The token of an answer ("access_token", "token_type", "expires_in")."""
    if not 200 <= answer.status < 300:
        raise TokenRefused(f"the token endpoint answered {answer.status}")
    try:
        body = json.loads(answer.body)
        kind = str(body.get("token_type") or "Bearer")
        # RFC 6749: the type is not case sensitive. Some APIs' Authorization is.
        kind = "Bearer" if kind.lower() == "bearer" else kind
        return Token(
            header=f"{kind} {body['access_token']}",
            expires_in=float(body.get("expires_in") or _DEFAULT_SECONDS),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TokenRefused("the token endpoint answered without a token") from error
