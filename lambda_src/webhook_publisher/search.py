"""The function that writes to Amazon OpenSearch Service with its role's signature.

HTTP Tasks cannot sign with IAM (Signature Version 4). Its event has what an HTTP Task
has, and where the domain is:

    {
      "method": "PUT" | "DELETE",
      "url": "https://search-posts-a1b2c3.eu-west-1.es.amazonaws.com/posts/_doc/a%20b",
      "query": {"version": "17", "version_type": "external_gte"},    may be missing
      "body": {…},                                                   may be missing
      "region": "eu-west-1"
    }

The URL has no query, and its path is encoded. It begins with http:// for the loopback
interface only.

Answers as an HTTP Task does: ``{"StatusCode": 201, "ResponseBody": {…}}``. What is
raised is named for Step Functions, which retries and catches by name: any status but
2xx is ``OpenSearch<status>`` (OpenSearch409, OpenSearch429, OpenSearch503), with the
answer as its message; OpenSearchUnreachable without a response.

It tries once, over a new connection: whether to try again is for the workflow to
say. Source: "Making and signing OpenSearch Service requests" in its developer guide.
"""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import get_session

_TIMEOUT_SECONDS = 10
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# About one document OpenSearch says a few hundred bytes.
_LONGEST_ANSWER = 65_536
_LONGEST_MESSAGE = 1_000


class OpenSearchUnreachable(Exception):
    """Nobody answered in time, or at all; says why, in a word."""


def handler(event: dict[str, Any], _context: object) -> dict[str, object]:
    """Make the request; raises ValueError for a URL that begins otherwise."""
    method, url = event["method"], _url(event)
    body = None if event.get("body") is None else json.dumps(event["body"]).encode()
    headers = _signed(method, url, body, event["region"])
    status, reason, text = _exchange(method, url, body, headers)
    if status // 100 != 2:
        # A class for each status: Step Functions looks at its name alone.
        failure: type[Exception] = type(f"OpenSearch{status}", (Exception,), {})
        raise failure(text[:_LONGEST_MESSAGE] or reason)
    return {"StatusCode": status, "ResponseBody": _value(text)}


def _url(event: dict[str, Any]) -> str:
    url: str = event["url"]
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not is_here:
        raise ValueError(f"The URL does not begin with https://: {url[:200]}")
    query = event.get("query") or {}
    # %20, as it is signed, not a plus sign.
    return url + "?" * bool(query) + urlencode(query, quote_via=quote, safe="")


def _signed(method: str, url: str, body: bytes | None, region: str) -> dict[str, str]:
    """The headers, with the signature of the function's role."""
    request = AWSRequest(
        method=method,
        url=url,
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        data=body,
    )
    credentials = get_session().get_credentials()
    assert credentials is not None, "Lambda gives each function its role's credentials"
    SigV4Auth(credentials, "es", region).add_auth(request)
    return dict(request.headers)


def _exchange(
    method: str, url: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, str, str]:
    """Status, reason and body of the answer."""
    parts = urlsplit(url)
    kind = (
        http.client.HTTPSConnection
        if parts.scheme == "https"
        else http.client.HTTPConnection
    )
    connection = kind(parts.netloc, timeout=_TIMEOUT_SECONDS)
    target = parts._replace(scheme="", netloc="").geturl()
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        answer = response.read(_LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise OpenSearchUnreachable(type(error).__name__) from None
    finally:
        connection.close()
    return response.status, response.reason, answer.decode(errors="replace")


def _value(text: str) -> Any:
    """JSON where it is some; else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
