"""Deploys the root module, and runs the parts of the demo one after the other."""

from __future__ import annotations

import json
import secrets
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from stepwire import http_calls, terminal
from stepwire.api import ApiClient, emulated_url
from stepwire.errors import StepwireError
from stepwire.terminal import messages
from stepwire.terraform import Terraform
from tools.demo import (
    http_notifier,
    link_approval,
    order_approval,
    rollout,
    targets,
    webhook_publisher,
)
from tools.demo.deployments import Deployments
from tools.demo.platforms import Platforms

ORDERS = Path("examples/order-approval/orders.json")
DECISION_TIMEOUT = 8
"""Seconds that an order waits for its decision. The demo waits for one that expires."""


def run(directory: Path, console: Console, *, asks: bool) -> bool:
    """Deploy the systems, use each of them, and print what to try next.

    ``directory`` is a checkout of the modules. With ``asks`` the demo waits for a
    decision in a browser; otherwise it decides itself. Returns whether everything ended
    as expected. The emulator and the deployed systems stay, also after a Ctrl-C or a
    failure; the demo then prints how to end them.
    """
    with targets.ended_by_signals(), targets.only_one(directory):
        try:
            return _run(directory, console, asks=asks)
        except StepwireError as error:
            terminal.print_error(error)
            messages.print(targets.left_running(directory), markup=False)
            return False
        except KeyboardInterrupt:
            messages.print(
                f"Interrupted. {targets.left_running(directory)}", markup=False
            )
            raise


def _run(directory: Path, console: Console, *, asks: bool) -> bool:
    began = time.monotonic()
    with console.status("preparing"):
        target = targets.prepare(directory, console)
    environment = target.environment
    with Platforms() as platforms, Deployments() as deployments:
        examples = _Examples(directory, target, deployments)
        # The longest first: most of the time is spent waiting for CloudFormation.
        has_http_tasks = _has_http_tasks(environment)
        if has_http_tasks:
            publisher = deployments.start(partial(examples.publisher, platforms))
        with console.status("applying the root module") as status:
            root = deployments.start(
                partial(
                    examples.root,
                    lambda line: status.update(_shortened(line, console)),
                )
            )
            if has_http_tasks:
                notifier = deployments.start(examples.notifier)
            checkout = deployments.start(partial(examples.checkout, rollout.OLD))
            outputs = deployments.result(root)
        seconds = time.monotonic() - began
        console.print(f"Deployed the root module with Terraform ({seconds:.0f} s).")
        api = _api(outputs["order_approval"]["orders_url"], environment)
        parts = [_order(api, directory, console, deployments)]
        if has_http_tasks:
            console.print(
                "\nA workflow tells Slack, for which a stand-in answers here:"
            )
            start_arn = deployments.result(notifier)
            parts.append(http_notifier.run(start_arn, environment, console))
            with console.status("deploying the webhook publisher"):
                deployed = deployments.result(publisher)
            parts.append(_publish(deployed, platforms, directory, environment, console))
        else:
            console.print("\nNothing is sent: this emulator has no HTTP Tasks of ours.")
        with console.status("deploying a workflow in two versions"):
            start_arn = deployments.result(checkout)["start_arn"]
            console.print("\nA workflow is changed, and its new version rolled out:")
            parts.append(
                rollout.run(
                    lambda currency: deployments.result(
                        deployments.start(partial(examples.checkout, currency))
                    ),
                    start_arn,
                    environment,
                    console,
                )
            )
    target.mark_deployed()
    console.print(f"\n{time.monotonic() - began:.0f} s so far.", style="dim")
    parts.append(
        link_approval.run(
            outputs["link_approval"]["start_arn"],
            environment,
            console,
            None if asks else link_approval.approve,
        )
    )
    _say_what_next(console, api.url, target)
    return all(parts)


def _api(orders_url: str, environment: Mapping[str, str]) -> ApiClient:
    url = emulated_url(orders_url, environment["AWS_ENDPOINT_URL"])
    return ApiClient(
        url.removesuffix("/orders"),
        credentials=(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
        ),
        region=environment["AWS_DEFAULT_REGION"],
    )


def _order(
    api: ApiClient, directory: Path, console: Console, deployments: Deployments
) -> bool:
    """Post the orders and decide; whether all ended as expected."""
    steps = order_approval.read_steps(
        directory / ORDERS, suffix=f"-{secrets.token_hex(2)}"
    )
    order_approval.run_steps(
        api, steps, console, patience=DECISION_TIMEOUT + 20, check=deployments.check
    )
    good = sum(step.is_as_expected for step in steps)
    console.print(
        f"{good} of {len(steps)} orders ended as expected.",
        style="bold green" if good == len(steps) else "bold red",
    )
    return good == len(steps)


def _has_http_tasks(environment: Mapping[str, str]) -> bool:
    """Whether the emulator can send what is meant for others to stand-ins."""
    try:
        http_calls.settings(environment["AWS_ENDPOINT_URL"])
    except StepwireError:
        return False
    return True


@dataclass(frozen=True)
class _Examples:
    """Deploys the root module, and examples of systems that it has no settings for."""

    directory: Path
    target: targets.Target
    deployments: Deployments

    def root(self, on_progress: Callable[[str], None]) -> Mapping[str, Any]:
        """The root module's outputs."""
        return self._terraform(Path(), on_progress).apply(
            {
                "order_approval": {
                    "name": "orders",
                    "decision_timeout": DECISION_TIMEOUT,
                },
                "link_approval": link_approval.VARIABLES,
            }
        )

    def notifier(self) -> str:
        """The ARN of the workflow that tells Slack."""
        return http_notifier.deploy(self._terraform(http_notifier.EXAMPLE))

    def publisher(self, platforms: Platforms) -> webhook_publisher.Publisher:
        """The publisher, whose functions call ``platforms``."""
        return webhook_publisher.deploy(
            self._terraform(webhook_publisher.EXAMPLE),
            self.target.environment,
            platforms.url,
        )

    def checkout(self, currency: str) -> Mapping[str, str]:
        """The outputs of the workflow that gets a new version with ``currency``."""
        return rollout.deploy(self._terraform(rollout.EXAMPLE), currency)

    def _terraform(
        self, example: Path, on_progress: Callable[[str], None] | None = None
    ) -> Terraform:
        return Terraform(
            self.directory / example,
            build_folder=self.target.build_folder / (example.name or "root"),
            environment=self.target.environment,
            on_progress=on_progress,
            stop=self.deployments.stop,
        )


def _publish(
    publisher: webhook_publisher.Publisher,
    platforms: Platforms,
    directory: Path,
    environment: Mapping[str, str],
    console: Console,
) -> bool:
    document = json.loads((directory / webhook_publisher.POST).read_text("utf-8"))
    console.print("\nA post in Sanity is published; stand-ins answer for all:")
    return webhook_publisher.run(publisher, platforms, document, environment, console)


def _shortened(line: str, console: Console) -> str:
    return line if len(line) < console.width - 4 else f"{line[: console.width - 5]}…"


def _say_what_next(console: Console, url: str, target: targets.Target) -> None:
    environment = target.environment
    region = environment["AWS_DEFAULT_REGION"]
    user = f"{environment['AWS_ACCESS_KEY_ID']}:{environment['AWS_SECRET_ACCESS_KEY']}"
    signed = f"curl --aws-sigv4 aws:amz:{region}:execute-api --user {shlex.quote(user)}"
    # Another one each time: the emulator may know the last demo's.
    order_id = f"mine-{secrets.token_hex(2)}"
    order = (
        f'{{"order_id": "{order_id}", "customer": "Me",'
        ' "items": [{"sku": "piano", "quantity": 1, "unit_price": 5000}]}'
    )
    lines = [
        "",
        f"The API is still up at {url}/orders. To try next (curl 7.75 or later; an",
        f"order waits {DECISION_TIMEOUT} seconds for its decision):",
        "",
        f"  {signed} {url}/orders \\",
        f"    -H 'Content-Type: application/json' -d '{order}'",
        f"  {signed} {url}/orders/{order_id}/decision \\",
        "    -H 'Content-Type: application/json' -d '{\"decision\": \"approve\"}'",
        f"  {signed} {url}/orders/{order_id}",
        "",
        "  .venv/bin/stepwire executions    the executions",
        "  .venv/bin/stepwire mails         the e-mails that it kept",
    ]
    if target.is_ours:
        lines += [
            "  .venv/bin/stepwire status        the emulator's address and memory",
            "  .venv/bin/stepwire logs          LocalStack's log",
            "  make down                        end it",
        ]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
