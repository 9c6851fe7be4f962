"""The Terraform program on PATH, and what to install where it is missing or too old."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from stepwire.errors import StepwireError

MINIMUM = (1, 11)
"""Ephemeral resources and write-only arguments came with Terraform 1.11."""

_INSTALL = (
    "Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install"
)


def find_terraform() -> Path:
    """The Terraform on PATH, once it is known to be new enough.

    Raises StepwireError, with what to install, when there is none, when it does
    not run or when it is older than MINIMUM.
    """
    found = shutil.which("terraform")
    if found is None:
        raise StepwireError("There is no terraform on PATH.", hint=_INSTALL)
    _require_minimum(found)
    return Path(found)


@functools.cache
def _require_minimum(program: str) -> None:
    version = _version(program)
    if version < MINIMUM:
        raise StepwireError(
            f"{program} is version {'.'.join(map(str, version))}; Stepwire needs "
            f"{'.'.join(map(str, MINIMUM))} or newer.",
            hint=_INSTALL,
        )


def _version(program: str) -> tuple[int, ...]:
    # A configuration of the user's could print a warning before the version,
    # and the check for updates would wait for a network.
    environment = os.environ | {
        "TF_CLI_CONFIG_FILE": os.devnull,
        "CHECKPOINT_DISABLE": "1",
    }
    try:
        ran = subprocess.run(
            [program, "version", "-json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepwireError(
            f"{program} does not run: {error}", hint=_INSTALL
        ) from error
    try:
        text = str(json.loads(ran.stdout)["terraform_version"])
    except (ValueError, KeyError, TypeError):
        # Before 0.13 there was no -json.
        match = re.search(r"Terraform v(\S+)", ran.stdout)
        text = match[1] if match else ""
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if numbers is None:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        raise StepwireError(
            f"{program} does not tell its version"
            + (f": {said[-1]}" if said else f" (exit status {ran.returncode})."),
            hint=_INSTALL,
        )
    return tuple(int(part) for part in numbers.groups(default="0"))
