"""``stepwire run -- COMMAND``: a program of the user's, against the emulator.

The program gets the emulator's endpoint and credentials instead of the user's own,
and Terraform the provider as the tests get it. It never reaches AWS by mistake:
without an emulator nothing is run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from stepwire import files
from stepwire.api import emulated_url
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.session import Session
from stepwire.terminal import messages
from stepwire.terraform.provider_mirror import write_cli_configuration

_TERRAFORM = ("terraform", "tofu")
# After these a reader looks at outputs.
_WITH_OUTPUTS = frozenset({"apply", "output", "refresh"})
_SECONDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "command",
        nargs=argparse.REMAINDER,
        metavar="-- COMMAND",
        help="a program with its arguments: terraform apply",
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs the command to its end; its exit status, 128 and more for a signal.

    Afterwards the addresses are printed that work for those of amazonaws.com among
    Terraform's outputs. Raises StepwireError without an emulator or a program.
    """
    command = arguments.command[arguments.command[:1] == ["--"] :]
    if not command:
        raise StepwireError(
            "There is no command to run.",
            hint="For example: stepwire run -- terraform apply",
        )
    session = Session(Path.cwd())
    if session.environment is None:
        raise StepwireError(
            "No emulator is up here: nothing was run.", hint="`stepwire up` starts one."
        )
    environment = child_environment(session.environment, Path.cwd())
    try:
        status = _run(command, environment)
    except OSError as error:
        raise StepwireError(f"{command[0]} cannot be run: {error.strerror}") from error
    for name, url in emulated_outputs(command, environment):
        messages.print(f"{name} here: {printable(url)}", markup=False)
    return status


def child_environment(
    emulator: Mapping[str, str], directory: Path
) -> Mapping[str, str]:
    """This process's environment, with the emulator's AWS_* variables and no others.

    TF_CLI_CONFIG_FILE names the user's own where that says how to install providers,
    and else a file below ``.stepwire``.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_")
    }
    folder = Project.of(directory).folder / "run"
    with files.translate_os_errors(folder):
        files.make_private_folder(folder)
    configuration = write_cli_configuration(folder, os.environ)
    return kept | dict(emulator) | {"TF_CLI_CONFIG_FILE": str(configuration)}


def emulated_outputs(
    command: Sequence[str], environment: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Each of Terraform's outputs that holds an address of AWS, and what works here.

    Empty for another program, and where Terraform has no outputs to tell.
    """
    options, rest = _split(command)
    if rest[:1] and rest[0] in _WITH_OUTPUTS:
        asked = subprocess.run(
            [command[0], *options, "output", "-json"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if asked.returncode == 0:
            endpoint_url = environment["AWS_ENDPOINT_URL"]
            return [
                (name, emulated_url(url, endpoint_url))
                for name, output in sorted(json.loads(asked.stdout).items())
                if not output.get("sensitive")
                for url in _urls(output["value"])
            ]
    return []


def _split(command: Sequence[str]) -> tuple[list[str], list[str]]:
    """Terraform's options that stand before its subcommand, and what follows them."""
    if Path(command[0]).name not in _TERRAFORM:
        return [], []
    options = []
    rest = list(command[1:])
    while rest and rest[0].startswith("-"):
        options.append(rest.pop(0))
    return options, rest


def _urls(value: object) -> Iterator[str]:
    """The addresses of APIs in AWS's domain in an output, at any depth."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _urls(item)
    elif isinstance(value, list):
        for item in value:
            yield from _urls(item)
    elif isinstance(value, str) and value.startswith("https://"):
        host = urlsplit(value).hostname or ""
        if ".execute-api." in host and ".amazonaws.com" in host:
            yield value


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    process = subprocess.Popen(command, env=dict(environment))

    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    def leave(_number: int, _frame: FrameType | None) -> None:
        """A terminal's Ctrl-C has reached the program, too: it decides."""

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, leave),
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
        signal.SIGHUP: signal.signal(signal.SIGHUP, pass_on),
    }
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status
