"""The keys that sign links: the current one, and the one before it.

They are two versions of one secret, told apart by Secrets Manager's own labels
AWSCURRENT and AWSPREVIOUS, so that links which were signed before a rotation go on
working after it.
"""

from __future__ import annotations

import os
import time

from link_approval import aws
from link_approval.link import Link, key_id

# A key that was rotated away twice is forgotten after this long.
_FRESH_SECONDS = 300.0
# Links with made-up keys must not become as many calls.
_PAUSE_SECONDS = 2.0

_known: dict[bytes, bytes] = {}
_asked_at = _asked_for_both_at = float("-inf")


def current() -> bytes:
    """The key that signs new links, asked for anew; raises aws.Unavailable."""
    return _version("AWSCURRENT")


def verifies(link: Link) -> bool:
    """Whether one of the two keys signed ``link``; raises aws.Unavailable."""
    global _asked_at, _asked_for_both_at  # noqa: PLW0603
    now = time.monotonic()
    if now - _asked_at > _FRESH_SECONDS:
        _remember([current()])
        _asked_at, _asked_for_both_at = now, float("-inf")
    # Before the first rotation there is no other key: most cold starts ask once.
    if link.key_id not in _known and now - _asked_for_both_at > _PAUSE_SECONDS:
        _remember([current(), *_previous()])
        _asked_at = _asked_for_both_at = now
    key = _known.get(link.key_id)
    return key is not None and link.is_signed_with(key)


def _remember(keys: list[bytes]) -> None:
    _known.clear()
    _known.update((key_id(key), key) for key in keys)


def _previous() -> list[bytes]:
    try:
        return [_version("AWSPREVIOUS")]
    except aws.Unavailable as error:
        if error.code != "ResourceNotFoundException":
            raise
        return []


def _version(stage: str) -> bytes:
    answer = aws.call(
        "secretsmanager",
        "get_secret_value",
        SecretId=os.environ["SECRET_ARN"],
        VersionStage=stage,
    )
    key: str = answer["SecretString"]
    return key.encode()
