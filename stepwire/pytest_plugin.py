"""Fixtures that plan and apply root modules on an emulator; for any repository.

Installed with the package, pytest finds them by itself. All of them last for the
session: the emulator is started when a test first needs it, and a configuration is
planned or applied once. Workers of pytest-xdist share the emulator and what is
applied. docs/testing.md shows each of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from stepwire.errors import StepwireError

if TYPE_CHECKING:
    from stepwire.emulator import Emulator
    from stepwire.mails import Mails
    from stepwire.pytest_run import Run
    from stepwire.terraform import Plan, Variables
    from stepwire.testing import Deployment, Executions

pytest_plugins = ["stepwire.pytest_tftest"]

# A warning, an error, its stack trace, and an answer with a status of the server's.
_COMPLAINT = re.compile(r" (WARNING|WARN|ERROR|CRITICAL) |^    |=> 5\d\d\b")
_MOST_COMPLAINTS = 30

# Modules that take a while to import are imported where they are used: pytest imports
# this one in every run of every repository.


class ClientFactory(Protocol):
    """``stepwire_client("dynamodb")``: a boto3 client at the emulator."""

    def __call__(self, service: str, **options: Any) -> Any: ...


class PlanFactory(Protocol):
    """``stepwire_plan("examples/x", {"name": "a"})``: a Plan."""

    def __call__(
        self,
        directory: str | Path,
        variables: Variables | None = None,
        *,
        var_files: Sequence[str | Path] = (),
    ) -> Plan: ...


class ApplyFactory(Protocol):
    """``stepwire_apply("examples/x", {"name": "a"})``: a Deployment."""

    def __call__(
        self,
        directory: str | Path,
        variables: Variables | None = None,
        *,
        var_files: Sequence[str | Path] = (),
    ) -> Deployment: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("stepwire").addoption(
        "--stepwire-keep",
        action="store_true",
        help="use the emulator of `stepwire up`, started if need be, and leave it and "
        "what was applied for the next run; `stepwire down` ends it",
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say at once, and once, that nothing answers at AWS_ENDPOINT_URL."""
    if session.config.option.collectonly or not os.environ.get("AWS_ENDPOINT_URL"):
        return
    needs_it = any(
        "stepwire_emulator" in getattr(item, "fixturenames", ())
        for item in session.items
    )
    # In a worker of pytest-xdist that would read as a crash: there the fixture says it.
    is_worker = hasattr(session.config, "workerinput")
    if is_worker or not needs_it:
        return
    from stepwire.emulator import Emulator  # noqa: PLC0415

    try:
        Emulator.connect()
    except StepwireError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--stepwire-keep"):
        return
    from stepwire.emulator.detached import Project  # noqa: PLC0415

    running = Project.of(config.rootpath).running()
    # In a shell that did `eval "$(stepwire up)"` it is the one that is named.
    used = os.environ.get("AWS_ENDPOINT_URL")
    if running is not None and used in {None, "", running.endpoint_url}:
        terminalreporter.line(
            f"stepwire: the emulator at {running.endpoint_url} and what was applied "
            "there are kept; `stepwire down` ends it."
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failure: what the emulator has complained of last."""
    report = yield
    emulator: Emulator | None = getattr(item, "funcargs", {}).get("stepwire_emulator")
    if report.failed and emulator is not None and emulator.log_file is not None:
        log = emulator.log_file.read_text(errors="replace")
        complaints = [line for line in log.splitlines() if _COMPLAINT.search(line)]
        if complaints:
            said = "\n".join(complaints[-_MOST_COMPLAINTS:])
            report.sections.append(("Emulator's last complaints", said))
    return report


@pytest.fixture(scope="session")
def _stepwire_run(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    from stepwire.pytest_run import Run  # noqa: PLC0415

    run = Run(pytestconfig, tmp_path_factory)
    yield run
    run.end()


@pytest.fixture(scope="session")
def stepwire_emulator(_stepwire_run: Run) -> Iterator[Emulator]:
    """The emulator at AWS_ENDPOINT_URL, or where that is unset one for the session."""
    with ExitStack() as stack:
        try:
            emulator = stack.enter_context(_stepwire_run.emulator())
        except StepwireError as error:
            pytest.fail(str(error), pytrace=False)
        yield emulator


@pytest.fixture(scope="session")
def stepwire_client(stepwire_emulator: Emulator) -> ClientFactory:
    """A factory of boto3 clients; the same arguments give the same client."""
    from stepwire import aws  # noqa: PLC0415

    clients: dict[str, Any] = {}

    def make(service: str, **options: Any) -> Any:
        key = f"{service} {options!r}"
        if key not in clients:
            clients[key] = aws.client(
                service, stepwire_emulator.environment(), **options
            )
        return clients[key]

    return make


@pytest.fixture(scope="session")
def stepwire_plan(_stepwire_run: Run, stepwire_emulator: Emulator) -> PlanFactory:
    """A factory of plans of root modules; nothing is created."""
    from stepwire.pytest_deployments import Configuration, Plans  # noqa: PLC0415

    plans = Plans(_stepwire_run, stepwire_emulator)

    def plan(
        directory: str | Path,
        variables: Variables | None = None,
        *,
        var_files: Sequence[str | Path] = (),
    ) -> Plan:
        __tracebackhide__ = True
        return plans.get(Configuration.of(directory, variables, var_files))

    return plan


@pytest.fixture(scope="session")
def stepwire_apply(
    _stepwire_run: Run, stepwire_emulator: Emulator
) -> Iterator[ApplyFactory]:
    """A factory of applied root modules.

    On an emulator at AWS_ENDPOINT_URL all are destroyed when the session ends; what
    cannot be destroyed is an error of the session's last test.
    """
    from stepwire.pytest_deployments import Configuration, Deployments  # noqa: PLC0415

    deployments = Deployments(_stepwire_run, stepwire_emulator)

    def apply(
        directory: str | Path,
        variables: Variables | None = None,
        *,
        var_files: Sequence[str | Path] = (),
    ) -> Deployment:
        __tracebackhide__ = True
        return deployments.get(Configuration.of(directory, variables, var_files))

    yield apply
    deployments.end()


@pytest.fixture(scope="session")
def stepwire_executions(stepwire_client: ClientFactory) -> Executions:
    """Starts executions, waits for them and shows their history when they fail."""
    from stepwire.testing import Executions  # noqa: PLC0415

    return Executions(stepwire_client("stepfunctions"), stepwire_client)


@pytest.fixture(scope="session")
def stepwire_mails(stepwire_emulator: Emulator) -> Mails:
    """The e-mails that the emulator has kept; finds the next one, and votes in it."""
    from stepwire.mails import Mails  # noqa: PLC0415

    return Mails(stepwire_emulator.endpoint_url)
