"""Secrets of Secrets Manager: read once, and again when none of them fits.

A secret's two newest versions count, which Secrets Manager labels AWSCURRENT and
AWSPREVIOUS: a sender may go on signing with the one before until it has the new one. To
end that at once, take the label AWSPREVIOUS away from the old version.
"""

from __future__ import annotations

import time

from webhook_publisher import aws

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# A version that was rotated out is forgotten after this long.
_FRESH_SECONDS = 300.0
# Requests with made-up signatures must not become as many calls.
_PAUSE_SECONDS = 2.0

_known: dict[str, Secret] = {}


class Secret:
    """One secret of Secrets Manager, as far as it is known here."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self._versions: list[str] = []
        self._asked_at = self._asked_for_both_at = float("-inf")

    def any_fits(self, fits: Callable[[str], bool]) -> bool:
        """Whether one of the two versions fits; raises aws.Unavailable."""
        now = time.monotonic()
        if now - self._asked_at > _FRESH_SECONDS:
            self._versions = [self._version("AWSCURRENT")]
            self._asked_at, self._asked_for_both_at = now, float("-inf")
        if any(fits(version) for version in self._versions):
            return True
        # Before the first rotation there is no other: most cold starts ask once.
        if now - self._asked_for_both_at <= _PAUSE_SECONDS:
            return False
        self._versions = [self._version("AWSCURRENT"), *self._previous()]
        self._asked_at = self._asked_for_both_at = now
        return any(fits(version) for version in self._versions)

    def current(self, *, anew: bool = False) -> str:
        """The newest version, from memory unless ``anew``; raises aws.Unavailable."""
        now = time.monotonic()
        if anew or now - self._asked_at > _FRESH_SECONDS:
            self._versions = [self._version("AWSCURRENT")]
            self._asked_at = now
        return self._versions[0]

    def _previous(self) -> list[str]:
        try:
            return [self._version("AWSPREVIOUS")]
        except aws.Unavailable as error:
            if error.code != "ResourceNotFoundException":
                raise
            return []

    def _version(self, stage: str) -> str:
        answer = aws.call(
            "secretsmanager",
            "get_secret_value",
            SecretId=self._arn,
            VersionStage=stage,
        )
        # Files and pipes leave a line end behind.
        return str(answer["SecretString"]).strip()


def secret(arn: str) -> Secret:
    """The secret with this ARN; one object for as long as the function lives."""
    return _known.setdefault(arn, Secret(arn))
