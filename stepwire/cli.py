"""The command ``stepwire``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from stepwire import __version__, rollout, terminal, versions
from stepwire.check import command as check
from stepwire.commands import demo, executions, graph, history, mails, run
from stepwire.emulator import Emulator
from stepwire.emulator.detached import Project, Running
from stepwire.emulator.emulator import unset_command
from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.terminal import messages as _messages
from stepwire.terminal import output as _output

NOT_RUNNING = 3
"""The exit status of ``status`` when the emulator is down, as systemctl's."""


@dataclass(frozen=True)
class Command:
    """A subcommand: ``run`` gets the parsed arguments and returns the exit status."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    configure: Callable[[argparse.ArgumentParser], None] = lambda _parser: None


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse's own says nothing where the disk is full.
        console = _messages if file in (None, sys.stderr) else _output
        console.file.write(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status.

    1 is an error, printed without a stack trace; 130 a Ctrl-C; 141 a reader of
    standard output that went away.
    """
    terminal.prepare()
    try:
        try:
            return _run(arguments)
        finally:
            _output.file.flush()
    except (terminal.OutputGoneError, BrokenPipeError):
        return 128 + signal.SIGPIPE
    except StepwireError as error:
        terminal.print_error(error)
        return 1
    except OSError as error:
        # A folder that cannot be written to, a full disk: nothing of ours to trace.
        where = f"{error.filename}: " if error.filename else ""
        terminal.print_error(StepwireError(f"{where}{error.strerror or error}"))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _run(arguments: Sequence[str] | None) -> int:
    parser = _Parser(
        prog="stepwire",
        description="AWS Step Functions wired to the world, on LocalStack.",
    )
    parser.add_argument(
        "--version", action="version", version=f"stepwire {__version__}"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = commands.add_parser(
            command.name, help=command.help, description=command.help
        )
        command.configure(subparser)
        subparser.set_defaults(run=command.run)
    parsed = parser.parse_args(arguments)
    return int(parsed.run(parsed))


def _up(arguments: argparse.Namespace) -> int:
    endpoint_url = _endpoint_of_others()
    if endpoint_url is not None:
        _messages.print(f"AWS_ENDPOINT_URL is set: {endpoint_url} is used.")
        return 0
    project = Project.of(Path.cwd())
    was_up = project.running() is not None
    running = project.up(arguments.port, on_progress=_messages.print)
    if was_up and arguments.port not in (None, running.port):
        raise StepwireError(
            f"LocalStack is up already, at {running.endpoint_url}: not at port "
            f"{arguments.port}.",
            hint="`stepwire down` ends it, with all that was deployed to it.",
        )
    if was_up:
        _messages.print(f"LocalStack is up already, at {running.endpoint_url}")
    else:
        _messages.print(
            f"LocalStack is up at {running.endpoint_url} "
            f"(process {running.process.pid}, log {running.log_file})"
        )
    _messages.print("For your programs:")
    for name, value in running.environment().items():
        _output.print(f"export {name}={value}")
    return 0


def _configure_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, help="the loopback port; a free one by default"
    )


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, which is 1 to 65535")
    return port


def _down(_arguments: argparse.Namespace) -> int:
    project = Project.of(Path.cwd())
    running = project.running()
    if project.down():
        _messages.print("LocalStack is down.")
    else:
        _messages.print("LocalStack was not up.")
    endpoint_url = os.environ.get("AWS_ENDPOINT_URL")
    if running is not None and endpoint_url == running.endpoint_url:
        _messages.print(f"This shell still names it: {unset_command(endpoint_url)}")
    return 0


def _status(_arguments: argparse.Namespace) -> int:
    endpoint_url = _endpoint_of_others()
    if endpoint_url is not None:
        _output.print(f"AWS_ENDPOINT_URL is set: {endpoint_url} is used.")
        return 0
    running = Project.of(Path.cwd()).running()
    if running is None:
        _output.print("LocalStack is down. `stepwire up` starts it.")
        return NOT_RUNNING
    _output.print(_describe(running))
    return 0


def _describe(running: Running) -> str:
    functions = [
        name if count == 1 else f"{name} ({count} environments)"
        for name, count in running.functions().items()
    ]
    is_answering = running.is_answering()
    rows = {
        "endpoint": running.endpoint_url,
        "state": "up" if is_answering else "up, but does not answer",
        "process": str(running.process.pid),
        "memory": f"{running.memory() / 2**20:.0f} MB",
        "up for": str(timedelta(seconds=int(running.uptime()))),
        "functions running": ", ".join(functions) or "none",
        "log": str(running.log_file),
    }
    if is_answering:
        rows["services used"] = ", ".join(running.services()) or "none"
    return "\n".join(f"{name:<18} {value}" for name, value in rows.items())


def _logs(arguments: argparse.Namespace) -> int:
    project = Project.of(Path.cwd())
    if not project.log_file.exists():
        raise StepwireError(
            f"There is no log at {project.log_file}",
            hint="`stepwire up` starts LocalStack, which writes one.",
        )
    with project.log_file.open(errors="replace") as log:
        _copy(log)
        while arguments.follow and project.running() is not None:
            _copy(log)
            time.sleep(0.2)
        _copy(log)
    return 0


def _copy(log: IO[str]) -> None:
    # Older logs, and what is printed rather than logged, have it as it was sent.
    _output.file.write(printable(log.read()))
    _output.file.flush()


def _configure_logs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--follow", action="store_true", help="go on until LocalStack is down"
    )


def _check(arguments: argparse.Namespace) -> int:
    return check.run(arguments, _messages)


def _rollout(arguments: argparse.Namespace) -> int:
    return rollout.run(arguments, _messages, _output)


def _versions(arguments: argparse.Namespace) -> int:
    return versions.run(arguments)


def _endpoint_of_others() -> str | None:
    if not os.environ.get("AWS_ENDPOINT_URL"):
        return None
    return Emulator.connect().endpoint_url


COMMANDS = (
    Command(
        "demo",
        "deploy the systems to LocalStack and use them, in a checkout",
        demo.run,
        demo.add_arguments,
    ),
    Command("up", "start LocalStack and leave it running", _up, _configure_up),
    Command("down", "end LocalStack and everything that it started", _down),
    Command("status", "show LocalStack's address, memory and functions", _status),
    Command("logs", "print LocalStack's log", _logs, _configure_logs),
    Command(
        "run",
        "run a program against the emulator: stepwire run -- terraform apply",
        run.run,
        run.add_arguments,
    ),
    Command(
        "executions",
        "list executions, the newest first",
        executions.run,
        executions.add_arguments,
    ),
    Command(
        "history",
        "print the events of an execution",
        history.run,
        history.add_arguments,
    ),
    Command(
        "graph",
        "a picture of a state machine's definition",
        graph.run,
        graph.add_arguments,
    ),
    Command(
        "mails",
        "print the e-mails that the emulator keeps instead of sending them",
        mails.run,
        mails.add_arguments,
    ),
    Command(
        "check",
        "find mistakes in calls of modules that Terraform does not report",
        _check,
        check.add_arguments,
    ),
    Command(
        "rollout", "shift an alias to a new version", _rollout, rollout.add_arguments
    ),
    Command(
        "versions",
        "list a state machine's versions, their weights and their executions",
        _versions,
        versions.add_arguments,
    ),
)
"""Every command, in the order in which ``stepwire --help`` lists them."""


if __name__ == "__main__":
    sys.exit(main())
