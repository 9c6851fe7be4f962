"""When votes become a decision."""

from __future__ import annotations

import pytest

from link_approval.quorum import decision


def choices(*vetoes: str) -> list[dict[str, object]]:
    return [
        {"value": value, "veto": value in vetoes}
        for value in ("approve", "reject", "later")
    ]


@pytest.mark.parametrize(
    ("quorum", "approvers", "votes", "expected"),
    [
        (1, 1, [], None),
        (1, 3, ["approve"], "approve"),
        (1, 3, ["reject"], "reject"),
        (2, 3, ["approve"], None),
        (2, 3, ["approve", "approve"], "approve"),
        (2, 3, ["approve", "later"], None),
        (2, 3, ["approve", "later", "later"], "later"),
        (2, 3, ["reject"], "reject"),
        (2, 3, ["approve", "reject"], "reject"),
        (3, 3, ["approve", "approve"], None),
        (3, 3, ["approve", "approve", "approve"], "approve"),
    ],
)
def test_one_rejection_rejects(
    quorum: int, approvers: int, votes: list[str], expected: str | None
) -> None:
    assert decision(choices("reject"), quorum, approvers, votes) == expected


@pytest.mark.parametrize(
    ("quorum", "approvers", "votes", "expected"),
    [
        (2, 3, ["reject"], None),
        (2, 3, ["reject", "approve"], None),
        (2, 3, ["reject", "approve", "reject"], "reject"),
        (2, 3, ["reject", "approve", "later"], "undecided"),
        (3, 3, ["approve", "reject"], "undecided"),
        (2, 4, ["approve", "reject", "later"], None),
    ],
)
def test_without_a_veto_a_rejection_is_a_vote_like_any_other(
    quorum: int, approvers: int, votes: list[str], expected: str | None
) -> None:
    assert decision(choices(), quorum, approvers, votes) == expected


def test_a_veto_can_still_come_where_no_quorum_can() -> None:
    assert decision(choices("reject"), 3, 3, ["approve", "later"]) is None
    votes = ["approve", "later", "approve"]
    assert decision(choices("reject"), 3, 3, votes) == "undecided"
