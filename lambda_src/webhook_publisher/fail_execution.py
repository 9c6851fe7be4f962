"""The function that ends an execution as failed, unless it has been redriven since.

A redrive goes on at the state that failed. So what fails a publication whose table says
"failed" must be a task, not a Fail state: after a redrive it lets the workflow go back
to publishing. Source: "Restarting state machine executions with redrive" in the Step
Functions guide.

Its event:

    {
      "redrives_then": 0,       how often it had been redriven when it published
      "redrives_now": 0,        and now
      "summary": {"outcome": "PARTLY_PUBLISHED" | "NOT_PUBLISHED", …}
    }

Answers ``{}`` when it was redriven in between; raises PartlyPublished or NotPublished
otherwise, which Step Functions names the execution's error, with the summary as its
message.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Step Functions takes causes of 32,768 characters. Lambda's has the message within
# JSON, so written twice, and beside it the error's type and where it was raised.
_LONGEST_CAUSE = 32_768
_REST_OF_CAUSE = 4_096


class PartlyPublished(Exception):
    """Some destinations have the post; the message is the summary."""


class NotPublished(Exception):
    """No destination has the post; the message is the summary."""


_FAILURES: dict[str, type[Exception]] = {
    "NOT_PUBLISHED": NotPublished,
    "PARTLY_PUBLISHED": PartlyPublished,
}


def handler(event: dict[str, Any], _context: object) -> dict[str, object]:
    """Fail, or let the workflow publish again."""
    if event["redrives_now"] > event["redrives_then"]:
        return {}
    summary = event["summary"]
    raise _FAILURES[summary["outcome"]](_fitted(summary))


def _fitted(summary: dict[str, Any]) -> str:
    """``summary`` as JSON, its longest texts cut until a cause can hold it."""
    text = _written(summary)
    longest = _LONGEST_CAUSE
    while len(json.dumps(text)) > _LONGEST_CAUSE - _REST_OF_CAUSE and longest:
        longest //= 2
        text = _written(_cut(summary, longest))
    return text


def _written(summary: Any) -> str:
    return json.dumps(summary, ensure_ascii=False)


def _cut(value: Any, longest: int) -> Any:
    """``value`` with no text of more than ``longest`` characters and an ellipsis."""
    if isinstance(value, str):
        return value if len(value) <= longest else value[:longest] + "…"
    if isinstance(value, dict):
        return {key: _cut(inner, longest) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cut(inner, longest) for inner in value]
    return value
