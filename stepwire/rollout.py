"""``stepwire rollout``: starts, watches and aborts a rollout of modules/rollout.

The progress is read from the rollout's execution (its state ``Plan``) and from the
alias. Nothing is stored here, so that any machine can watch.
"""

from __future__ import annotations

import argparse
import getpass
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from stepwire.arns import region_of
from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.session import Session, translate_boto_errors

_PAUSE_SECONDS = 1.0
_UNDONE_WITHIN_SECONDS = 120
_VISIBLE_WITHIN_SECONDS = 10
_ERROR = "Rollout.Aborted"


@dataclass(frozen=True)
class Plan:
    """The versions between which a rollout moves an alias."""

    alias_arn: str
    version_arn: str
    version: int
    previous: int

    @property
    def alias(self) -> str:
        return self.alias_arn.rpartition(":")[2]


class Rollout:
    """An execution of a rollout's state machine."""

    def __init__(self, client: Any, execution_arn: str) -> None:
        self._client = client
        self.arn = execution_arn
        self._plan: Plan | None = None

    @classmethod
    def start(cls, client: Any, rollout_arn: str, version_arn: str | None) -> Rollout:
        """Starts to shift the alias to ``version_arn``, or to the newest version."""
        document = {} if version_arn is None else {"version_arn": version_arn}
        with translate_boto_errors():
            started = client.start_execution(
                stateMachineArn=rollout_arn, input=json.dumps(document)
            )
        return cls(client, started["executionArn"])

    @classmethod
    def latest(cls, client: Any, rollout_arn: str) -> Rollout:
        """The rollout that runs, or else the last one.

        Raises StepwireError where there is neither.
        """
        with translate_boto_errors():
            for options in ({"statusFilter": "RUNNING"}, {}):
                found = client.list_executions(
                    stateMachineArn=rollout_arn, maxResults=1, **options
                )["executions"]
                if found:
                    return cls(client, found[0]["executionArn"])
        raise StepwireError(
            f"{rollout_arn} has not rolled out anything yet.",
            hint="`stepwire rollout start` starts one.",
        )

    def describe(self) -> Mapping[str, Any]:
        """The response of DescribeExecution."""
        deadline = time.monotonic() + _VISIBLE_WITHIN_SECONDS
        with translate_boto_errors():
            while True:
                try:
                    response: Mapping[str, Any] = self._client.describe_execution(
                        executionArn=self.arn
                    )
                except self._client.exceptions.ExecutionDoesNotExist:
                    # AWS may not find a new execution at once.
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(_PAUSE_SECONDS)
                else:
                    return response

    def plan(self) -> Plan | None:
        """The plan; None before it is made, and where the rollout is refused."""
        if self._plan is None:
            self._plan = next(self._plans(), None)
        return self._plan

    def weight(self) -> int:
        """The new version's share of new executions now, in percent."""
        plan = self.plan()
        if plan is None:
            return 0
        with translate_boto_errors():
            alias = self._client.describe_state_machine_alias(
                stateMachineAliasArn=plan.alias_arn
            )
        return sum(
            int(route["weight"])
            for route in alias["routingConfiguration"]
            if route["stateMachineVersionArn"] == plan.version_arn
        )

    def stop(self, cause: str) -> None:
        """Stops it. An EventBridge rule then restores the alias: see ``undone``."""
        with translate_boto_errors():
            self._client.stop_execution(
                executionArn=self.arn, error=_ERROR, cause=cause
            )

    def undone(self) -> Rollout | None:
        """The execution that EventBridge started to restore the alias, or None."""
        machine_arn = self.arn.replace(":execution:", ":stateMachine:").rpartition(":")[
            0
        ]
        began = self.describe()["startDate"]
        with translate_boto_errors():
            newest = self._client.list_executions(
                stateMachineArn=machine_arn, maxResults=20
            )["executions"]
        for item in newest:
            if item["startDate"] < began or item["executionArn"] == self.arn:
                continue
            other = Rollout(self._client, item["executionArn"])
            document = json.loads(other.describe().get("input") or "{}")
            detail = document.get("detail") if isinstance(document, dict) else None
            if isinstance(detail, dict) and detail.get("executionArn") == self.arn:
                return other
        return None

    def _plans(self) -> Iterator[Plan]:
        with translate_boto_errors():
            pages = self._client.get_paginator("get_execution_history").paginate(
                executionArn=self.arn, includeExecutionData=True
            )
            for page in pages:
                for event in page["events"]:
                    details = event.get("stateExitedEventDetails", {})
                    if details.get("name") == "Plan":
                        plan = json.loads(details["output"])
                        if not plan["problem"]:
                            yield Plan(
                                plan["alias_arn"],
                                plan["to"],
                                plan["to_number"],
                                plan["from_number"],
                            )


def watch(rollout: Rollout, messages: Console) -> str:
    """Shows the progress until the rollout ends; returns its outcome as a sentence.

    Raises StepwireError, with the rollout's error and cause, where it did not succeed.
    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=messages,
    )
    shown: int | None = None
    with bar:
        task = bar.add_task("reading the versions", total=100)
        while True:
            # The status is read first, so that the last line shows the final weight.
            described = rollout.describe()
            plan = rollout.plan()
            if plan is not None:
                weight = rollout.weight()
                bar.update(
                    task,
                    completed=weight,
                    description=f"{plan.alias}: version {plan.version}",
                )
                if weight != shown:
                    rest = f", version {plan.previous} {100 - weight} %"
                    bar.console.print(
                        f"{time.strftime('%H:%M:%S')}  {plan.alias}: version "
                        f"{plan.version} gets {weight} %{rest if weight < 100 else ''}",
                    )
                    shown = weight
            if described["status"] != "RUNNING":
                break
            time.sleep(_PAUSE_SECONDS)
    return outcome(described)


def outcome(described: Mapping[str, Any]) -> str:
    """The outcome of an ended rollout, from its DescribeExecution, as a sentence.

    Raises StepwireError, with the rollout's error and cause, where it did not succeed.
    """
    status = described["status"]
    if status != "SUCCEEDED":
        why = ": ".join(
            str(described[key]) for key in ("error", "cause") if described.get(key)
        )
        raise StepwireError(
            f"The rollout {described['name']} is {status}. {why}".strip(),
            hint="The alias is restored within seconds."
            if status == "ABORTED"
            else None,
        )
    result = json.loads(described["output"])
    alias = str(result["alias_arn"]).rpartition(":")[2]
    match result["status"]:
        case "succeeded":
            deleted = ", ".join(map(str, sorted(result["deleted"])))
            trimmed = f" Deleted versions: {deleted}." if deleted else ""
            version = str(result["version_arn"]).rpartition(":")[2]
            return f"{alias} is at version {version}.{trimmed}"
        case "rolled_back":
            routes = " and ".join(
                f"version {route['StateMachineVersionArn'].rpartition(':')[2]} "
                f"({route['Weight']} %)"
                for route in result["routing"]
            )
            return f"{alias} is back at {routes}: {result['because']}"
        case _:
            return f"Nothing to do: {alias} already points there."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    which = "the rollout's state machine, by name or ARN"
    start = actions.add_parser("start", help="shift the alias, and watch")
    start.add_argument("rollout", help=which)
    start.add_argument(
        "--version", metavar="ARN", help="to this version; to the newest by default"
    )
    start.add_argument(
        "--no-watch", action="store_true", help="do not wait for the end"
    )
    watching = actions.add_parser(
        "watch", help="show the progress of the one that runs"
    )
    watching.add_argument("rollout", help=which)
    abort = actions.add_parser(
        "abort", help="stop the one that runs; the alias is restored"
    )
    abort.add_argument("rollout", help=which)
    abort.add_argument(
        "--cause", help="the reason, kept in the execution; by default the user's name"
    )


def run(arguments: argparse.Namespace, messages: Console, output: Console) -> int:
    """Carries out the action; the exit status. Raises StepwireError."""
    session = Session(Path.cwd())
    arn = session.state_machine_arn(arguments.rollout)
    client = session.client("stepfunctions", region_of(arn))
    match arguments.action:
        case "start":
            rollout = Rollout.start(client, arn, arguments.version)
            messages.print(f"Started {rollout.arn} on {session.target}")
            if arguments.no_watch:
                return 0
            result = _watched(rollout, messages)
        case "watch":
            result = _watched(Rollout.latest(client, arn), messages)
        case _:
            result = abort_and_wait(
                Rollout.latest(client, arn),
                arguments.cause or f"stopped by {getpass.getuser()}",
            )
    output.print(printable(result), markup=False)
    return 0


def abort_and_wait(rollout: Rollout, cause: str) -> str:
    """Stops a rollout and waits until the alias is restored; the outcome.

    Raises StepwireError where it does not run, and where the alias is not restored
    within two minutes.
    """
    if (status := rollout.describe()["status"]) != "RUNNING":
        raise StepwireError(
            f"No rollout runs: the last one, {rollout.arn}, is {status}."
        )
    rollout.stop(cause)
    deadline = time.monotonic() + _UNDONE_WITHIN_SECONDS
    while time.monotonic() < deadline:
        undone = rollout.undone()
        if undone is not None:
            described = undone.describe()
            if described["status"] != "RUNNING":
                return outcome(described)
        time.sleep(_PAUSE_SECONDS / 2)
    raise StepwireError(
        f"{rollout.arn} is stopped, but after {_UNDONE_WITHIN_SECONDS} s nothing has "
        "restored the alias.",
        hint="The next rollout restores it first. `stepwire versions` shows its "
        "routing.",
    )


def _watched(rollout: Rollout, messages: Console) -> str:
    try:
        return watch(rollout, messages)
    except KeyboardInterrupt:
        messages.print(
            "No longer watched; the rollout goes on. `stepwire rollout watch` watches "
            "it, `stepwire rollout abort` ends it."
        )
        raise
