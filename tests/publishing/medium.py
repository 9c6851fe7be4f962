"""Medium's API v1, which is archived: a post is created, and that is all.

https://github.com/Medium/medium-api-docs (sections 3.1 and 3.2)
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from tests.publishing.platform import Platform, Refused, body_of, check
from tests.stub_api import Answer, Received, StubApi

# Medium ignores longer titles and tags, and more than three tags, without a word.
_POST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "contentFormat", "content"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "contentFormat": {"enum": ["html", "markdown"]},
        "content": {"type": "string", "minLength": 1},
        "tags": {
            "type": "array",
            "maxItems": 3,
            "items": {"type": "string", "minLength": 1, "maxLength": 25},
        },
        "canonicalUrl": {"type": "string", "pattern": r"^https?://\S+$"},
        "publishStatus": {"enum": ["public", "draft", "unlisted"]},
        "license": {
            "enum": [
                "all-rights-reserved",
                "cc-40-by",
                "cc-40-by-sa",
                "cc-40-by-nd",
                "cc-40-by-nc",
                "cc-40-by-nc-nd",
                "cc-40-by-nc-sa",
                "cc-40-zero",
                "public-domain",
            ]
        },
        "notifyFollowers": {"type": "boolean"},
    },
}


def _error(status: int, code: int, message: str, reason: str = "") -> Refused:
    return Refused(
        Answer(status, {"errors": [{"message": message, "code": code}]}), reason
    )


def _bad(reason: str) -> Refused:
    return _error(400, 2002, reason, reason)


class Medium(Platform):
    """``token`` is the bearer token; a new one makes the old one invalid."""

    def __init__(
        self,
        api: StubApi,
        host: str = "api.medium.com",
        *,
        token: str = "medium-token",
        author_id: str = "5303d74c64f66366f00cb9b2a94f3251bf5",
    ) -> None:
        super().__init__(api, host)
        self.token = token
        self.author_id = author_id
        self.posts: list[dict[str, Any]] = []
        self._ids = itertools.count(0xE6F36A)

    @property
    def published(self) -> list[dict[str, Any]]:
        return [post for post in self.posts if post["publishStatus"] == "public"]

    def rate_limited(self) -> Answer:
        """What the eleventh post of 24 hours gets (medium-api-docs issue 105)."""
        message = "User has reached the rate limit for publishing today."
        return Answer(429, {"errors": [{"message": message, "code": -1}]})

    def answer(self, received: Received) -> Answer:
        if received.header("authorization") != f"Bearer {self.token}":
            raise _error(401, 6003, "Token was invalid.")
        if received.header("accept") != "application/json":
            raise _bad("accept is not application/json")

        match received.method, received.path.split("/")[1:]:
            case "GET", ["v1", "me"]:
                return Answer(
                    200, {"data": {"id": self.author_id, "username": "stepwire"}}
                )
            case "POST", ["v1", "users", author, "posts"]:
                if author != self.author_id:
                    raise _error(404, 2001, "No such user.")
                return self._create(received)
        reason = f"there is no {received.method} {received.path}"
        raise _error(404, 2001, reason, reason)

    def _create(self, received: Received) -> Answer:
        body = body_of(received, _bad)
        check(body, _POST, _bad)
        id_ = f"{next(self._ids):x}"
        slug = re.sub(r"[^a-z0-9]+", "-", body["title"].lower()).strip("-")
        post = {
            "id": id_,
            "authorId": self.author_id,
            "url": f"https://medium.com/@stepwire/{slug}-{id_}",
            "publishStatus": "public",
            "license": "all-rights-reserved",
            "licenseUrl": "https://medium.com/policy/9db0094a1e0f",
            "tags": [],
            **body,
        }
        self.posts.append(post)
        unsaid = ("content", "contentFormat", "notifyFollowers")
        said = {name: value for name, value in post.items() if name not in unsaid}
        return Answer(201, {"data": said})
