"""Deploys the root module, and runs the parts of the demo one after the other."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from stepwire import http_calls
from stepwire.api import ApiClient, emulated_url
from stepwire.demo import http_notifier, link_approval, order_approval
from stepwire.emulator.detached import Project
from stepwire.emulator.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.terraform import Terraform

ORDERS = Path("examples/order-approval/orders.json")
DECISION_TIMEOUT = 8
"""Seconds that an order of the demo waits: its reader waits for one that nobody
decides."""


def run(directory: Path, console: Console, *, asks: bool) -> bool:
    """Deploy, post orders, decide, and say what to try next.

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
    with console.status("preparing") as status:
        environment, build_folder = _emulator(directory, console)
        terraform = Terraform(
            directory,
            build_folder=build_folder,
            environment=environment,
            on_progress=lambda line: status.update(_shortened(line, console)),
        )
        status.update("applying the root module")
        outputs = terraform.apply(
            {
                "order_approval": {
                    "name": "orders",
                    "decision_timeout": DECISION_TIMEOUT,
                },
                "link_approval": link_approval.VARIABLES,
            }
        )
    orders = outputs["order_approval"]
    seconds = time.monotonic() - began
    console.print(f"Deployed the root module with Terraform ({seconds:.0f} s so far).")
    url = emulated_url(orders["orders_url"], environment["AWS_ENDPOINT_URL"])
    api = ApiClient(
        url.removesuffix("/orders"),
        credentials=(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
        ),
        region=environment["AWS_DEFAULT_REGION"],
    )
    steps = order_approval.read_steps(
        directory / ORDERS, suffix=f"-{secrets.token_hex(2)}"
    )
    with ThreadPoolExecutor(1) as pool:
        # Meanwhile: one of the orders only waits.
        notifier = pool.submit(_deploy_notifier, directory, build_folder, environment)
        order_approval.run_steps(api, steps, console, patience=DECISION_TIMEOUT + 20)
    good = sum(step.is_as_expected for step in steps)
    console.print(
        f"\n{good} of {len(steps)} orders ended as expected, "
        f"{time.monotonic() - began:.0f} s in all.",
        style="bold green" if good == len(steps) else "bold red",
    )
    notified = _notify(notifier, environment, console)
    decided = link_approval.run(
        outputs["link_approval"]["start_arn"],
        environment,
        console,
        None if asks else link_approval.approve,
    )
    _say_what_next(console, api.url, environment)
    return good == len(steps) and notified and decided


def _deploy_notifier(
    directory: Path, build_folder: Path, environment: Mapping[str, str]
) -> str | None:
    """Deploy the Slack example beside the root module; the ARN of its workflow.

    None where the emulator cannot send it anywhere but to the real Slack.
    """
    try:
        http_calls.settings(environment["AWS_ENDPOINT_URL"])
    except StepwireError:
        return None
    terraform = Terraform(
        directory / http_notifier.EXAMPLE,
        build_folder=build_folder / http_notifier.EXAMPLE.name,
        environment=environment,
    )
    return http_notifier.deploy(terraform)


def _notify(
    notifier: Future[str | None], environment: Mapping[str, str], console: Console
) -> bool:
    """Use the Slack example; whether all of it ended as expected."""
    start_arn = notifier.result()
    if start_arn is None:
        console.print("\nNo notifications: this emulator has no HTTP Tasks of ours.")
        return True
    console.print("\nA workflow tells Slack, for which a stand-in answers here:")
    return http_notifier.run(start_arn, environment, console)


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
