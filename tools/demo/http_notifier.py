"""The HTTP notifier's part of the demo: a workflow tells a stand-in of Slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stepwire import aws, http_calls
from stepwire.terraform import Terraform
from stepwire.testing import Execution, Executions
from tools.demo import tables
from tools.demo.server import StandIn
from tools.demo.tables import print_table

EXAMPLE = Path("examples/slack-notification")
HOST = "hooks.slack.com"
# Any value: the stand-in ignores it.
_TRIGGER_URL = f"https://{HOST}/triggers/T00000000/1234567890/stand-in"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Notification:
    """A notification, Slack's answers in turn, and the execution's expected end."""

    text: str
    answers: tuple[int, ...]
    ends: str


@dataclass(frozen=True)
class Outcome:
    """The number of requests that Slack got, and the end of the execution."""

    notification: Notification
    received: int
    ended: str
    is_good: bool


NOTIFICATIONS = (
    Notification("Order o-1 was shipped", (200,), "SUCCEEDED"),
    Notification("Order o-2 was shipped", (500, 503, 200), "SUCCEEDED"),
    Notification("Order o-3 was shipped", (429, 200), "SUCCEEDED"),
    Notification("Order o-4 was shipped", (404,), "FAILED"),
)


class SlackStandIn(StandIn):
    """Answers like Slack.

    ``answers`` are the statuses of the next requests, ``received`` their bodies.
    """

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.received: list[Any] = []

    def answer(self, _method: str, _path: str, body: Any) -> tuple[int, Any]:
        self.received.append(body)
        status = self.answers.pop(0)
        return status, {"ok": status == 200}


def deploy(terraform: Terraform) -> str:
    """Applies the example; the ARN of its workflow."""
    outputs = terraform.apply({"slack_trigger_url": _TRIGGER_URL})
    return str(outputs["start_arn"])


def run(start_arn: str, environment: Mapping[str, str], console: Console) -> bool:
    """Send every notification, and print its outcome.

    Whether all ended as expected is returned. The emulator sends what is meant for
    Slack to a stand-in while this lasts, and nowhere afterwards.
    """
    endpoint_url = environment["AWS_ENDPOINT_URL"]
    executions = Executions(aws.client("stepfunctions", environment))
    outcomes: list[Outcome] = []
    with SlackStandIn() as slack:
        http_calls.change(endpoint_url, hosts={HOST: slack.url})
        for notification in NOTIFICATIONS:
            slack.answers[:] = notification.answers
            slack.received.clear()
            execution = executions.start(start_arn, {"text": notification.text})
            execution.wait(_PATIENCE_SECONDS)
            is_good = _is_as_expected(notification, execution, slack)
            outcomes.append(
                Outcome(notification, len(slack.received), _end(execution), is_good)
            )
    http_calls.change(endpoint_url, hosts={HOST: None})
    print_table(table(outcomes), console)
    good = sum(outcome.is_good for outcome in outcomes)
    console.print(
        f"{good} of {len(NOTIFICATIONS)} notifications ended as expected.",
        style="bold green" if good == len(NOTIFICATIONS) else "bold red",
    )
    return good == len(NOTIFICATIONS)


def table(outcomes: Sequence[Outcome]) -> Table:
    """One row for each notification."""
    shown = tables.table(("notification", "Slack answered", "Slack got", "ended", ""))
    for outcome in outcomes:
        shown.add_row(
            escape(outcome.notification.text),
            ", ".join(map(str, outcome.notification.answers)),
            "once" if outcome.received == 1 else f"{outcome.received} times",
            escape(outcome.ended),
            tables.GOOD if outcome.is_good else tables.BAD,
        )
    return shown


def _is_as_expected(
    notification: Notification, execution: Execution, slack: SlackStandIn
) -> bool:
    sent = {"type": "notification", "text": notification.text}
    return execution.status == notification.ends and slack.received == [sent] * len(
        notification.answers
    )


def _end(execution: Execution) -> str:
    described = execution.describe()
    return str(described.get("error", described["status"]))
