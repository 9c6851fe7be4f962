"""Sanity's query API, asked with parameters: nothing is ever pasted into a query.

Source: "Query API reference" in Sanity's documentation. By http.client, which the SDK
imports anyway, over a connection that stays open between invocations.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from urllib.parse import quote, urlencode, urlsplit

from shared import secrets
from webhook_publisher import aws, documents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A second attempt included, all stays under API Gateway's 29 seconds.
_TIMEOUT_SECONDS = 6
# Sanity's own limit is 32 MB; what a workflow takes is a fraction of this.
_LONGEST_ANSWER = 4_194_304

# NAT gateways forget silent connections after 350 s without telling anyone; others may
# do so earlier.
_IDLE_SECONDS = 60

_connections: dict[str, tuple[float, http.client.HTTPConnection]] = {}


class Failed(Exception):
    """Sanity gave no answer, or none that can be used; says why, in a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def query(groq: str, **parameters: Any) -> Any:
    """The result of ``groq`` with ``$name`` for each parameter.

    Only what is published is seen. Raises Failed, and aws.Unavailable when the token
    cannot be read.
    """
    path = "/{version}/data/query/{dataset}?{query}".format(
        version=quote(os.environ["SANITY_API_VERSION"]),
        dataset=quote(os.environ["SANITY_DATASET"]),
        query=urlencode(
            {
                "query": groq,
                "perspective": "published",
                **{f"${name}": json.dumps(v) for name, v in parameters.items()},
            }
        ),
    )
    status, body = _get(path, _token())
    if status in (401, 403) and os.environ["SANITY_TOKEN_SECRET_ARN"]:
        status, body = _get(path, _token(refresh=True))
    if status != 200:
        raise Failed(f"status_{status}")
    try:
        answer = documents.read(body)
    except documents.Malformed:
        raise Failed("no_json") from None
    if not isinstance(answer, dict) or "result" not in answer:
        raise Failed("no_result")
    return answer["result"]


def _token(*, refresh: bool = False) -> str:
    arn = os.environ["SANITY_TOKEN_SECRET_ARN"]
    if not arn:
        return ""
    # Files and pipes leave a line end behind.
    return secrets.secret(arn, aws.call).current(refresh=refresh).strip()


def _get(path: str, token: str) -> tuple[int, bytes]:
    headers = {"Accept": "application/json", "User-Agent": "stepwire"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    url = os.environ["SANITY_API_URL"]
    kept = _kept(url)
    try:
        if kept is not None:
            try:
                return _exchange(kept, url, path, headers)
            except (http.client.RemoteDisconnected, ConnectionError):
                # Closed by the other end while this function slept.
                kept.close()
        return _exchange(_connection(url), url, path, headers)
    except TimeoutError:
        raise Failed("timeout") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed(type(error).__name__) from None


def _exchange(
    connection: http.client.HTTPConnection,
    url: str,
    path: str,
    headers: dict[str, str],
) -> tuple[int, bytes]:
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read(_LONGEST_ANSWER + 1)
    except BaseException:
        connection.close()
        raise
    if len(body) > _LONGEST_ANSWER:
        connection.close()
        raise Failed("too_long")
    if not response.isclosed():
        connection.close()
    else:
        _connections[url] = (time.monotonic(), connection)
    return response.status, body


def _kept(url: str) -> http.client.HTTPConnection | None:
    """The connection of the last request, unless it has been silent for long."""
    used_at, connection = _connections.pop(url, (0.0, None))
    if connection is None or time.monotonic() - used_at <= _IDLE_SECONDS:
        return connection
    connection.close()
    return None


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.netloc, timeout=_TIMEOUT_SECONDS)
    return http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_SECONDS)
