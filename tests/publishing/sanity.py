"""Sanity's HTTP query API. It runs no GROQ: it is told what a query results in.

https://www.sanity.io/docs/http-reference/query
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tests.publishing.platform import Platform, Refused, body_of, check
from tests.stub_api import Answer, Received, StubApi

_PATH = re.compile(r"/v?\d{4}-\d{2}-\d{2}/data/query/(?P<dataset>[a-z0-9_-]+)")
_PARAMETER = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_OPTIONS = {"query", "perspective", "returnQuery", "resultSourceMap", "tag"}
_POSTED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["query"],
    "properties": {"query": {"type": "string"}, "params": {"type": "object"}},
}


@dataclass(frozen=True)
class Query:
    """What was asked: GROQ, and its parameters without the dollar sign."""

    groq: str
    parameters: dict[str, Any]


def _bad(reason: str, query: str = "") -> Refused:
    error = {"description": reason, "type": "queryParseError", "query": query}
    return Refused(Answer(400, {"error": error}), reason)


def _no(status: int, error: str, message: str) -> Refused:
    return Refused(
        Answer(status, {"statusCode": status, "error": error, "message": message})
    )


class Sanity(Platform):
    """``result`` is what a query gives; the default is the document of ``$id``.

    ``documents`` are by ``_id``. A query that uses a parameter which was not given is
    refused, and so is a parameter that is not JSON: a text has its quotes.
    """

    def __init__(
        self,
        api: StubApi,
        host: str = "zp7mbokg.api.sanity.io",
        *,
        dataset: str = "production",
        token: str | None = None,
        result: Callable[[Query], Any] | None = None,
    ) -> None:
        super().__init__(api, host)
        self.dataset = dataset
        self.token = token
        self.documents: dict[str, dict[str, Any]] = {}
        self.queries: list[Query] = []
        self._result = result or self._by_id

    @property
    def published(self) -> list[dict[str, Any]]:
        return list(self.documents.values())

    def rate_limited(self) -> Answer:
        """What too many requests of one address get."""
        return _no(429, "Too Many Requests", "Request rate limit exceeded").answer

    def answer(self, received: Received) -> Answer:
        path = _PATH.fullmatch(received.path)
        if path is None:
            raise _bad(f"there is no {received.path}")
        if path["dataset"] != self.dataset:
            raise _no(404, "Not Found", f'Dataset "{path["dataset"]}" not found')
        given = received.header("authorization")
        if given is not None and given != f"Bearer {self.token}":
            raise _no(401, "Unauthorized", "Session not found")
        query = self._query(received)
        missing = set(_PARAMETER.findall(query.groq)) - set(query.parameters)
        if missing:
            raise _bad(
                f"param ${min(missing)} referenced, but not provided", query.groq
            )
        self.queries.append(query)
        # Without a token a private dataset looks empty.
        may_read = self.token is None or given is not None
        result = self._result(query) if may_read else None
        return Answer(200, {"ms": 3, "query": query.groq, "result": result})

    def _query(self, received: Received) -> Query:
        if received.method == "POST":
            body = body_of(received, _bad)
            check(body, _POSTED, _bad)
            return Query(body["query"], body.get("params", {}))
        if received.method != "GET":
            raise _bad(f"there is no {received.method}")
        pairs = dict(parse_qsl(received.query, keep_blank_values=True))
        if "query" not in pairs:
            raise _bad("query is missing")
        parameters = {}
        for name, text in pairs.items():
            if not name.startswith("$"):
                if name not in _OPTIONS:
                    raise _bad(f"there is no parameter {name}", pairs["query"])
                continue
            try:
                parameters[name[1:]] = json.loads(text)
            except ValueError:
                raise _bad(f"{name} is not JSON: {text}", pairs["query"]) from None
        return Query(pairs["query"], parameters)

    def _by_id(self, query: Query) -> Any:
        return self.documents.get(query.parameters.get("id", ""))
