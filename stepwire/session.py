"""Which AWS a command of ours talks to: an emulator, or the real one."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from stepwire import aws
from stepwire.emulator import Emulator
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError

_ARN = re.compile(r"arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+(:[^:]+)?")


class Session:
    """Clients for the endpoint at AWS_ENDPOINT_URL, where that is set; else for the
    emulator that ``stepwire up`` has started here; else for AWS.

    ``target`` says which, in words; ``endpoint_url`` and ``environment`` are the
    emulator's, and None for AWS.
    """

    def __init__(self, directory: Path) -> None:
        self.environment: Mapping[str, str] | None = None
        self.target = "AWS"
        if os.environ.get("AWS_ENDPOINT_URL"):
            emulator = Emulator.connect()
            self.environment = emulator.environment()
            self.target = emulator.endpoint_url
        elif running := Project.of(directory).running():
            self.environment = running.environment()
            self.target = f"the emulator at {running.endpoint_url}"

    @property
    def endpoint_url(self) -> str | None:
        """The address of the emulator."""
        return self.environment["AWS_ENDPOINT_URL"] if self.environment else None

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for ``region``; None is the one that is set.

        Credentials and region are boto3's, but for the emulator.
        """
        with translate_boto_errors():
            if self.environment is not None:
                named = {"AWS_DEFAULT_REGION": region} if region else {}
                return aws.client(service, {**self.environment, **named})
            make: Any = boto3.client  # typed, it has an overload for each service
            return make(service, region_name=region)

    def state_machine_arn(self, name: str, region: str | None = None) -> str:
        """The ARN of a state machine in this account, by name or by ARN.

        ``region`` is where a name is looked for; None is the one that is set.

        An ARN may be of another region: clients for it need ``arns.region_of``.
        """
        if name.startswith("arn:"):
            if not _ARN.fullmatch(name):
                raise StepwireError(
                    f"{name} is no ARN of a state machine.",
                    hint="One is arn:aws:states:REGION:ACCOUNT:stateMachine:NAME",
                )
            return name
        client = self.client("stepfunctions", region)
        found: list[str] = []
        with translate_boto_errors():
            for page in client.get_paginator("list_state_machines").paginate():
                for machine in page["stateMachines"]:
                    if machine["name"] == name:
                        return str(machine["stateMachineArn"])
                    found.append(machine["name"])
        region = client.meta.region_name
        raise StepwireError(
            f"There is no state machine {name} in {region} on {self.target}.",
            hint=f"There are: {', '.join(found)}"
            if found
            else f"There is none at all in {region}. For another region name it by its "
            "ARN; `stepwire executions --region REGION` lists them.",
        )


@contextlib.contextmanager
def translate_boto_errors() -> Iterator[None]:
    """Turns what boto3 raises into a StepwireError without a stack trace."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        message = error.response["Error"].get("Message", "")
        raise StepwireError(f"{error.operation_name}: {code}: {message}") from error
    except BotoCoreError as error:
        raise StepwireError(
            str(error),
            hint="`stepwire up` starts an emulator; for AWS set AWS_PROFILE or the "
            "like, and AWS_REGION.",
        ) from error
