"""``stepwire executions``: what ran and what runs, the newest first."""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stepwire.arns import region_of
from stepwire.session import Session, translate_boto_errors
from stepwire.terminal import messages, output, print_records

COLUMNS = ("status", "started", "seconds", "execution")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "state_machine",
        nargs="?",
        help="one state machine, by name or ARN; all of them by default",
    )
    parser.add_argument(
        "--region",
        type=_region,
        help="the region; by default the ARN's, or us-east-1 on an emulator",
    )
    parser.add_argument(
        "--status",
        type=str.upper,
        choices=("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"),
        help="only executions with this status",
    )
    parser.add_argument(
        "-n",
        "--number",
        type=_number,
        default=20,
        metavar="N",
        help="the largest number to list; 20 by default",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the executions; the exit status. Raises StepwireError."""
    session = Session(Path.cwd())
    if arguments.state_machine is None:
        client = session.client("stepfunctions", arguments.region)
        with translate_boto_errors():
            pages = client.get_paginator("list_state_machines").paginate()
            arns = [
                machine["stateMachineArn"]
                for page in pages
                for machine in page["stateMachines"]
            ]
    else:
        arns = [session.state_machine_arn(arguments.state_machine, arguments.region)]
        client = session.client("stepfunctions", region_of(arns[0]))
    filters = {"statusFilter": arguments.status} if arguments.status else {}
    found = newest(client, arns, arguments.number, filters)
    if not found:
        region = client.meta.region_name
        messages.print(f"There is no such execution in {region} on {session.target}.")
    print_records(
        COLUMNS,
        [record(item, is_short=output.is_terminal) for item in found],
        right=("seconds",),
    )
    return 0


def newest(
    client: Any, arns: Sequence[str], number: int, filters: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """At most ``number`` items of ListExecutions, of all ``arns`` together."""
    found: list[Mapping[str, Any]] = []
    express: list[str] = []
    with translate_boto_errors():
        for arn in arns:
            try:
                found += itertools.islice(_executions(client, arn, filters), number)
            except client.exceptions.StateMachineTypeNotSupported:
                express.append(arn.split(":")[6])
            except client.exceptions.StateMachineDoesNotExist:
                if len(arns) == 1:
                    raise
                # Deleted since it was listed.
    if express:
        messages.print(f"Not listed, because they are EXPRESS: {', '.join(express)}")
    found.sort(key=lambda item: item["startDate"], reverse=True)
    return found[:number]


def record(item: Mapping[str, Any], *, is_short: bool) -> tuple[str, ...]:
    """An item of ListExecutions by COLUMNS.

    ``is_short`` is for people: the local time of today or an earlier date, and
    STATE_MACHINE:NAME for the ARN. ``stepwire history`` takes either.
    """
    began = item["startDate"].astimezone()
    ended = item.get("stopDate") or datetime.now(UTC)
    seconds = f"{(ended - began).total_seconds():.1f}"
    arn = str(item["executionArn"])
    if is_short:
        is_today = began.date() == datetime.now().astimezone().date()
        when = f"{began:%H:%M:%S}" if is_today else f"{began:%Y-%m-%d}"
        return item["status"], when, seconds, arn.split(":", 6)[6]
    return item["status"], began.isoformat(timespec="milliseconds"), seconds, arn


def _executions(
    client: Any, arn: str, filters: Mapping[str, str]
) -> Iterator[Mapping[str, Any]]:
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=arn, **filters
    )
    for page in pages:
        yield from page["executions"]


def _region(text: str) -> str:
    # A region that is none is refused by no emulator, and by AWS as an unknown host.
    if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no region, such as eu-west-1")
    return text


def _number(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return number
