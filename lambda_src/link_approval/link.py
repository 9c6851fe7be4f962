"""The personal link of an approver: what it says, and the proof that we wrote it.

A link is 96 characters of 0-9 and a-v (base 32, RFC 4648's "extended hex", in lower
case): nothing that a mail program breaks, drops at the end of a line or treats as the
end of an address. They are 60 bytes:

    1   version of this format
    4   which key signed it: the beginning of the key's SHA-256
    5   when it expires, seconds since 1970
    16  the request's id
    2   which of the request's approvers it belongs to, from 0
    32  HMAC-SHA256 of all that, with the signing key

Nothing is imported here that a refused link does not need.
"""

from __future__ import annotations

LENGTH = 96

_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_ALPHABET = frozenset(_DIGITS)
_VERSION = 1
_SIGNED = 28
_BYTES = 60
# A signature of ours is never one of something else made with the same key.
_PURPOSE = b"stepwire link-approval\0"


class InvalidLink(Exception):
    """The text is no link of ours: its shape, or its signature, is wrong."""


class ExpiredLink(Exception):
    """The link's time, as it says itself, is over."""


class Link:
    """What a link says. Believe it once ``is_signed_with`` said yes."""

    __slots__ = ("_signature", "_signed", "approver", "expires_at", "key_id")

    def __init__(self, signed: bytes, signature: bytes) -> None:
        self._signed = signed
        self._signature = signature
        self.key_id = signed[1:5]
        self.expires_at = int.from_bytes(signed[5:10])
        self.approver = int.from_bytes(signed[26:28])

    @property
    def request_id(self) -> str:
        """The request's id, 32 hexadecimal digits."""
        return self._signed[10:26].hex()

    def is_signed_with(self, key: bytes) -> bool:
        """Whether ``key`` made the signature; takes as long for yes as for no."""
        import hmac  # noqa: PLC0415

        return hmac.compare_digest(_sign(key, self._signed), self._signature)


def read(text: str, now: float) -> Link:
    """The link that ``text`` is, not yet verified.

    Raises InvalidLink or ExpiredLink without a key, a table or an SDK.
    """
    # int() also takes signs, spaces, underscores and capital letters.
    if len(text) != LENGTH or not _ALPHABET.issuperset(text):
        raise InvalidLink
    content = int(text, 32).to_bytes(_BYTES)
    if content[0] != _VERSION:
        raise InvalidLink
    link = Link(content[:_SIGNED], content[_SIGNED:])
    if link.expires_at <= now:
        raise ExpiredLink
    return link


def write(key: bytes, request_id: str, approver: int, expires_at: int) -> str:
    """The link of one approver of one request, signed with ``key``."""
    signed = b"".join(
        (
            _VERSION.to_bytes(),
            key_id(key),
            expires_at.to_bytes(5),
            bytes.fromhex(request_id),
            approver.to_bytes(2),
        )
    )
    number = int.from_bytes(signed + _sign(key, signed))
    return "".join(
        _DIGITS[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5)
    )


def key_id(key: bytes) -> bytes:
    """Four bytes that tell which key it is, and nothing of the key."""
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(_PURPOSE + key).digest()[:4]


def _sign(key: bytes, signed: bytes) -> bytes:
    import hmac  # noqa: PLC0415

    return hmac.digest(key, _PURPOSE + signed, "sha256")
