"""DEV (dev.to): the articles of Forem's API v1.

https://developers.forem.com/api/v1, and where that is silent the sources of the API
(github.com/forem/forem, app/controllers/concerns/api/articles_controller.rb).
"""

from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import parse_qs

from tests.publishing.platform import Platform, Refused, body_of, check
from tests.stub_api import Answer, Received, StubApi

_ACCEPT = "application/vnd.forem.api-v1+json"

# `tags` is a text in the OpenAPI document and a list in the code, which drops a text.
_ARTICLE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["article"],
    "properties": {
        "article": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 128},
                "body_markdown": {"type": "string"},
                "published": {"type": "boolean"},
                "series": {"type": ["string", "null"]},
                "main_image": {"type": ["string", "null"], "pattern": "^https?://"},
                "canonical_url": {
                    "type": ["string", "null"],
                    "pattern": r"^https?://\S+$",
                },
                "description": {"type": "string"},
                "tags": {
                    "type": "array",
                    "maxItems": 4,
                    "items": {"type": "string", "pattern": "^[0-9A-Za-z]{1,30}$"},
                },
                "organization_id": {"type": ["integer", "null"]},
            },
        }
    },
}


def _refusal(message: str, reason: str = "") -> Refused:
    return Refused(Answer(422, {"error": message, "status": 422}), reason)


def _bad(reason: str) -> Refused:
    return _refusal(reason, reason)


_UNAUTHORIZED = Answer(401, {"error": "unauthorized", "status": 401})
_NOT_FOUND = Answer(404, {"error": "not found", "status": 404})


class Dev(Platform):
    """``key`` is what ``api-key`` has to be; a new one makes the old one expire."""

    def __init__(
        self, api: StubApi, host: str = "dev.to", *, key: str = "dev-key"
    ) -> None:
        super().__init__(api, host)
        self.key = key
        self.username = "stepwire"
        self.articles: dict[int, dict[str, Any]] = {}
        self._ids = itertools.count(251)

    @property
    def published(self) -> list[dict[str, Any]]:
        return [article for article in self.articles.values() if article["published"]]

    def rate_limited(self, seconds: int = 30) -> Answer:
        """What the tenth article of 30 seconds gets."""
        message = f"Rate limit reached, try again in {seconds} seconds"
        return Answer(
            429, {"error": message, "status": 429}, {"Retry-After": str(seconds)}
        )

    def answer(self, received: Received) -> Answer:
        accept = received.header("accept")
        if accept != _ACCEPT:
            raise _bad(f"accept is {accept}, which is API v0; v1 is {_ACCEPT}")
        if received.header("api-key") != self.key:
            raise Refused(_UNAUTHORIZED)

        match received.method, received.path.split("/")[1:]:
            case "POST", ["api", "articles"]:
                return self._create(received)
            case "GET", ["api", "articles", "me", "all"]:
                return self._list(received)
            case "PUT", ["api", "articles", id_] if id_.isdigit():
                return self._update(int(id_), received)
            case "PUT", ["api", "articles", _, "unpublish"]:
                # For admins and moderators: an author sets `published` to false.
                raise Refused(_UNAUTHORIZED, "unpublish is for moderators")
        raise Refused(_NOT_FOUND, f"there is no {received.method} {received.path}")

    def _create(self, received: Received) -> Answer:
        article = self._read(received)
        for name in ("title", "body_markdown"):
            if name not in article:
                raise _bad(f"{name} is missing")
        self._check_unique(article, None)
        id_ = next(self._ids)
        slug = re.sub(r"[^a-z0-9]+", "-", article["title"].lower()).strip("-")
        path = f"/{self.username}/{slug or 'untitled'}-{id_:x}"
        self.articles[id_] = {
            "id": id_,
            "published": False,
            "path": path,
            "url": f"https://dev.to{path}",
            "canonical_url": f"https://dev.to{path}",
            "tags": [],
            **article,
        }
        return Answer(201, self._shown(id_), {"Location": self.articles[id_]["url"]})

    def _update(self, id_: int, received: Received) -> Answer:
        if id_ not in self.articles:
            raise Refused(_NOT_FOUND)
        article = self._read(received)
        self._check_unique(article, id_)
        self.articles[id_].update(article)
        return Answer(200, self._shown(id_))

    def _list(self, received: Received) -> Answer:
        query = parse_qs(received.query)
        size = min(int(query.get("per_page", ["30"])[0]), 1000)
        start = (int(query.get("page", ["1"])[0]) - 1) * size
        newest_first = sorted(self.articles, reverse=True)
        return Answer(
            200, [self._listed(id_) for id_ in newest_first[start : start + size]]
        )

    def _read(self, received: Received) -> dict[str, Any]:
        body = body_of(received, _bad)
        check(body, _ARTICLE, _bad)
        article: dict[str, Any] = body["article"]
        return article

    def _check_unique(self, article: dict[str, Any], id_: int | None) -> None:
        for other in self.articles.values():
            if other["id"] == id_:
                continue
            url = article.get("canonical_url")
            if url is not None and url == other["canonical_url"]:
                raise _refusal(
                    "Canonical url has already been taken. "
                    "Email support@dev.to for further details."
                )
            same = ("title", "body_markdown")
            if all(name in article and article[name] == other[name] for name in same):
                raise _refusal("Body markdown has already been taken")

    def _shown(self, id_: int) -> dict[str, Any]:
        article = self.articles[id_]
        # In this answer the list is `tags` and the text is `tag_list`; in the list of
        # articles it is the other way round.
        return {
            **article,
            "type_of": "article",
            "tag_list": ", ".join(article["tags"]),
            "user": {"username": self.username},
        }

    def _listed(self, id_: int) -> dict[str, Any]:
        article = self.articles[id_]
        names = ("id", "title", "published", "path", "url", "canonical_url")
        return {
            "type_of": "article",
            **{name: article[name] for name in names},
            "tag_list": article["tags"],
            "body_markdown": article["body_markdown"],
        }
