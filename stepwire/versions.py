"""``stepwire versions``: what there is of a state machine, and what is in use."""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from stepwire.arns import region_of
from stepwire.errors import StepwireError
from stepwire.session import Session, translate_boto_errors
from stepwire.terminal import output, print_records


@dataclass
class Version:
    """A published version of a state machine.

    ``weights`` are the percentages of new executions that it gets, by alias.
    ``running`` is how many executions run on it; None where the state machine is
    EXPRESS, whose executions nobody lists.
    """

    arn: str
    number: int
    created: datetime
    description: str
    running: int | None
    weights: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Versions:
    """The versions, the newest first, and what runs without one."""

    versions: list[Version]
    running_unversioned: int | None


def read(client: Any, state_machine_arn: str) -> Versions:
    """Asks Step Functions for the versions of ``state_machine_arn`` (unqualified).

    Costs a call for each version and each alias, and one more for every 1000
    executions that run. Raises StepwireError where AWS refuses one.
    """
    with translate_boto_errors():
        weights = _weights(client, state_machine_arn)
        express = (
            client.describe_state_machine(stateMachineArn=state_machine_arn)["type"]
            == "EXPRESS"
        )
        versions = []
        for item in _pages(
            client.list_state_machine_versions,
            "stateMachineVersions",
            stateMachineArn=state_machine_arn,
        ):
            arn = item["stateMachineVersionArn"]
            versions.append(
                Version(
                    arn,
                    int(arn.rpartition(":")[2]),
                    item["creationDate"],
                    _description(client, arn),
                    None if express else sum(1 for _ in _running(client, arn)),
                    weights.get(arn, {}),
                )
            )
        unversioned = (
            None
            if express
            else sum(
                "stateMachineVersionArn" not in execution
                for execution in _running(client, state_machine_arn)
            )
        )
    versions.sort(key=lambda version: version.number, reverse=True)
    return Versions(versions, unversioned)


def retained(
    client: Any, state_machine_arn: str, also: Collection[int] = ()
) -> dict[str, str]:
    """The definitions of the versions in use, and of those in ``also``, by number.

    In use is a version that an alias routes to, and one on which executions run;
    whether any run on an EXPRESS one nobody knows. Raises StepwireError where there
    is no version of a number in ``also``.
    """
    found = read(client, state_machine_arn).versions
    if missing := set(also) - {version.number for version in found}:
        raise StepwireError(
            f"{state_machine_arn} has no version {min(missing)}.",
            hint="`stepwire versions` lists those that it has.",
        )
    with translate_boto_errors():
        return {
            str(version.number): str(
                client.describe_state_machine(stateMachineArn=version.arn)["definition"]
            )
            for version in found
            if version.weights or version.running or version.number in also
        }


COLUMNS = ("version", "published", "aliases", "running", "description")


def records(found: Versions) -> list[tuple[str, ...]]:
    """The versions by COLUMNS; last what runs without one, where anything does."""
    shown: list[tuple[str, ...]] = [
        (
            str(version.number),
            f"{version.created.astimezone():%Y-%m-%d %H:%M}",
            ", ".join(
                f"{alias} {weight} %" for alias, weight in version.weights.items()
            ),
            "-" if version.running is None else str(version.running),
            version.description,
        )
        for version in found.versions
    ]
    if found.running_unversioned:
        shown.append(("none", "", "", str(found.running_unversioned), ""))
    return shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "state_machine", help="the state machine, by name, ARN or alias's ARN"
    )
    parser.add_argument(
        "--retained",
        action="store_true",
        help="print the definitions of the versions in use, as the content of a "
        ".auto.tfvars.json: for permissions.retained_definitions of "
        "modules/state-machine",
    )
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=int,
        metavar="NUMBER",
        help="with --retained: one more version, to go back to",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the versions; the exit status."""
    if arguments.also and not arguments.retained:
        raise StepwireError("--also adds a version to those of --retained: give both.")
    session = Session(Path.cwd())
    arn = ":".join(session.state_machine_arn(arguments.state_machine).split(":")[:7])
    client = session.client("stepfunctions", region_of(arn))
    if arguments.retained:
        definitions = {arn.split(":")[6]: retained(client, arn, arguments.also)}
        # Not for a terminal's width, and no control character: for Terraform.
        output.file.write(
            json.dumps({"retained_definitions": definitions}, indent=2) + "\n"
        )
        return 0
    found = read(client, arn)
    if not found.versions:
        raise StepwireError(
            f"{arn} has no version.",
            hint="modules/state-machine publishes them where it has an alias.",
        )
    print_records(COLUMNS, records(found), right=("version", "running"))
    return 0


def _weights(client: Any, state_machine_arn: str) -> dict[str, dict[str, int]]:
    weights: dict[str, dict[str, int]] = {}
    for item in _pages(
        client.list_state_machine_aliases,
        "stateMachineAliases",
        stateMachineArn=state_machine_arn,
    ):
        alias = client.describe_state_machine_alias(
            stateMachineAliasArn=item["stateMachineAliasArn"]
        )
        for route in alias["routingConfiguration"]:
            arn = route["stateMachineVersionArn"]
            weights.setdefault(arn, {})[alias["name"]] = route["weight"]
    return weights


def _description(client: Any, version_arn: str) -> str:
    """The version's description; Terraform's provider sets none, so that the
    definition's Comment stands in."""
    version = client.describe_state_machine(stateMachineArn=version_arn)
    return str(
        version.get("description")
        or json.loads(version["definition"]).get("Comment")
        or ""
    )


def _running(client: Any, arn: str) -> Iterator[Any]:
    return _pages(
        client.list_executions,
        "executions",
        stateMachineArn=arn,
        statusFilter="RUNNING",
        maxResults=1000,
    )


def _pages(operation: Any, member: str, **request: Any) -> Iterator[Any]:
    while True:
        page = operation(**request)
        yield from page[member]
        if not page.get("nextToken"):
            return
        request["nextToken"] = page["nextToken"]
