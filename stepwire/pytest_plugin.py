"""Fixtures that plan and apply root modules on an emulator; for any repository.

Installed with the package, pytest finds them by itself. All of them last for the
session: the emulator is started when a test first needs it, a configuration is
planned or applied once, and destroyed at the end. With pytest-xdist each worker has
an emulator of its own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from stepwire.errors import StepwireError
from stepwire.terraform import Plan, Terraform, Variables
from stepwire.terraform.working_tree import Source
from stepwire.testing import Deployment, Executions

if TYPE_CHECKING:
    from stepwire.emulator import Emulator

pytest_plugins = ["stepwire.pytest_tftest"]

_log = logging.getLogger("stepwire.terraform")
# pytest shows the log of a test that fails, but records warnings only by default.
_log.setLevel(logging.INFO)


# More would wait for the emulator, which is one process.
_DESTROYED_AT_ONCE = 2


class ClientFactory(Protocol):
    """``stepwire_client("dynamodb")``: a boto3 client at the emulator."""

    def __call__(self, service: str, **options: Any) -> Any: ...


class PlanFactory(Protocol):
    """``stepwire_plan("examples/x", {"name": "a"})``: a Plan."""

    def __call__(
        self, directory: str | Path, variables: Variables | None = None
    ) -> Plan: ...


class ApplyFactory(Protocol):
    """``stepwire_apply("examples/x", {"name": "a"})``: a Deployment."""

    def __call__(
        self, directory: str | Path, variables: Variables | None = None
    ) -> Deployment: ...


@pytest.fixture(scope="session")
def stepwire_emulator() -> Iterator[Emulator]:
    """The emulator at AWS_ENDPOINT_URL, or where that is unset one for the session."""
    # Here, because pytest imports this module in every run of every repository.
    from stepwire.emulator import Emulator  # noqa: PLC0415

    with Emulator.connect() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def stepwire_client(stepwire_emulator: Emulator) -> ClientFactory:
    """A factory of boto3 clients; the same arguments give the same client."""
    from stepwire import aws  # noqa: PLC0415

    clients = _Once[Any]()

    def make(service: str, **options: Any) -> Any:
        return clients.get(
            f"{service} {options!r}",
            lambda: aws.client(service, stepwire_emulator.environment(), **options),
        )

    return make


@pytest.fixture(scope="session")
def stepwire_plan(
    stepwire_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> PlanFactory:
    """A factory of plans of root modules; nothing is created."""
    plans = _Once[Plan]()

    def plan(directory: str | Path, variables: Variables | None = None) -> Plan:
        __tracebackhide__ = True
        return plans.get(
            _key(directory, variables),
            lambda: _terraform(directory, stepwire_emulator, tmp_path_factory).plan(
                variables
            ),
        )

    return plan


@pytest.fixture(scope="session")
def stepwire_apply(
    stepwire_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApplyFactory]:
    """A factory of applied root modules; all are destroyed when the session ends.

    What cannot be destroyed is an error of the session's last test.
    """
    deployments = _Once[Deployment]()
    begun: list[Terraform] = []

    def apply(directory: str | Path, variables: Variables | None = None) -> Deployment:
        __tracebackhide__ = True

        def deploy() -> Deployment:
            terraform = _terraform(directory, stepwire_emulator, tmp_path_factory)
            # Before: an apply that fails half-way has something to destroy, too.
            begun.append(terraform)
            return Deployment(terraform, variables)

        return deployments.get(_key(directory, variables), deploy)

    yield apply
    with ThreadPoolExecutor(_DESTROYED_AT_ONCE) as pool:
        failures = [error for error in pool.map(_destroyed, begun[::-1]) if error]
    if failures:
        raise ExceptionGroup("what the tests applied could not be destroyed", failures)


@pytest.fixture(scope="session")
def stepwire_executions(stepwire_client: ClientFactory) -> Executions:
    """Starts executions, waits for them and shows their history when they fail."""
    return Executions(stepwire_client("stepfunctions"))


class _Once[Value]:
    """Makes a value once for each key; what failed fails again in the same way."""

    def __init__(self) -> None:
        self._made: dict[str, Value | StepwireError] = {}

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        __tracebackhide__ = True
        if key not in self._made:
            try:
                self._made[key] = make()
            except StepwireError as error:
                self._made[key] = error
        made = self._made[key]
        if isinstance(made, StepwireError):
            # What Terraform says matters to the reader, not our way to it.
            raise made.with_traceback(None) from None
        return made


def _destroyed(terraform: Terraform) -> StepwireError | None:
    """Destroy it; why it could not be."""
    try:
        terraform.destroy()
    except StepwireError as error:
        return error
    return None


def _key(directory: str | Path, variables: Variables | None) -> str:
    source = Source(Path(directory).resolve())
    values = json.dumps(variables or {}, sort_keys=True)
    return f"{source.directory} {source.digest()} {values}"


def _terraform(
    directory: str | Path,
    emulator: Emulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Terraform:
    return Terraform(
        Path(directory),
        build_folder=tmp_path_factory.mktemp("terraform"),
        environment=emulator.environment(),
        # Part of the report of a test that fails while it is set up.
        on_progress=_log.info,
    )
