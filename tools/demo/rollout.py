"""The life cycle's part of the demo: a gradual rollout of a new version."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from stepwire import aws
from stepwire.terraform import Terraform
from stepwire.testing import Executions
from tools.demo import tables
from tools.demo.tables import print_table

EXAMPLE = Path("examples/rollout")
OLD: Final = "EUR"
NEW: Final = "USD"
_WAIT_SECONDS: Final = 4
_STARTED: Final = 50
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True)
class Moment:
    """Percentages of the alias by version, and the number of each answer."""

    when: str
    weights: Mapping[str, int]
    said: Mapping[str, int]


def deploy(terraform: Terraform, currency: str) -> dict[str, str]:
    """Applies the example, whose workflow answers with ``currency``; its outputs."""
    return terraform.apply({"currency": currency, "wait_seconds": _WAIT_SECONDS})


def run(
    change: Callable[[str], Mapping[str, str]],
    start_arn: str,
    environment: Mapping[str, str],
    console: Console,
) -> bool:
    """Change the workflow, roll the new version out, and print the shift.

    ``change`` deploys the workflow with another currency and returns the example's
    outputs. Whether the old version, both, and the new one were live in turn is
    returned.
    """
    client = aws.client("stepfunctions", environment)
    executions = Executions(client)
    # A repeated demo begins with the version with which the last one ended.
    [old] = _answers(executions, start_arn, 1)
    outputs = change(NEW if old == OLD else OLD)
    moments: list[Moment] = []

    def tell(when: str) -> Counter[str]:
        weights = _weights(client, start_arn)
        said = _answers(executions, start_arn, _STARTED)
        moments.append(Moment(when, weights, said))
        return said

    published = tell("published")
    rollout = executions.start(outputs["rollout_arn"])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(_weights(client, start_arn)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    tell("tried")
    rollout.assert_status("SUCCEEDED", _PATIENCE_SECONDS)
    rolled_out = tell("rolled out")
    print_table(table(moments), console)
    live = [len(moment.weights) for moment in moments]
    is_good = (
        live == [1, 2, 1] and list(published) == [old] and list(rolled_out) != [old]
    )
    console.print(
        "The new version was tried by a tenth of the executions, and then got them all."
        if is_good
        else "The rollout did not end as expected.",
        style="bold green" if is_good else "bold red",
    )
    return is_good


def table(moments: Sequence[Moment]) -> Table:
    """One row for each moment."""
    shown = tables.table(
        ("the new version is", "the alias", f"{_STARTED} executions said")
    )
    for moment in moments:
        # The most frequent first: the order of the answers is random.
        said = dict(Counter(moment.said).most_common())
        shown.add_row(
            moment.when, _listed(moment.weights, " %"), _listed(said, " times")
        )
    return shown


def _answers(executions: Executions, start_arn: str, count: int) -> Counter[str]:
    """The answers of ``count`` new executions, with the number of each."""
    started = [executions.start(start_arn) for _ in range(count)]
    return Counter(
        str(execution.assert_status("SUCCEEDED").output["currency"])
        for execution in started
    )


def _weights(client: Any, alias_arn: str) -> Counter[str]:
    """Percent of new executions by version: ``{"version 2": 100}``."""
    alias = client.describe_state_machine_alias(stateMachineAliasArn=alias_arn)
    return Counter(
        {
            f"version {route['stateMachineVersionArn'].rpartition(':')[2]}": route[
                "weight"
            ]
            for route in alias["routingConfiguration"]
            if route["weight"]
        }
    )


def _listed(counts: Mapping[str, int], unit: str) -> str:
    return ", ".join(f"{name}: {count}{unit}" for name, count in counts.items())
