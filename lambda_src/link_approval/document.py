"""A request as programs see it (``Accept: application/json``)."""

from __future__ import annotations

from link_approval.store import Request
from link_approval.texts import label
from shared import moments


def document(request: Request, place: int) -> dict[str, object]:
    """What the approver at ``place`` may know; times are UTC, ISO 8601."""
    decision = None
    if request.decision is not None:
        decision = {
            "decision": request.decision,
            "decided_by": request.decided_by,
            "decided_at": request.decided_at,
            "comment": request.comment or None,
        }
    vote = request.votes.get(place)
    return {
        "request_id": request.id,
        "status": request.status,
        "title": request.asked["title"],
        "summary": request.asked["summary"],
        "details": dict(request.asked["details"]),
        "links": dict(request.asked["links"]),
        "approver": request.approvers[place],
        "choices": [
            {"value": choice["value"], "label": label(choice)}
            for choice in request.choices
        ],
        "comment": request.comment_rule,
        "quorum": request.quorum,
        "votes": len(request.votes),
        "expires_at": moments.iso(request.expires_at),
        "your_vote": None if vote is None else _shown(vote),
        "decision": decision,
    }


def _shown(vote: dict[str, str]) -> dict[str, str | None]:
    return {key: value or None for key, value in vote.items()}
