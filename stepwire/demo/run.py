"""Deploys the root module, and runs the parts of the demo one after the other."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from stepwire import http_calls
from stepwire.api import ApiClient, emulated_url
from stepwire.demo import (
    http_notifier,
    link_approval,
    order_approval,
    rollout,
    webhook_publisher,
)
from stepwire.demo.platforms import Platforms
from stepwire.emulator.detached import Project
from stepwire.emulator.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.terraform import Terraform

ORDERS = Path("examples/order-approval/orders.json")
DECISION_TIMEOUT = 8
"""Seconds that an order of the demo waits: its reader waits for one that nobody
decides."""
_DEPLOYED_AT_ONCE = 2


def run(directory: Path, console: Console, *, asks: bool) -> bool:
    """Deploy the systems, use each of them, and say what to try next.

    ``directory`` is a checkout of the modules. ``asks`` is whether it waits for its
    reader to decide in a browser; otherwise it decides itself. Whether everything
    ended as expected is returned. The emulator and what was deployed stay.
    """
    if not (directory / ORDERS).exists():
        raise StepwireError(
            f"{directory} has no {ORDERS}",
            hint="Run the demo in a checkout of terraform-aws-stepwire.",
        )
    began = time.monotonic()
    with console.status("preparing"):
        environment, build_folder = _emulator(directory, console)
    with Platforms() as platforms, ThreadPoolExecutor(_DEPLOYED_AT_ONCE) as pool:
        # The longest first. What they wait for most is CloudFormation.
        examples = _Examples(directory, build_folder, environment)
        with_http_tasks = _has_http_tasks(environment)
        if with_http_tasks:
            publisher = pool.submit(examples.publisher, platforms)
            notifier = pool.submit(examples.notifier)
        checkout = pool.submit(examples.checkout)
        outputs = _apply_root(directory, build_folder, environment, console)
        seconds = time.monotonic() - began
        console.print(f"Deployed the root module with Terraform ({seconds:.0f} s).")
        api = _api(outputs["order_approval"]["orders_url"], environment)
        parts = [_order(api, directory, console)]
        if with_http_tasks:
            parts += [
                _notify(notifier, environment, console),
                _publish(publisher, platforms, directory, environment, console),
            ]
        else:
            console.print("\nNothing is sent: this emulator has no HTTP Tasks of ours.")
        parts.append(_roll_out(checkout, environment, console))
    console.print(f"\n{time.monotonic() - began:.0f} s so far.", style="dim")
    parts.append(
        link_approval.run(
            outputs["link_approval"]["start_arn"],
            environment,
            console,
            None if asks else link_approval.approve,
        )
    )
    _say_what_next(console, api.url, environment)
    return all(parts)


def _apply_root(
    directory: Path,
    build_folder: Path,
    environment: Mapping[str, str],
    console: Console,
) -> dict[str, Any]:
    """Deploys the root module, and shows how far it is; its outputs."""
    with console.status("applying the root module") as status:
        terraform = Terraform(
            directory,
            build_folder=build_folder,
            environment=environment,
            on_progress=lambda line: status.update(_shortened(line, console)),
        )
        return terraform.apply(
            {
                "order_approval": {
                    "name": "orders",
                    "decision_timeout": DECISION_TIMEOUT,
                },
                "link_approval": link_approval.VARIABLES,
            }
        )


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


def _order(api: ApiClient, directory: Path, console: Console) -> bool:
    """Post the orders and decide; whether all ended as expected."""
    steps = order_approval.read_steps(
        directory / ORDERS, suffix=f"-{secrets.token_hex(2)}"
    )
    order_approval.run_steps(api, steps, console, patience=DECISION_TIMEOUT + 20)
    good = sum(step.is_as_expected for step in steps)
    console.print(
        f"\n{good} of {len(steps)} orders ended as expected.",
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
    """Deploys the examples of systems that the root module has no settings for."""

    directory: Path
    build_folder: Path
    environment: Mapping[str, str]

    def notifier(self) -> str:
        """The ARN of the workflow that tells Slack."""
        return http_notifier.deploy(self._terraform(http_notifier.EXAMPLE))

    def publisher(self, platforms: Platforms) -> webhook_publisher.Publisher:
        """The publisher, whose functions call ``platforms``."""
        terraform = self._terraform(webhook_publisher.EXAMPLE)
        return webhook_publisher.deploy(terraform, self.environment, platforms.url)

    def checkout(self) -> tuple[Terraform, str]:
        """The workflow that gets a new version: its folder, and the alias' ARN."""
        terraform = self._terraform(rollout.EXAMPLE)
        return terraform, rollout.deploy(terraform, rollout.OLD)["start_arn"]

    def _terraform(self, example: Path) -> Terraform:
        return Terraform(
            self.directory / example,
            build_folder=self.build_folder / example.name,
            environment=self.environment,
        )


def _notify(
    notifier: Future[str], environment: Mapping[str, str], console: Console
) -> bool:
    start_arn = notifier.result()
    console.print("\nA workflow tells Slack, for which a stand-in answers here:")
    return http_notifier.run(start_arn, environment, console)


def _publish(
    publisher: Future[webhook_publisher.Publisher],
    platforms: Platforms,
    directory: Path,
    environment: Mapping[str, str],
    console: Console,
) -> bool:
    with console.status("deploying the webhook publisher"):
        deployed = publisher.result()
    document = json.loads((directory / webhook_publisher.POST).read_text("utf-8"))
    console.print("\nA post in Sanity is published; stand-ins answer for all:")
    return webhook_publisher.run(deployed, platforms, document, environment, console)


def _roll_out(
    checkout: Future[tuple[Terraform, str]],
    environment: Mapping[str, str],
    console: Console,
) -> bool:
    with console.status("deploying a workflow in two versions"):
        terraform, start_arn = checkout.result()
        console.print("\nA workflow is changed, and its new version rolled out:")
        return rollout.run(terraform, start_arn, environment, console)


def _emulator(directory: Path, console: Console) -> tuple[Mapping[str, str], Path]:
    """Where to deploy to, and where Terraform keeps the state of that."""
    build_folder = directory / ".stepwire" / "demo"
    if os.environ.get("AWS_ENDPOINT_URL"):
        emulator = Emulator.connect()
        console.print(f"AWS_ENDPOINT_URL is set: {emulator.endpoint_url} is used.")
        return emulator.environment(), build_folder
    project = Project.of(directory)
    was_up = project.running() is not None
    running = project.up(on_progress=console.print)
    if not was_up:
        # A new emulator has nothing of what an old state says.
        shutil.rmtree(build_folder, ignore_errors=True)
    console.print(
        f"LocalStack {'was' if was_up else 'is'} up at {running.endpoint_url}"
    )
    return running.environment(), build_folder


def _shortened(line: str, console: Console) -> str:
    return line if len(line) < console.width - 4 else f"{line[: console.width - 5]}…"


def _say_what_next(console: Console, url: str, environment: Mapping[str, str]) -> None:
    region = environment["AWS_DEFAULT_REGION"]
    user = f"{environment['AWS_ACCESS_KEY_ID']}:{environment['AWS_SECRET_ACCESS_KEY']}"
    signed = f"curl --aws-sigv4 aws:amz:{region}:execute-api --user {shlex.quote(user)}"
    order = (
        '{"order_id": "mine", "customer": "Me",'
        ' "items": [{"sku": "piano", "quantity": 1, "unit_price": 5000}]}'
    )
    lines = [
        "",
        f"The API is still up at {url}/orders. To try next (curl 7.75 or later; an",
        f"order waits {DECISION_TIMEOUT} seconds for its decision):",
        "",
        f"  {signed} {url}/orders \\",
        f"    -H 'Content-Type: application/json' -d '{order}'",
        f"  {signed} {url}/orders/mine/decision \\",
        "    -H 'Content-Type: application/json' -d '{\"decision\": \"approve\"}'",
        f"  {signed} {url}/orders/mine",
        "",
        "  .venv/bin/stepwire status    what runs",
        "  .venv/bin/stepwire logs      what LocalStack wrote",
        "  make down                    end it",
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
