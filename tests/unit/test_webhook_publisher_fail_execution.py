"""The failure of an execution, and its continuation after a redrive."""

from __future__ import annotations

import json
from typing import Any

import pytest

from webhook_publisher import fail_execution

# "Service quotas" in the Step Functions guide: characters of an error's cause.
LONGEST_CAUSE = 32_768


def event_of(
    outcome: str, redrives: tuple[int, int] = (0, 0), **summary: Any
) -> dict[str, Any]:
    then, now = redrives
    return {
        "redrives_then": then,
        "redrives_now": now,
        "summary": {"outcome": outcome, **summary},
    }


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        ("PARTLY_PUBLISHED", "PartlyPublished"),
        ("NOT_PUBLISHED", "NotPublished"),
    ],
)
@pytest.mark.parametrize("redrives", [(0, 0), (2, 2)])
def test_an_execution_fails_by_its_outcomes_name_with_its_summary(
    outcome: str, error: str, redrives: tuple[int, int]
) -> None:
    event = event_of(outcome, redrives, post={"title": "مرحبًا 🚀"})
    with pytest.raises(Exception, match=outcome) as caught:
        fail_execution.handler(event, None)
    # What Lambda calls the error's type, and Step Functions the error.
    assert type(caught.value).__name__ == error
    assert json.loads(str(caught.value)) == event["summary"]


def test_after_a_redrive_it_publishes_again() -> None:
    assert fail_execution.handler(event_of("NOT_PUBLISHED", (0, 1)), None) == {}
    assert fail_execution.handler(event_of("PARTLY_PUBLISHED", (2, 3)), None) == {}


@pytest.mark.parametrize("cause", ["x", '"\\', "é", "🚀", "\n"])
def test_a_cause_holds_a_long_summary_without_losing_the_table(cause: str) -> None:
    table = [
        {
            "destination": f"destination-{number}",
            "state": "FAILED",
            "url": "https://example.com/posts/hello",
            "cause": cause * 30_000,
        }
        for number in range(20)
    ]
    with pytest.raises(fail_execution.NotPublished) as caught:
        fail_execution.handler(event_of("NOT_PUBLISHED", destinations=table), None)
    text = str(caught.value)
    told = json.loads(text)["destinations"]
    assert [row.pop("cause")[:1] for row in told] == [cause[:1]] * 20
    assert told == [{k: v for k, v in row.items() if k != "cause"} for row in table]
    # As Lambda's runtime writes it down; an older one writes ASCII.
    raised = {
        "errorMessage": text,
        "errorType": "NotPublished",
        "requestId": "0b4c3d5e-6f70-4812-9a3b-4c5d6e7f8091",
        "stackTrace": ['  File "/var/task/webhook_publisher/fail_execution.py"'] * 3,
    }
    for is_ascii in (True, False):
        assert len(json.dumps(raised, ensure_ascii=is_ascii)) < LONGEST_CAUSE


def test_an_outcome_that_is_none_fails_as_a_mistake() -> None:
    with pytest.raises(KeyError):
        fail_execution.handler(event_of("PUBLISHED"), None)
