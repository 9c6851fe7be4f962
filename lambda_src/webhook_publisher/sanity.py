"""Sanity: its webhook, and the document that its Content Lake has now.

The signature covers the body and its time, not the headers, and webhooks arrive out of
order. So a webhook says only that a document has changed; its present content is read
from Sanity. Source: "GROQ-powered webhooks" in Sanity's documentation.

Settings (environment):

    SANITY_PROJECT_ID        "zp7mbokg"
    SANITY_DATASET           "production"
    SANITY_DOCUMENT_TYPE     "post"; others are ignored
    SANITY_API_URL           "https://zp7mbokg.api.sanity.io"
    SANITY_API_VERSION       "v2025-02-19"
    SANITY_TOKEN_SECRET_ARN  a token that reads a private dataset; empty: a public one
    SANITY_QUERY             a GROQ query in the place of ``QUERY``; empty: that one

The webhook's projection needs ``_id``, which the default one has; the whole document is
not needed. Drafts and versions are ignored.
"""

from __future__ import annotations

import os

from webhook_publisher import content_lake
from webhook_publisher.responses import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from webhook_publisher.http_request import HttpRequest

# Gives one document or null, by the parameters $id and $type; see ``post`` for the
# fields that count. References are followed as Sanity's guides name them.
QUERY = """*[_id == $id && _type == $type][0]{
  ...,
  "author": coalesce(author->{name}, author),
  "categories": select(
    defined(categories[0]._ref) => categories[]->{title}, categories
  ),
  "links": body[].markDefs[]{_key, "slug": reference->slug.current}
}"""

_OPERATIONS = frozenset({"create", "update", "delete"})
_UNPUBLISHED = ("drafts.", "versions.")
# "IDs and Paths" in Sanity's documentation.
_ID_CHARACTERS = frozenset(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-"
)
_LONGEST_ID = 128
# To the second: the part that all of Sanity's times have.
_SECOND = len("2026-01-31T12:00:00")


class Ignored(Exception):
    """A webhook about nothing that is published here; ``reason`` is one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Change:
    """The change that a webhook is about: ``operation``, ``post`` and ``source``."""

    def __init__(self, operation: str, post: dict[str, Any]) -> None:
        self.operation = operation
        self.post = post
        self.source = {
            "name": "sanity",
            "project_id": os.environ["SANITY_PROJECT_ID"],
            "dataset": os.environ["SANITY_DATASET"],
            "document_type": os.environ["SANITY_DOCUMENT_TYPE"],
        }


def change(
    request: HttpRequest, payload: Any, *, received_at: int, signed_at: int | None
) -> Change:
    """The change of a document; raises Ignored, Refusal and aws.Unavailable.

    ``received_at`` and ``signed_at`` are milliseconds since 1970.
    """
    body = payload if isinstance(payload, dict) else {}
    operation = _operation(request, body)
    document_id = _id(request, body, operation)
    if document_id.startswith(_UNPUBLISHED):
        raise Ignored("draft")
    document_type = os.environ["SANITY_DOCUMENT_TYPE"]
    if body.get("_type", document_type) != document_type:
        raise Ignored("document_type")
    document = _fetch(document_id, document_type)
    if operation == "delete":
        if document is None:
            deleted_at = received_at if signed_at is None else signed_at
            return Change(operation, {"id": document_id, "version": deleted_at})
        if "_id" not in body:
            raise Ignored("not_deleted")
        operation = "update"
    if document is None:
        # Not readable yet, or without a token, or deleted meanwhile: another webhook.
        raise _failed("not_found")
    if "" < _moment(document) < _moment(body):
        raise _failed("outdated")
    from webhook_publisher import post  # noqa: PLC0415

    updated_at = _milliseconds(document.get("_updatedAt"))
    version = received_at if updated_at is None else updated_at
    return Change(operation, post.from_document(document, version))


def _operation(request: HttpRequest, body: dict[str, Any]) -> str:
    """A projection's ``"operation": delta::operation()``, or what the header says."""
    for value in (body.get("operation"), request.header("sanity-operation")):
        if isinstance(value, str) and value in _OPERATIONS:
            return value
    return "update"


def _id(request: HttpRequest, body: dict[str, Any], operation: str) -> str:
    """The document's id, of what was signed.

    What is deleted has no projection. Its header cannot do harm: what it names, Sanity
    must not have any more.
    """
    value = body.get("_id")
    if value is None and operation == "delete":
        value = request.header("sanity-document-id")
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= _LONGEST_ID
        or not _ID_CHARACTERS.issuperset(value)
        # Elsewhere in a path they are a step up.
        or value in (".", "..")
    ):
        raise Refusal(
            400, "invalid_id", "The webhook's projection must have the document's _id."
        )
    return value


def _fetch(document_id: str, document_type: str) -> dict[str, Any] | None:
    try:
        document = content_lake.query(
            os.environ["SANITY_QUERY"] or QUERY, id=document_id, type=document_type
        )
    except content_lake.Failed as error:
        raise _failed(error.reason) from None
    if document is not None and not isinstance(document, dict):
        raise _failed("no_document")
    return document


def _failed(reason: str) -> Refusal:
    message = "Sanity did not give the document; please send it again."
    return Refusal(502, "sanity_failed", message, reason)


def _milliseconds(moment: Any) -> int | None:
    """ISO 8601 as milliseconds since 1970; None when it is something else."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    try:
        at = datetime.fromisoformat(moment)
    except (TypeError, ValueError):
        return None
    since = at.replace(tzinfo=at.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(milliseconds=1)


def _moment(document: dict[str, Any]) -> str:
    value = document.get("_updatedAt")
    return value[:_SECOND] if isinstance(value, str) else ""
