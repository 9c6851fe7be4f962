"""The webhook publisher's part of the demo: from a CMS to four platforms."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stepwire import aws, http_calls
from stepwire.api import ApiClient, Response, emulated_url
from stepwire.errors import StepwireError
from stepwire.terraform import Terraform
from stepwire.testing import Executions
from tools.demo import tables
from tools.demo.platforms import HOSTS, Platforms
from tools.demo.tables import print_table

EXAMPLE = Path("examples/webhook-publisher")
POST = EXAMPLE / "post.json"
DESTINATIONS: Final = ("dev", "hashnode", "medium", "search")
_SECRETS: Final = ("sanity", "dev", "medium", "hashnode")
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Step:
    """An event in Sanity, and its expected effect on each of DESTINATIONS."""

    what: str
    operation: str
    status: int
    states: tuple[str, ...]


_CREATED = ("CREATED",) * 4
_UPDATED = ("UPDATED", "UPDATED", "UNSUPPORTED", "UPDATED")
_REMOVED = ("REMOVED", "REMOVED", "UNSUPPORTED", "REMOVED")
STEPS: Final = (
    Step("published", "create", 202, _CREATED),
    Step("sent again", "create", 200, _CREATED),
    Step("changed", "update", 202, _UPDATED),
    Step("deleted", "delete", 202, _REMOVED),
)


@dataclass(frozen=True)
class Outcome:
    """The answer to the webhook, and the states on each of DESTINATIONS."""

    step: Step
    answer: str
    states: tuple[str, ...]
    is_good: bool


@dataclass(frozen=True)
class Publisher:
    """The deployed example: its webhook URL and its workflow."""

    webhook_url: str
    start_arn: str


def deploy(
    terraform: Terraform, environment: Mapping[str, str], stand_in_url: str
) -> Publisher:
    """Applies the example, with generated secrets."""
    manager = aws.client("secretsmanager", environment)
    outputs = terraform.apply(
        {
            "secret_arns": {name: _secret(manager, name) for name in _SECRETS},
            "sanity_project_id": "zp7mbokg",
            "sanity_api_url": stand_in_url,
            "canonical_url": "https://blog.example.com/posts/{slug}",
            "medium_author_id": "5303d74c64f66366f00cb9b2a94f3251bf5",
            "hashnode_publication_id": "65f0c0ffee65f0c0ffee65f0",
            "search_domain": {
                "arn": "arn:aws:es:us-east-1:000000000000:domain/posts",
                "endpoint": stand_in_url,
            },
        }
    )
    return Publisher(str(outputs["webhook_url"]), str(outputs["start_arn"]))


def run(
    publisher: Publisher,
    platforms: Platforms,
    document: Mapping[str, Any],
    environment: Mapping[str, str],
    console: Console,
) -> bool:
    """Publish ``document``, send it again, change it, delete it; print the outcomes.

    Whether all of it ended as expected is returned. ``platforms`` are what the example
    was deployed with, and answer while this lasts.
    """
    endpoint_url = environment["AWS_ENDPOINT_URL"]
    http_calls.change(endpoint_url, hosts=dict.fromkeys(HOSTS, platforms.url))
    manager = aws.client("secretsmanager", environment)
    key = manager.get_secret_value(SecretId=_name("sanity"))["SecretString"]
    api = ApiClient(emulated_url(publisher.webhook_url, endpoint_url), credentials=None)
    executions = Executions(aws.client("stepfunctions", environment))
    outcomes: list[Outcome] = []
    # A repeated demo publishes another post.
    post_id = f"{document['_id']}-{secrets.token_hex(2)}"
    delivery = ""
    for number, step in enumerate(STEPS):
        if step.status != 200:
            delivery = f"{post_id}-{number}"
            _change(platforms, document, post_id, step.operation, number)
        answer = _tell(api, key, platforms, post_id, step.operation, delivery)
        if answer.status not in (200, 202):
            raise StepwireError(
                f"The webhook was answered {answer.status}: {answer.text}",
                hint="`stepwire logs` shows what the emulator did.",
            )
        execution = executions.get(
            f"{publisher.start_arn.replace(':stateMachine:', ':execution:')}:{delivery}"
        )
        records = {
            record["destination"]: record
            for record in execution.assert_status(
                "SUCCEEDED", _PATIENCE_SECONDS
            ).output["destinations"]
        }
        states = tuple(records[name]["state"] for name in DESTINATIONS)
        is_good = (answer.status, states) == (step.status, step.states)
        if step.operation == "create":
            # Each platform has the post at an address that only it can know.
            is_good &= len({record["url"] for record in records.values()}) == len(
                DESTINATIONS
            )
        said = f"{answer.status} {answer.body['status']}"
        outcomes.append(Outcome(step, said, states, is_good))
    http_calls.change(endpoint_url, hosts=dict.fromkeys(HOSTS))
    print_table(table(outcomes), console)
    good = sum(outcome.is_good for outcome in outcomes)
    console.print(
        f"{good} of {len(STEPS)} webhooks ended as expected.",
        style="bold green" if good == len(STEPS) else "bold red",
    )
    return good == len(STEPS)


def table(outcomes: Sequence[Outcome]) -> Table:
    """One row for each webhook."""
    shown = tables.table(("in Sanity", "answer", *DESTINATIONS, ""))
    for outcome in outcomes:
        is_new = outcome.step.status == 202
        shown.add_row(
            escape(outcome.step.what),
            escape(outcome.answer),
            *(outcome.states if is_new else ("",) * len(DESTINATIONS)),
            tables.GOOD if outcome.is_good else tables.BAD,
        )
    return shown


def _change(
    platforms: Platforms,
    document: Mapping[str, Any],
    post_id: str,
    operation: str,
    number: int,
) -> None:
    """Makes the change in Sanity that the webhook reports."""
    if operation == "delete":
        del platforms.documents[post_id]
        return
    slug = f"{document['slug']['current']}-{post_id.rpartition('-')[2]}"
    platforms.documents[post_id] = {
        **document,
        "_id": post_id,
        "_rev": f"r{number}",
        "_updatedAt": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "slug": {"current": slug},
    }


def _tell(
    api: ApiClient,
    key: str,
    platforms: Platforms,
    post_id: str,
    operation: str,
    delivery: str,
) -> Response:
    """Sends a webhook like Sanity."""
    document = platforms.documents.get(post_id, {})
    body = {name: document[name] for name in ("_type", "_rev") if name in document}
    text = json.dumps({"_id": post_id, **body}).encode()
    moment = int(time.time() * 1000)
    digest = hmac.digest(key.encode(), f"{moment}.".encode() + text, "sha256")
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return api.post(
        text=text,
        headers={
            "sanity-webhook-signature": f"t={moment},v1={signature}",
            "sanity-operation": operation,
            "sanity-document-id": post_id,
            "idempotency-key": delivery,
        },
    )


def _name(secret: str) -> str:
    return f"stepwire-demo-{secret}"


def _secret(manager: Any, name: str) -> str:
    """The ARN of a secret with a random value, which is made if needed."""
    try:
        return str(manager.describe_secret(SecretId=_name(name))["ARN"])
    except manager.exceptions.ResourceNotFoundException:
        made = manager.create_secret(
            Name=_name(name), SecretString=secrets.token_urlsafe(32)
        )
        return str(made["ARN"])
