"""The life cycle's part of the demo: a new version gets everyone step by step."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from stepwire import aws
from stepwire.terraform import Terraform
from stepwire.testing import Executions

EXAMPLE = Path("examples/rollout")
OLD: Final = "EUR"
NEW: Final = "USD"
_WAIT_SECONDS: Final = 4
_STARTED: Final = 50
_PATIENCE_SECONDS: Final = 60


def deploy(terraform: Terraform, currency: str) -> dict[str, str]:
    """Applies the example, whose workflow answers with ``currency``; its outputs."""
    return terraform.apply({"currency": currency, "wait_seconds": _WAIT_SECONDS})


def run(
    terraform: Terraform,
    start_arn: str,
    environment: Mapping[str, str],
    console: Console,
) -> bool:
    """Change the workflow, roll the new version out, and print who gets what.

    Whether the old version, both, and the new one were live in turn is returned.
    """
    client = aws.client("stepfunctions", environment)
    executions = Executions(client)
    # A demo that runs again begins with the version that it ended with.
    [old] = _answers(executions, start_arn, 1)
    outputs = deploy(terraform, NEW if old == OLD else OLD)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("the new version is", "the alias", f"{_STARTED} executions said"):
        table.add_column(column)
    live = []

    def tell(when: str) -> Counter[str]:
        weights = _weights(client, start_arn)
        said = _answers(executions, start_arn, _STARTED)
        live.append(len(weights))
        table.add_row(when, _listed(weights, " %"), _listed(said, " times"))
        return said

    published = tell("published")
    rollout = executions.start(outputs["rollout_arn"])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(_weights(client, start_arn)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    tell("tried")
    rollout.assert_status("SUCCEEDED", _PATIENCE_SECONDS)
    rolled_out = tell("rolled out")
    console.print(table)
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


def _answers(executions: Executions, start_arn: str, count: int) -> Counter[str]:
    """What ``count`` new executions answer, and how often."""
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


def _listed(counts: Counter[str], unit: str) -> str:
    return ", ".join(f"{name}: {count}{unit}" for name, count in counts.items())
