"""Packed bodies of requests to APIs and function URLs stay as they were sent.

Stock unpacks gzip before it knows who is called. What a function URL gets goes to the
function as it is, and API Gateway unpacks by rules that are its (`apigateway`).
"""

from __future__ import annotations

from typing import Any

from localstack.aws.handlers.codec import ContentDecoder
from localstack.utils.patch import patch

from .request_guard import destinations


def install() -> None:
    """Changes which bodies are unpacked."""

    @patch(ContentDecoder.__call__)  # type: ignore[untyped-decorator]
    def decode(fn: Any, self: Any, chain: Any, context: Any, response: Any) -> None:
        if not destinations.is_open(context.request):
            fn(self, chain, context, response)


def sent(request: Any) -> bytes:
    """The bytes of the body.

    Stock reads forms, and writes them again as it has understood them: a signature
    over the bytes would never be right.
    """
    body: bytes = request.get_data()
    return body
