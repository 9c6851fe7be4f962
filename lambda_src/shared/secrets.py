"""Secrets of Secrets Manager: read once, and again when none of them fits.

A secret's two newest versions count, which Secrets Manager labels AWSCURRENT and
AWSPREVIOUS: what was signed before a rotation is good for a while after it. To end that
at once, take the label AWSPREVIOUS away from the old version.
"""

from __future__ import annotations

import time

from shared.aws import Unavailable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# A version that was rotated out is forgotten after this long.
_FRESH_SECONDS = 300.0
# Requests with made-up signatures must not become as many calls.
_PAUSE_SECONDS = 2.0

_known: dict[str, Secret] = {}


class Secret:
    """One secret of Secrets Manager, as far as it is known here.

    ``call`` is an ``Aws.call``; what it raises, the methods raise.
    """

    def __init__(self, arn: str, call: Callable[..., Any]) -> None:
        self._arn = arn
        self._call = call
        self._versions: list[str] = []
        self._asked_at = self._asked_for_both_at = float("-inf")

    def find(self, fits: Callable[[str], bool]) -> str | None:
        """The version of the two that ``fits``; None when neither does."""
        now = time.monotonic()
        if now - self._asked_at > _FRESH_SECONDS:
            self._ask(now)
        # Before the first rotation there is no other: most cold starts ask once.
        found = next(filter(fits, self._versions), None)
        if found is not None or now - self._asked_for_both_at <= _PAUSE_SECONDS:
            return found
        self._versions = [self._version("AWSCURRENT"), *self._previous()]
        self._asked_at = self._asked_for_both_at = now
        return next(filter(fits, self._versions), None)

    def current(self, *, refresh: bool = False) -> str:
        """The newest version, from memory unless ``refresh``."""
        now = time.monotonic()
        if refresh or now - self._asked_at > _FRESH_SECONDS:
            self._ask(now)
        return self._versions[0]

    def _ask(self, now: float) -> None:
        self._versions = [self._version("AWSCURRENT")]
        self._asked_at, self._asked_for_both_at = now, float("-inf")

    def _previous(self) -> list[str]:
        try:
            return [self._version("AWSPREVIOUS")]
        except Unavailable as error:
            if error.code != "ResourceNotFoundException":
                raise
            return []

    def _version(self, stage: str) -> str:
        answer = self._call(
            "secretsmanager",
            "get_secret_value",
            SecretId=self._arn,
            VersionStage=stage,
        )
        return str(answer["SecretString"])


def secret(arn: str, call: Callable[..., Any]) -> Secret:
    """The secret with this ARN; one object for as long as the function lives."""
    return _known.setdefault(arn, Secret(arn, call))
