"""AWS Signature Version 4 of a received request.

"Create a signed AWS API request" in the IAM User Guide is what this follows. botocore
only signs; here a signature is read and computed again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, unquote

ALGORITHM: Final = "AWS4-HMAC-SHA256"
_TIME_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_TOLERANCE: Final = timedelta(minutes=5)
_MISMATCH: Final = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service "
    "documentation for details."
)


class Incomplete(Exception):
    """The header or the query misses a part of the signature."""


class Wrong(Exception):
    """The signature is complete, but out of date or not the right one."""


@dataclass(frozen=True)
class Signature:
    """The parts of a request's signature."""

    access_key_id: str
    scope: tuple[str, str, str, str]  # date, region, service, "aws4_request"
    signed_headers: tuple[str, ...]
    signature: str
    time: str  # "20260828T203459Z"
    session_token: str | None
    expires: timedelta | None = None  # of a presigned URL


def of(request: Any) -> Signature | None:
    """Reads the signature from the Authorization header or from the query.

    Returns None for a request without any. Raises Incomplete.
    """
    header = request.headers.get("Authorization")
    if header:
        return _from_header(header, request)
    if "X-Amz-Algorithm" in request.args or "X-Amz-Signature" in request.args:
        return _from_query(request)
    return None


def _from_header(header: str, request: Any) -> Signature:
    algorithm, _, rest = header.strip().partition(" ")
    parts = dict(re.findall(r"(\w+)=([^\s,]+)", rest)) if algorithm == ALGORITHM else {}
    time = request.headers.get("X-Amz-Date") or ""
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if name not in parts
    ]
    if not time:
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a "
            "'Date' header."
        )
    if missing:
        # AWS does not repeat the header itself, which may hold a secret.
        digest = hashlib.sha256(header.encode()).hexdigest()
        raise Incomplete(" ".join([*missing, f"(Hashed with SHA-256) {digest}"]))
    return _signature(parts, time, request.headers.get("X-Amz-Security-Token"))


def _from_query(request: Any) -> Signature:
    query = request.args
    names = ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires")
    missing = [name for name in names if not query.get(f"X-Amz-{name}")]
    if missing:
        raise Incomplete(
            " ".join(
                f"AWS query-string parameters must include 'X-Amz-{name}'."
                for name in missing
            )
        )
    parts = {name: query[f"X-Amz-{name}"] for name in names}
    try:
        expires = timedelta(seconds=int(parts["Expires"]))
    except ValueError:
        raise Incomplete("'X-Amz-Expires' must be a number of seconds.") from None
    return _signature(parts, parts["Date"], query.get("X-Amz-Security-Token"), expires)


def _signature(
    parts: dict[str, str],
    time: str,
    session_token: str | None,
    expires: timedelta | None = None,
) -> Signature:
    access_key_id, *scope = parts["Credential"].split("/")
    if len(scope) != 4 or scope[3] != "aws4_request":
        raise Incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, got "
            f"'{parts['Credential']}'"
        )
    date, region, service, term = scope
    return Signature(
        access_key_id=access_key_id,
        scope=(date, region, service, term),
        signed_headers=tuple(parts["SignedHeaders"].lower().split(";")),
        signature=parts["Signature"],
        time=time,
        session_token=session_token,
        expires=expires,
    )


def verify(
    signature: Signature, request: Any, service: str, secret: str | None
) -> None:
    """Computes the signature again and compares, where the secret is known.

    `service` is the one that it has to be made for. Raises Wrong.
    """
    if signature.scope[2] != service:
        raise Wrong(f"Credential should be scoped to correct service: '{service}'.")
    _check_time(signature)
    if "host" not in signature.signed_headers:
        raise Wrong("'Host' must be a 'SignedHeader' in the AWS Authorization.")
    if secret is None:
        return
    text = "\n".join(
        [
            ALGORITHM,
            signature.time,
            "/".join(signature.scope),
            hashlib.sha256(_canonical(signature, request).encode()).hexdigest(),
        ]
    )
    key = f"AWS4{secret}".encode()
    for part in signature.scope:
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, text.encode(), "sha256").hex()
    if not hmac.compare_digest(expected, signature.signature):
        raise Wrong(_MISMATCH)


def _check_time(signature: Signature) -> None:
    try:
        signed = datetime.strptime(signature.time, _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise Wrong(
            "Date must be in ISO-8601 'basic format'. Got "
            f"'{signature.time}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ) from None
    if signature.time[:8] != signature.scope[0]:
        raise Wrong(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version "
            f"of date from HTTP: '{signature.scope[0]}' != '{signature.time[:8]}', "
            f"from '{signature.time}'."
        )
    now = datetime.now(UTC)
    earliest = now - (signature.expires or _TOLERANCE)
    if signed < earliest:
        raise Wrong(
            f"Signature expired: {signature.time} is now earlier than "
            f"{earliest:{_TIME_FORMAT}} ({now:{_TIME_FORMAT}} - 5 min.)"
        )
    if signed > now + _TOLERANCE:
        raise Wrong(
            f"Signature not yet current: {signature.time} is still later than "
            f"{now + _TOLERANCE:{_TIME_FORMAT}} ({now:{_TIME_FORMAT}} + 5 min.)"
        )


def _canonical(signature: Signature, request: Any) -> str:
    """The canonical request: what both sides sign."""
    raw = request.environ.get("RAW_URI") or request.full_path
    target = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*", "", raw)
    path, _, query = target.partition("?")
    headers = [
        f"{name}:{_header_value(request, name)}" for name in signature.signed_headers
    ]
    return "\n".join(
        [
            request.method,
            quote(_normalised(path), safe="/~"),
            _canonical_query(query),
            *headers,
            "",
            ";".join(signature.signed_headers),
            hashlib.sha256(request.get_data()).hexdigest(),
        ]
    )


def _normalised(path: str) -> str:
    """The path without "." and ".." and without doubled slashes."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment)
    last = "/" if path.endswith("/") and segments else ""
    return f"/{'/'.join(segments)}{last}"


def _canonical_query(query: str) -> str:
    pairs = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name and name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _header_value(request: Any, name: str) -> str:
    values = request.headers.getlist(name)
    return ",".join(" ".join(value.split()) for value in values)
