"""The requests in the table: one item each, with its votes and its audit trail.

Every change is one conditional update, which adds an entry to the item's list ``audit``
as well: a change without its entry, or an entry without its change, cannot be. The item
decides; a task token only wakes the workflow up, which then reads the item.

    request_id     S     32 hexadecimal digits
    status         S     open, decided, expired (its time is over), failed (no
                         approver could be notified) or stopped (decided, but the
                         workflow had ended)
    execution_arn  S     the execution that waits
    url            S     the function URL at which its links begin
    request        S     its content: JSON, see ``content.validated``
    settings       S     the rules: JSON, `choices`, `quorum`, `comment`
    approvers      S     JSON, a list of { email, name }
    votes          M     by the approver's index in that list: approver, decision,
                         comment, voted_at
    audit          L     of M: at, event, and details of the event
    task_token     S     while the workflow waits
    decision, decided_by, decided_at, comment, resumed_at   S, once they are known
    expires_at     N     when links stop working, seconds since 1970
    delete_at      N     when DynamoDB may delete the item
"""

from __future__ import annotations

import json
import os

from link_approval import aws
from shared import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    type Attribute = dict[str, Any]
    type Item = dict[str, Attribute]


class ConditionFailed(Exception):
    """The item is not, or no longer, as the update needs it."""


class Request:
    """One request as it was read."""

    def __init__(self, item: Item) -> None:
        self.id = str(item["request_id"]["S"])
        self.status = str(item["status"]["S"])
        self.execution_arn = str(item["execution_arn"]["S"])
        self.url = str(item["url"]["S"])
        self.content: dict[str, Any] = json.loads(item["request"]["S"])
        settings = json.loads(item["settings"]["S"])
        self.choices: list[dict[str, Any]] = settings["choices"]
        self.quorum = int(settings["quorum"])
        self.comment_rule = str(settings["comment"])
        self.approvers_json = str(item["approvers"]["S"])
        self.approvers: list[dict[str, str]] = json.loads(self.approvers_json)
        self.votes = {
            int(index): {key: str(value["S"]) for key, value in vote["M"].items()}
            for index, vote in item["votes"]["M"].items()
        }
        self.token = _text(item, "task_token")
        self.decision = _text(item, "decision")
        self.decided_by = _text(item, "decided_by")
        self.decided_at = _text(item, "decided_at")
        self.comment = _text(item, "comment")
        self.is_resumed = "resumed_at" in item
        self.expires_at = int(item["expires_at"]["N"])

    @classmethod
    def read(cls, request_id: str) -> Self | None:
        """The request as it is now; None when there is none. Raises Unavailable."""
        answer = aws.call(
            "dynamodb",
            "get_item",
            TableName=os.environ["TABLE_NAME"],
            Key={"request_id": {"S": request_id}},
            ConsistentRead=True,
        )
        return cls(answer["Item"]) if "Item" in answer else None

    def choice(self, value: str | None) -> dict[str, Any] | None:
        """The choice with this value; None when the request has no such choice."""
        return next((c for c in self.choices if c["value"] == value), None)

    def approver_with_email(self, email: str) -> dict[str, str]:
        """The approver with this address."""
        known = (a for a in self.approvers if a["email"] == email)
        return next(known, {"email": email, "name": ""})

    def update(
        self,
        assignments: dict[str, Attribute | None],
        event: Attribute,
        *,
        condition: str = "attribute_exists(request_id)",
        values: dict[str, Attribute] | None = None,
        names: dict[str, str] | None = None,
    ) -> Request:
        """Set attributes (None removes) and append ``event`` to the audit trail.

        ``assignments`` may name a path such as ``votes.#me``. Returns the request
        after the update. Raises Unavailable, and ConditionFailed when ``condition``
        does not hold.
        """
        sets = ["audit = list_append(audit, :event)"]
        removes = []
        all_names = dict(names or {})
        all_values = {**(values or {}), ":event": {"L": [event]}}
        for number, (path, value) in enumerate(assignments.items()):
            name = path
            if "#" not in path:
                name = f"#a{number}"
                all_names[name] = path
            if value is None:
                removes.append(name)
            else:
                sets.append(f"{name} = :a{number}")
                all_values[f":a{number}"] = value
        expression = "SET " + ", ".join(sets)
        if removes:
            expression += " REMOVE " + ", ".join(removes)
        options = {"ExpressionAttributeNames": all_names} if all_names else {}
        try:
            answer = aws.call(
                "dynamodb",
                "update_item",
                TableName=os.environ["TABLE_NAME"],
                Key={"request_id": {"S": self.id}},
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=all_values,
                ReturnValues="ALL_NEW",
                **options,
            )
        except aws.Unavailable as error:
            if error.code == "ConditionalCheckFailedException":
                raise ConditionFailed from None
            raise
        return Request(answer["Attributes"])


def create(item: Item) -> None:
    """Put a new request; raises ConditionFailed when there is one with its id."""
    try:
        aws.call(
            "dynamodb",
            "put_item",
            TableName=os.environ["TABLE_NAME"],
            Item=item,
            ConditionExpression="attribute_not_exists(request_id)",
        )
    except aws.Unavailable as error:
        if error.code == "ConditionalCheckFailedException":
            raise ConditionFailed from None
        raise


def audit_event(event: str, **details: str) -> Attribute:
    """An entry of the audit trail: ``at`` (UTC, ISO 8601), ``event`` and details."""
    entry = {"at": timestamps.now(), "event": event, **details}
    return {"M": {key: {"S": value} for key, value in entry.items()}}


def _text(item: Item, key: str) -> str | None:
    return str(item[key]["S"]) if key in item else None
