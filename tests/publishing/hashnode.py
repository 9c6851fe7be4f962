"""Hashnode's GraphQL API, executed: a query that its schema has not is an error.

https://github.com/Hashnode/gql-skill (skills/gql-api: SKILL.md and references). Since
2026-05-13 it is at gql-beta.hashnode.com, for publications with a Pro plan;
gql.hashnode.com answers 301. Its errors have status 200.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

from graphql import GraphQLError, build_schema, execute, parse, validate

from tests.publishing.platform import Platform, Refused, body_of, check
from tests.stub_api import Answer, Received, StubApi

_SCHEMA = build_schema(Path(__file__).with_name("hashnode.graphql").read_text())
_REQUEST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["query"],
    "properties": {
        "query": {"type": "string"},
        "variables": {"type": ["object", "null"]},
        "operationName": {"type": ["string", "null"]},
    },
}
_OBJECT_ID = re.compile("[0-9a-f]{24}")


def _failure(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _bad(reason: str) -> Refused:
    body = {"errors": [{"message": reason, "extensions": {"code": "BAD_REQUEST"}}]}
    return Refused(Answer(400, body), reason)


class Hashnode(Platform):
    """``token`` is the personal access token; a new one makes the old one invalid."""

    def __init__(
        self,
        api: StubApi,
        host: str = "gql-beta.hashnode.com",
        *,
        token: str = "hashnode-token",
        publication_id: str = "65f1c0ffee65f1c0ffee65f1",
        is_pro: bool = True,
    ) -> None:
        super().__init__(api, host)
        self.token = token
        self.publication_id = publication_id
        self.is_pro = is_pro
        self.posts: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(0x6A603FB103E2CB323E7851F6)

    @property
    def published(self) -> list[dict[str, Any]]:
        return [post for post in self.posts.values() if post["is_active"]]

    def error(self, code: str, message: str = "Something went wrong") -> Answer:
        """A failure as GraphQL tells it: with status 200."""
        failure = {"message": message, "extensions": {"code": code}}
        return Answer(200, {"errors": [failure], "data": None})

    def answer(self, received: Received) -> Answer:
        if (received.method, received.path) != ("POST", "/"):
            reason = f"there is no {received.method} {received.path}"
            raise Refused(Answer(404, reason), reason)
        body = body_of(received, _bad)
        check(body, _REQUEST, _bad)
        try:
            document = parse(body["query"])
        except GraphQLError as error:
            raise _bad(str(error)) from None
        for problem in validate(_SCHEMA, document):
            raise _bad(problem.message)

        token = (received.header("authorization") or "").removeprefix("Bearer ")
        result = execute(
            _SCHEMA,
            document,
            root_value=_Root(self, is_known=token == self.token),
            variable_values=body.get("variables"),
            operation_name=body.get("operationName"),
        )
        errors = [error.formatted for error in result.errors or []]
        for error in errors:
            if "extensions" not in error:
                raise _bad(error["message"])
        shown = {"data": result.data}
        return Answer(200, shown | {"errors": errors} if errors else shown)


class _Root:
    """The schema's fields, called by its executor."""

    def __init__(self, platform: Hashnode, *, is_known: bool) -> None:
        self._platform = platform
        self._is_known = is_known

    def post(self, _info: Any, id: str) -> Any:
        return self._shown(self._platform.posts.get(id))

    def publication(
        self,
        _info: Any,
        id: str | None = None,
        host: str | None = None,
    ) -> Any:
        if host is not None or id != self._platform.publication_id:
            return None
        self._check_plan()

        def post(_info: Any, slug: str) -> Any:
            found = [one for one in self._platform.published if one["slug"] == slug]
            return self._shown(found[0]) if found else None

        return {"id": id, "title": "Posts", "url": _BLOG, "post": post}

    def publishPost(self, _info: Any, input: dict[str, Any]) -> Any:
        self._check_access()
        if not _OBJECT_ID.fullmatch(input["publicationId"]):
            raise _failure("BAD_USER_INPUT", "publicationId is not an ObjectId")
        if input["publicationId"] != self._platform.publication_id:
            raise _failure("NOT_FOUND", "Publication not found")
        self._check_plan()
        self._check_content(input)
        id_ = f"{next(self._platform._ids):024x}"
        wanted = input.get("slug") or _slug(input["title"])
        taken = {one["slug"] for one in self._platform.published}
        slug = wanted if wanted not in taken else f"{wanted}-{id_[-4:]}"
        post = {**input, "id": id_, "slug": slug, "is_active": True}
        self._platform.posts[id_] = post
        return {"post": self._shown(post)}

    def updatePost(self, _info: Any, input: dict[str, Any]) -> Any:
        post = self._mine(input["id"])
        self._check_content(input)
        post.update(input)
        return {"post": self._shown(post)}

    def removePost(self, _info: Any, input: dict[str, Any]) -> Any:
        post = self._mine(input["id"])
        post["is_active"] = False
        return {"post": self._shown(post)}

    def _mine(self, id_: str) -> dict[str, Any]:
        self._check_access()
        post = self._platform.posts.get(id_)
        if post is None or not post["is_active"]:
            raise _failure("NOT_FOUND", "Post not found")
        self._check_plan()
        return post

    def _check_access(self) -> None:
        if not self._is_known:
            raise _failure("UNAUTHENTICATED", "You must be authenticated.")

    def _check_plan(self) -> None:
        if not self._platform.is_pro:
            raise _failure(
                "FORBIDDEN",
                "Publication does not have an active Pro plan. "
                "Upgrade in your dashboard to access this via the API.",
            )

    def _check_content(self, post: dict[str, Any]) -> None:
        if len(post.get("tags") or []) > 15:
            raise _failure("BAD_USER_INPUT", "A post has at most 15 tags")
        if post.get("title", "untitled").strip() == "":
            raise _failure("BAD_USER_INPUT", "A post has a title")

    def _shown(self, post: dict[str, Any] | None) -> Any:
        if post is None:
            return None
        return {
            **post,
            "url": f"{_BLOG}/{post['slug']}",
            "canonicalUrl": post.get("originalArticleURL"),
            "content": {"markdown": post["contentMarkdown"]},
            "tags": [
                {"slug": tag["slug"], "name": tag.get("name") or tag["slug"]}
                for tag in post.get("tags") or []
            ],
        }


_BLOG = "https://stepwire.hashnode.dev"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
