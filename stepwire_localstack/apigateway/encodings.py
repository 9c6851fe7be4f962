"""Content codings of requests: what API Gateway unpacks before anything else.

"Payload compression for REST APIs" in the API Gateway Developer Guide: a body in a
coding that is supported is unpacked, whatever the integration; the header stays. Any
other coding, and a body that is not in the coding that its header names, is a 415.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final

from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    RequestTooLargeError,
    UnsupportedMediaTypeError,
)

# API Gateway's quota: "Payload size", which cannot be raised.
MAX_PAYLOAD_BYTES: Final = 10 * 1024 * 1024


def unpacked(body: bytes, coding: str | None) -> bytes:
    """The body without its coding.

    Raises UnsupportedMediaTypeError, and RequestTooLargeError for more than API
    Gateway takes, packed or not.
    """
    unpack = _CODINGS.get((coding or "identity").strip().lower())
    if unpack is None:
        raise UnsupportedMediaTypeError("Unsupported Media Type")
    if len(body) > MAX_PAYLOAD_BYTES:
        raise RequestTooLargeError("Request Too Long")
    try:
        return unpack(body) if body else body
    except (zlib.error, EOFError) as error:
        raise UnsupportedMediaTypeError("Unsupported Media Type") from error


def _unzipped(body: bytes, window: int) -> bytes:
    # Not all at once: a few kilobytes can hold gigabytes.
    decompressor = zlib.decompressobj(window)
    unpacked_body = decompressor.decompress(body, MAX_PAYLOAD_BYTES + 1)
    if len(unpacked_body) > MAX_PAYLOAD_BYTES:
        raise RequestTooLargeError("Request Too Long")
    if not decompressor.eof:
        raise EOFError("the body ends too early")
    return unpacked_body


_CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "identity": lambda body: body,
    "gzip": lambda body: _unzipped(body, zlib.MAX_WBITS | 16),
    "deflate": lambda body: _unzipped(body, zlib.MAX_WBITS),
}
