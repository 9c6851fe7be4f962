"""The signature schemes of four kinds of senders.

    sanity             sanity-webhook-signature: t=<ms>,v1=<base64url>
                       of "<t>.<body>"; several v1 while a key is changed
    stripe             Stripe-Signature: t=<s>,v1=<hex> of "<t>.<body>"; several v1
    standard-webhooks  webhook-id, webhook-timestamp (s), webhook-signature:
                       "v1,<base64> v1,<base64>" of "<id>.<timestamp>.<body>"; the key
                       is the base64 after "whsec_"
    github             X-Hub-Signature-256: sha256=<hex> of the body; no time, and no
                       delivery's id

All are HMAC-SHA256. Sources: Sanity's "GROQ-powered webhooks", Stripe's "Resolve
webhook signature verification errors", the Standard Webhooks specification, GitHub's
"Validating webhook deliveries".

Nothing is imported here that a request without a plausible signature does not need.
"""

from __future__ import annotations

from webhook_publisher.responses import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    type Header = Callable[[str], str]
    # What stands before the body in what was signed, when (ms) where the scheme says
    # so, and the digests that the sender claims.
    type Claim = tuple[bytes, int | None, list[bytes]]

# Keys that are changed overlap by one, so two signatures; more are someone's attempt to
# have many compared.
_MOST_SIGNATURES = 4
_DIGEST_BYTES = 32
_LONGEST_TIMESTAMP = 15
_STANDARD_PREFIX = "whsec_"


class Signature:
    """The signature that a request claims to have; ``is_made_with`` verifies it."""

    __slots__ = ("_digests", "_scheme", "_signed", "signed_at")

    def __init__(
        self, scheme: str, signed: bytes, digests: list[bytes], signed_at: int | None
    ) -> None:
        # By the sender's clock, in milliseconds; None where the scheme has no time.
        self.signed_at = signed_at
        self._scheme = scheme
        self._signed = signed
        self._digests = digests

    def is_made_with(self, secret: str) -> bool:
        """Whether ``secret`` made one of the signatures.

        A comparison takes as long for yes as for no.
        """
        import hmac  # noqa: PLC0415

        key = _key(self._scheme, secret)
        if not key:
            return False
        expected = hmac.digest(key, self._signed, "sha256")
        return any(hmac.compare_digest(expected, given) for given in self._digests)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of what was signed: equal for equal deliveries only."""
        import hashlib  # noqa: PLC0415

        return hashlib.sha256(self._signed).hexdigest()


def read(
    scheme: str, header: Header, body: bytes, now: float, tolerance_ms: int
) -> Signature:
    """The signature of ``body`` by ``scheme``, not yet verified.

    Raises Refusal where it is missing, has another shape, or its time is more than
    ``tolerance_ms`` away from ``now`` (seconds since 1970), before or after.
    """
    try:
        prefix, timestamp, digests = _SCHEMES[scheme](header)
    except ValueError as error:
        raise unauthorized(str(error) or "malformed") from None
    if not 0 < len(digests) <= _MOST_SIGNATURES:
        raise unauthorized("malformed")
    if timestamp is not None and abs(now * 1000 - timestamp) > tolerance_ms:
        raise unauthorized("too_old" if timestamp < now * 1000 else "from_the_future")
    return Signature(scheme, prefix + body, digests, timestamp)


def unauthorized(reason: str) -> Refusal:
    """One answer for all that may be wrong with a signature."""
    message = "The request has no valid signature."
    return Refusal(401, "invalid_signature", message, reason)


def _sanity(header: Header) -> Claim:
    return _timed(header("sanity-webhook-signature"), _from_base64url, in_ms=1)


def _stripe(header: Header) -> Claim:
    return _timed(header("stripe-signature"), bytes.fromhex, in_ms=1000)


def _timed(value: str, decode: Callable[[str], bytes], in_ms: int) -> Claim:
    if not value:
        raise ValueError("missing")
    pairs = [part.strip().partition("=")[::2] for part in value.split(",")]
    [timestamp] = [text for name, text in pairs if name == "t"]
    digests = _digests((text for name, text in pairs if name == "v1"), decode)
    return f"{timestamp}.".encode(), _integer(timestamp) * in_ms, digests


def _standard(header: Header) -> Claim:
    message_id, timestamp = header("webhook-id"), header("webhook-timestamp")
    if not message_id or not header("webhook-signature"):
        raise ValueError("missing")
    pairs = [part.partition(",")[::2] for part in header("webhook-signature").split()]
    digests = _digests((text for name, text in pairs if name == "v1"), _from_base64)
    return f"{message_id}.{timestamp}.".encode(), _integer(timestamp) * 1000, digests


def _github(header: Header) -> Claim:
    value = header("x-hub-signature-256")
    if not value:
        raise ValueError("missing")
    scheme, _, text = value.partition("=")
    return b"", None, _digests([text] if scheme == "sha256" else [], bytes.fromhex)


_SCHEMES: dict[str, Callable[[Header], Claim]] = {
    "github": _github,
    "sanity": _sanity,
    "standard-webhooks": _standard,
    "stripe": _stripe,
}


def _integer(text: str) -> int:
    # int() also takes signs, spaces, underscores and other scripts' digits.
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_TIMESTAMP):
        raise ValueError
    return int(text)


def _digests(texts: Iterable[str], decode: Callable[[str], bytes]) -> list[bytes]:
    """Those that can be a digest: one that cannot does not spoil the others."""
    found = []
    for text in texts:
        try:
            digest = decode(text)
        except ValueError:
            continue
        if len(digest) == _DIGEST_BYTES:
            found.append(digest)
    return found


def _from_base64(text: str) -> bytes:
    import binascii  # noqa: PLC0415

    return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)


def _from_base64url(text: str) -> bytes:
    return _from_base64(text.rstrip("=").replace("-", "+").replace("_", "/"))


def _key(scheme: str, text: str) -> bytes:
    # Files and pipes leave a line end behind.
    secret = text.strip()
    if scheme != "standard-webhooks":
        return secret.encode()
    try:
        return _from_base64(secret.removeprefix(_STANDARD_PREFIX))
    except ValueError:
        return b""
