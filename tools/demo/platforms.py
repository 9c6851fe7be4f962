"""Stand-ins of Sanity and of the platforms that the demo publishes to, in one server.

They keep what they get and answer in the shapes of the real ones, and refuse nothing:
what the platforms refuse is a matter of the tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tools.demo.server import StandIn

# The hosts that the stand-ins play. Sanity and OpenSearch are called by
# functions, which have their addresses from the settings.
HOSTS: Final = ("dev.to", "api.medium.com", "gql-beta.hashnode.com")


class Platforms(StandIn):
    """``documents`` are Sanity's, by id."""

    def __init__(self) -> None:
        self.documents: dict[str, Mapping[str, Any]] = {}
        self._found: set[str] = set()

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        where, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        if "/data/query/" in where:
            document = self.documents.get(json.loads(query["$id"][0]))
            return 200, {"ms": 1, "query": query["query"][0], "result": document}
        if where.startswith("/api/articles"):
            return self._dev(method, body["article"])
        if where.startswith("/v1/users/"):
            return 201, self._medium(body)
        if "/_doc/" in where:
            return self._opensearch(method, where.rpartition("/")[2])
        return 200, self._hashnode(body)

    @staticmethod
    def _dev(method: str, article: Mapping[str, Any]) -> tuple[int, Any]:
        url = f"https://dev.to/you/{_slug(article)}"
        return (201 if method == "POST" else 200), {"id": 1042, "url": url}

    @staticmethod
    def _medium(post: Mapping[str, Any]) -> Any:
        return {
            "data": {"id": "e6f36a", "url": f"https://medium.com/@you/{_slug(post)}"}
        }

    @staticmethod
    def _hashnode(body: Mapping[str, Any]) -> Any:
        mutation = next(
            name
            for name in ("publishPost", "updatePost", "removePost")
            if name in body["query"]
        )
        slug = body["variables"]["input"].get("slug", "")
        post = {"id": "65f0c0ffee", "url": f"https://you.hashnode.dev/{slug}"}
        return {"data": {mutation: {"post": post}}}

    def _opensearch(self, method: str, document_id: str) -> tuple[int, Any]:
        is_new = document_id not in self._found
        if method == "DELETE":
            self._found.discard(document_id)
            return 200, {"_id": document_id, "result": "deleted"}
        self._found.add(document_id)
        result = "created" if is_new else "updated"
        return (201 if is_new else 200), {"_id": document_id, "result": result}


def _slug(post: Mapping[str, Any]) -> str:
    """The end of the address at home, which all platforms are told."""
    url = post.get("canonical_url") or post.get("canonicalUrl")
    return str(url or "").rpartition("/")[2]
