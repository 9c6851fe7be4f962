"""HTTP requests: events of a REST API's proxy integration, or of a function URL.

Shapes: "Lambda proxy integrations in API Gateway" (payload format 1.0) and "Invoking
Lambda function URLs" (2.0) in AWS's guides.
"""

from __future__ import annotations

from webhook_publisher.responses import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Four times what an execution takes as input: Sanity sends whole documents, of which
# the text is a part.
LONGEST_BODY = 1_048_576
# Base64 makes four characters of three bytes.
_LONGEST_ENCODED_BODY = LONGEST_BODY * 4 // 3 + 4


class HttpRequest:
    """One HTTP request. Of the URL nothing counts."""

    def __init__(self, event: dict[str, Any]) -> None:
        context = event["requestContext"]
        self.method = str(event.get("httpMethod") or context["http"]["method"])
        # One for each request that reached AWS: redeliveries have different ones.
        self.request_id = str(context["requestId"])
        self._body = str(event.get("body") or "")
        self._is_base64 = bool(event.get("isBase64Encoded"))
        repeated = event.get("multiValueHeaders") or {}
        single = event.get("headers") or {}
        self._headers = {
            **{name.lower(): str(value) for name, value in single.items()},
            **{name.lower(): ",".join(values) for name, values in repeated.items()},
        }

    def header(self, name: str) -> str:
        """A header's value by its lower-case name; repeated ones with commas."""
        return self._headers.get(name, "").strip()

    def body(self) -> bytes:
        """The bytes as they were sent; raises Refusal."""
        longest = _LONGEST_ENCODED_BODY if self._is_base64 else LONGEST_BODY
        if len(self._body) > longest:
            raise _too_large()
        try:
            body = self._decoded()
        except ValueError:
            raise Refusal(400, "malformed", "The body cannot be decoded.") from None
        if len(body) > LONGEST_BODY:
            raise _too_large()
        return body

    def check_method(self) -> None:
        """Raise Refusal for what is no webhook."""
        if self.method != "POST":
            raise Refusal(405, "method_not_allowed", "Webhooks are sent by POST.")

    def _decoded(self) -> bytes:
        if not self._is_base64:
            return self._body.encode()
        import binascii  # noqa: PLC0415

        return binascii.a2b_base64(self._body)


def _too_large() -> Refusal:
    return Refusal(413, "too_large", f"The body is longer than {LONGEST_BODY:,} bytes.")
