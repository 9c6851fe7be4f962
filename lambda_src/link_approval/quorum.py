"""The rule by which votes decide: quorum and veto."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

UNDECIDED = "undecided"


def decision(
    choices: list[dict[str, Any]], quorum: int, approvers: int, votes: Iterable[str]
) -> str | None:
    """The choice that ``votes`` (values of choices) decide; None while they do not.

    A choice needs ``quorum`` votes, one that has a veto a single vote. The decision is
    ``undecided`` when the votes still missing can bring no choice that far.
    """
    counts = {choice["value"]: 0 for choice in choices}
    for vote in votes:
        counts[vote] += 1
    missing = {
        choice["value"]: (1 if choice["veto"] else quorum) - counts[choice["value"]]
        for choice in choices
    }
    # A veto counts before any quorum.
    for choice in sorted(choices, key=lambda choice: not choice["veto"]):
        if missing[choice["value"]] <= 0:
            value: str = choice["value"]
            return value
    still_to_vote = approvers - sum(counts.values())
    return UNDECIDED if min(missing.values()) > still_to_vote else None
