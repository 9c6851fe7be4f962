"""When votes become a decision. Pure rules, no AWS."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

UNDECIDED = "undecided"


def decision(
    choices: list[dict[str, Any]], quorum: int, approvers: int, votes: Iterable[str]
) -> str | None:
    """What the ``votes`` (values of choices) decide; None while they do not.

    A choice decides with ``quorum`` votes, one that has a veto with a single one.
    ``undecided`` when those who have not voted cannot bring any choice that far.
    """
    counts = {choice["value"]: 0 for choice in choices}
    for vote in votes:
        counts[vote] += 1
    missing = {
        choice["value"]: (1 if choice["veto"] else quorum) - counts[choice["value"]]
        for choice in choices
    }
    # A veto first: it counts whatever the others add up to.
    for choice in sorted(choices, key=lambda choice: not choice["veto"]):
        if missing[choice["value"]] <= 0:
            value: str = choice["value"]
            return value
    still_to_vote = approvers - sum(counts.values())
    return UNDECIDED if min(missing.values()) > still_to_vote else None
