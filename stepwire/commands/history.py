"""``stepwire history``: what happened in an execution, an event a line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stepwire.arns import region_of
from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.session import Session, translate_boto_errors
from stepwire.terminal import messages, print_records
from stepwire.testing import Execution, error_and_cause, steps

COLUMNS = ("seconds", "event", "state", "why")
_ARN = re.compile(r"arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "execution",
        help="the execution's ARN, or STATE_MACHINE:NAME from `stepwire executions`",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints how the execution ended, and its history; the exit status.

    Raises StepwireError where there is no such execution.
    """
    session = Session(Path.cwd())
    arn = execution_arn(session, arguments.execution)
    execution = Execution(session.client("stepfunctions", region_of(arn)), arn)
    with translate_boto_errors():
        described, events = execution.describe(), execution.history()
    messages.print(printable(verdict(described)), markup=False)
    print_records(COLUMNS, records(events), right=("seconds",))
    return 0


def execution_arn(session: Session, name: str) -> str:
    """The ARN of ``name``, which is one or is STATE_MACHINE:NAME."""
    if _ARN.fullmatch(name):
        return name
    machine, separator, execution = name.rpartition(":")
    if name.startswith("arn:") or not separator or not machine or not execution:
        raise StepwireError(
            f"{name} names no execution.",
            hint="One is arn:aws:states:REGION:ACCOUNT:execution:STATE_MACHINE:NAME, "
            "or STATE_MACHINE:NAME; `stepwire executions` lists them.",
        )
    found = session.state_machine_arn(machine)
    return f"{found.replace(':stateMachine:', ':execution:')}:{execution}"


def verdict(described: Mapping[str, Any]) -> str:
    """An execution's end, from its DescribeExecution: status, error, whole cause."""
    why = error_and_cause(described)
    return f"{described['name']} is {described['status']}. {why}".rstrip()


def records(events: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The events of GetExecutionHistory by COLUMNS; seconds since the first."""
    for step in steps(events):
        yield f"{step.seconds:.3f}", step.event, step.state, step.why
