"""OpenSearch: documents that are written and deleted by their id, with a version.

https://docs.opensearch.org, Document APIs, "Index document" and "Delete document"; who
may is told by a user name and password, or by a signature (Amazon OpenSearch Service,
"Making and signing OpenSearch Service requests").
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.publishing.platform import Platform, Refused, body_of
from tests.stub_api import Answer, Received, StubApi

_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)"
    r"/(?P<service>[^/]+)/aws4_request, ?SignedHeaders=(?P<headers>[a-z0-9;-]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_QUERY = {"version", "version_type", "refresh", "timeout", "routing"}


@dataclass(frozen=True)
class Basic:
    """A user of the domain's own."""

    username: str = "publisher"
    password: str = "search-password"


@dataclass(frozen=True)
class Signed:
    """An IAM role; ``secret_key`` is the one of ``access_key``.

    The keys of a function's role are known to nobody else: without a ``secret_key``
    what was signed is looked at, and the signature itself is not.
    """

    access_key: str = "test"
    secret_key: str | None = "test"
    region: str = "us-east-1"


def _error(status: int, kind: str, reason: str, problem: str = "") -> Refused:
    cause = {"type": kind, "reason": reason}
    body = {"error": {"root_cause": [cause], **cause}, "status": status}
    return Refused(Answer(status, body), problem)


def _bad(reason: str) -> Refused:
    return _error(400, "mapper_parsing_exception", reason, reason)


class OpenSearch(Platform):
    """``documents`` are the live ones of all indexes, by index and id."""

    def __init__(
        self,
        api: StubApi,
        host: str = "search-posts-a1b2c3.us-east-1.es.amazonaws.com",
        *,
        access: Basic | Signed,
    ) -> None:
        super().__init__(api, host)
        self.access = access
        self.documents: dict[tuple[str, str], dict[str, Any]] = {}
        self._versions: dict[tuple[str, str], int] = {}

    @property
    def published(self) -> list[dict[str, Any]]:
        return list(self.documents.values())

    def forgets_deletions(self) -> None:
        """What OpenSearch does 60 seconds after a deletion (index.gc_deletes)."""
        for key in list(self._versions):
            if key not in self.documents:
                del self._versions[key]

    def rate_limited(self) -> Answer:
        """What a full write queue answers."""
        refused = _error(429, "rejected_execution_exception", "rejected execution")
        return refused.answer

    def answer(self, received: Received) -> Answer:
        self._check_access(received)
        match [unquote(part) for part in received.path.split("/")[1:]]:
            case [index, "_doc", id_] if index and id_:
                key = (index, id_)
            case _:
                reason = f"there is no {received.method} {received.path}"
                raise _error(400, "illegal_argument_exception", reason, reason)
        if len(id_.encode()) > 512:
            raise _bad("id is too long, must be no longer than 512 bytes")
        match received.method:
            case "PUT":
                document = body_of(received, _bad)
                if not isinstance(document, dict):
                    raise _bad("a document is an object")
                return self._write(key, received, document)
            case "DELETE":
                return self._write(key, received, None)
            case "GET":
                return self._read(key)
        reason = f"there is no {received.method} {received.path}"
        raise Refused(Answer(405, {"error": reason, "status": 405}), reason)

    def _write(
        self, key: tuple[str, str], received: Received, document: dict[str, Any] | None
    ) -> Answer:
        version = self._next_version(key, received)
        existed = key in self.documents
        self._versions[key] = version
        if document is None:
            self.documents.pop(key, None)
            status, result = (200, "deleted") if existed else (404, "not_found")
        else:
            self.documents[key] = document
            status, result = (200, "updated") if existed else (201, "created")
        index, id_ = key
        return Answer(
            status,
            {
                "_index": index,
                "_id": id_,
                "_version": version,
                "result": result,
                "_shards": {"total": 2, "successful": 1, "failed": 0},
                "_seq_no": 0,
                "_primary_term": 1,
            },
        )

    def _next_version(self, key: tuple[str, str], received: Received) -> int:
        query = {name: one for name, [one] in parse_qs(received.query).items()}
        for name in query:
            if name not in _QUERY:
                reason = f"contains unrecognized parameter: [{name}]"
                raise _error(400, "illegal_argument_exception", reason, reason)
        current = self._versions.get(key)
        kind = query.get("version_type")
        if kind is None:
            return (current or 0) + 1
        if kind not in ("external", "external_gte") or "version" not in query:
            reason = "version_type is external or external_gte, with a version"
            raise _error(400, "action_request_validation_exception", reason, reason)
        version = int(query["version"])
        stale = current is not None and (
            version < current or (version == current and kind == "external")
        )
        if stale:
            raise _error(
                409,
                "version_conflict_engine_exception",
                f"[{key[1]}]: version conflict, current version [{current}] is higher "
                f"or equal to the one provided [{version}]",
            )
        return version

    def _read(self, key: tuple[str, str]) -> Answer:
        index, id_ = key
        if key not in self.documents:
            return Answer(404, {"_index": index, "_id": id_, "found": False})
        return Answer(
            200,
            {
                "_index": index,
                "_id": id_,
                "_version": self._versions[key],
                "found": True,
                "_source": self.documents[key],
            },
        )

    def _check_access(self, received: Received) -> None:
        given = received.header("authorization")
        if isinstance(self.access, Basic):
            pair = f"{self.access.username}:{self.access.password}"
            if given != f"Basic {base64.b64encode(pair.encode()).decode()}":
                raise Refused(
                    Answer(
                        401,
                        "Unauthorized",
                        {"WWW-Authenticate": 'Basic realm="OpenSearch"'},
                    )
                )
            return
        if given is None:
            message = (
                "User: anonymous is not authorized to perform: "
                f"es:ESHttp{received.method.capitalize()}"
            )
            raise Refused(Answer(403, {"Message": message}))
        if not _is_signed(received, given, self.access):
            message = "The request signature we calculated does not match"
            raise Refused(Answer(403, {"message": message}), message)


def _is_signed(received: Received, authorization: str, access: Signed) -> bool:
    """Whether the Signature Version 4 of a request is right, for the service `es`."""
    parts = _CREDENTIAL.fullmatch(authorization)
    if parts is None:
        return False
    if (parts["region"], parts["service"]) != (access.region, "es"):
        return False
    names = parts["headers"].split(";")
    if not {"host", "x-amz-date"} <= set(names):
        return False
    if access.secret_key is None:
        return "x-amz-security-token" in names
    if parts["key"] != access.access_key:
        return False
    request = AWSRequest(
        method=received.method,
        url=f"https://{received.host}{received.target}",
        headers={name: received.header(name) or "" for name in names},
        data=received.body,
    )
    request.context["timestamp"] = received.header("x-amz-date")
    signer = SigV4Auth(
        Credentials(access.access_key, access.secret_key), "es", access.region
    )
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return hmac.compare_digest(signer.signature(text, request), parts["signature"])
