"""From a task's parameters and its connection to the request that is sent."""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from ..connections.credentials import Credentials
from ..http_calls.transport import Request
from .errors import RUNTIME, HttpTaskError
from .url_encoding import ArrayFormat, encode, text

METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
FIELDS: Final = (
    "ApiEndpoint",
    "Method",
    "Authentication",
    "InvocationConfig",
    "Headers",
    "QueryParameters",
    "RequestBody",
    "Transform",
)

_JSON: Final = "application/json; charset=UTF-8"
_RANGE: Final = "bytes=0-262144"
_FORBIDDEN: Final = frozenset(
    (
        "a-im",
        "accept-charset",
        "accept-datetime",
        "accept-encoding",
        "authorization",
        "cache-control",
        "connection",
        "content-encoding",
        "content-md5",
        "date",
        "expect",
        "forwarded",
        "from",
        "host",
        "http2-settings",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "max-forwards",
        "origin",
        "pragma",
        "proxy-authorization",
        "referer",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "warning",
    )
)
_FORBIDDEN_PREFIXES: Final = ("x-forwarded-", "x-amz-", "x-amzn-")


def connection_arn(parameters: Mapping[str, Any]) -> str:
    """The connection of the task. Raises HttpTaskError."""
    for field in ("InvocationConfig", "Authentication"):
        holder = parameters.get(field)
        if isinstance(holder, Mapping) and isinstance(holder.get("ConnectionArn"), str):
            return str(holder["ConnectionArn"])
    raise HttpTaskError(
        RUNTIME,
        "The field InvocationConfig.ConnectionArn is required: the ARN of an "
        "EventBridge connection.",
    )


def build(
    parameters: Mapping[str, Any], credentials: Credentials, region: str
) -> Request:
    """The request of the task. Raises HttpTaskError, States.Runtime.

    What the connection says overwrites what the task says, and Step Functions' own
    headers overwrite both: "Merging EventBridge connection and HTTP Task definition
    data".
    """
    method = checked_method(parameters)
    endpoint = checked_endpoint(parameters)
    headers = _headers(parameters)
    body = _body(parameters, credentials)
    if body is not None:
        headers.setdefault("content-type", [("Content-Type", _JSON)])
    for name, value in credentials.headers:
        _set(headers, name, value)
    _set(headers, "Range", _RANGE)
    _set(headers, "User-Agent", f"Amazon|StepFunctions|HttpInvoke|{region}")
    return Request(
        method=method,
        url=_url(endpoint, parameters, credentials),
        headers=[pair for pairs in headers.values() for pair in pairs],
        body=body,
    )


def checked_method(parameters: Mapping[str, Any]) -> str:
    """The method. Raises HttpTaskError for what is none of AWS's list."""
    method = parameters.get("Method")
    if method not in METHODS:
        raise HttpTaskError(
            RUNTIME, f"The field Method must be one of {', '.join(METHODS)}."
        )
    return str(method)


def checked_endpoint(parameters: Mapping[str, Any]) -> str:
    """The address without query parameters. Raises HttpTaskError."""
    endpoint = parameters.get("ApiEndpoint")
    try:
        url = urlsplit(endpoint if isinstance(endpoint, str) else "")
        is_https = url.scheme == "https" and bool(url.hostname) and url.port != 0
    except ValueError:
        is_https = False
    if not is_https or any(character <= " " for character in str(endpoint)):
        raise HttpTaskError(RUNTIME, "The field ApiEndpoint must be a valid HTTPS URL.")
    return str(endpoint)


Headers = dict[str, list[tuple[str, str]]]
"""By the name in lower case: the names and values as they are sent."""


def _set(headers: Headers, name: str, value: str) -> None:
    headers[name.lower()] = [(name, value)]


def _headers(parameters: Mapping[str, Any]) -> Headers:
    given = parameters.get("Headers") or {}
    if not isinstance(given, Mapping):
        raise HttpTaskError(RUNTIME, "The field Headers must be an object.")
    headers: Headers = {}
    for name, value in given.items():
        lower = name.lower()
        if lower in _FORBIDDEN or lower.startswith(_FORBIDDEN_PREFIXES):
            raise HttpTaskError(RUNTIME, f"The header {name} is not supported.")
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, Mapping | list) or each is None for each in values):
            raise HttpTaskError(
                RUNTIME, f"The header {name} must be a string or an array of strings."
            )
        headers[lower] = [(name, text(each)) for each in values]
    for pairs in headers.values():
        _check_text(pairs)
    return headers


def _check_text(pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        if not name or any(character in f"{name}{value}" for character in "\r\n\0"):
            raise HttpTaskError(RUNTIME, f"The header {name!r} is not valid.")


def _url(endpoint: str, parameters: Mapping[str, Any], credentials: Credentials) -> str:
    query = parameters.get("QueryParameters") or {}
    if not isinstance(query, Mapping):
        raise HttpTaskError(RUNTIME, "The field QueryParameters must be an object.")
    appended = encode({**query, **dict(credentials.query)}, ArrayFormat.REPEAT)
    # Encoded characters stay so; one beyond ASCII cannot go into a request line.
    endpoint = quote(endpoint.partition("#")[0], safe=string.punctuation)
    if not appended:
        return endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{appended}"


def _body(parameters: Mapping[str, Any], credentials: Credentials) -> bytes | None:
    body = parameters.get("RequestBody")
    if credentials.body:
        if body is not None and not isinstance(body, Mapping):
            raise HttpTaskError(
                RUNTIME,
                "The request body is no object, and cannot be merged with the body "
                "parameters of the connection.",
            )
        body = {**(body or {}), **dict(credentials.body)}
    if body is None:
        return None
    if isinstance(body, str):
        return body.encode()
    array_format = _array_format(parameters)
    if array_format is not None:
        if not isinstance(body, Mapping):
            raise HttpTaskError(RUNTIME, "Only an object can be URL-encoded.")
        return encode(body, array_format).encode()
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _array_format(parameters: Mapping[str, Any]) -> ArrayFormat | None:
    transform = parameters.get("Transform") or {}
    encoding = transform.get("RequestBodyEncoding", "NONE")
    if encoding not in {"NONE", "URL_ENCODED"}:
        raise HttpTaskError(
            RUNTIME,
            "The field Transform.RequestBodyEncoding must be NONE or URL_ENCODED.",
        )
    options = transform.get("RequestEncodingOptions") or {}
    try:
        array_format = ArrayFormat(options.get("ArrayFormat", ArrayFormat.INDICES))
    except ValueError:
        raise HttpTaskError(
            RUNTIME,
            "The field Transform.RequestEncodingOptions.ArrayFormat must be one of "
            f"{', '.join(ArrayFormat)}.",
        ) from None
    return array_format if encoding == "URL_ENCODED" else None
