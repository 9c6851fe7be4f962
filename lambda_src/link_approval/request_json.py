"""A request as JSON, for programs (``Accept: application/json``)."""

from __future__ import annotations

from link_approval.store import Request
from link_approval.texts import label
from shared import timestamps


def request_json(request: Request, approver: int) -> dict[str, object]:
    """The request as one approver, by index, may see it; times are UTC, ISO 8601."""
    decision = None
    if request.decision is not None:
        decision = {
            "decision": request.decision,
            "decided_by": request.decided_by,
            "decided_at": request.decided_at,
            "comment": request.comment or None,
        }
    vote = request.votes.get(approver)
    return {
        "request_id": request.id,
        "status": request.status,
        "title": request.content["title"],
        "summary": request.content["summary"],
        "details": dict(request.content["details"]),
        "links": dict(request.content["links"]),
        "approver": request.approvers[approver],
        "choices": [
            {"value": choice["value"], "label": label(choice)}
            for choice in request.choices
        ],
        "comment": request.comment_rule,
        "quorum": request.quorum,
        "votes": len(request.votes),
        "expires_at": timestamps.iso(request.expires_at),
        "your_vote": None if vote is None else _vote_json(vote),
        "decision": decision,
    }


def _vote_json(vote: dict[str, str]) -> dict[str, str | None]:
    return {key: value or None for key, value in vote.items()}
