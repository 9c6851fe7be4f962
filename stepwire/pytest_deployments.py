"""Deployments of one run of pytest; with ``--stepwire-keep`` of the next one, too.

Each root module has a folder, and in it a slot for each of its configurations: the
build folder of Terraform, and a record of what was applied. Workers of pytest-xdist
find each other's there, and a run finds those of the run before.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import urllib3

from stepwire import files
from stepwire.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.locks import Ownership, locked
from stepwire.pytest_run import Run
from stepwire.terraform import Plan, Terraform, Variables
from stepwire.terraform.working_tree import Source
from stepwire.testing import Deployment

# Progress: `pytest --log-cli-level=INFO` shows it as it comes.
log = logging.getLogger("stepwire.terraform")

# More would wait for the emulator, which is one process.
_DESTROYED_AT_ONCE = 2
_FINISHED = re.compile(r" in \d+ s$|: (moved|to \w+)$")


@dataclass(frozen=True)
class Configuration:
    """A root module with the values of its variables."""

    directory: Path
    variables: Variables | None
    var_files: tuple[Path, ...]

    @classmethod
    def of(
        cls,
        directory: str | Path,
        variables: Variables | None,
        var_files: Sequence[str | Path],
    ) -> Configuration:
        """With absolute paths; relative ones are relative to the current folder."""
        return cls(
            Path(directory).resolve(),
            variables,
            tuple(Path(file).resolve() for file in var_files),
        )

    @property
    def key(self) -> str:
        """The same for the same folder and the same values in the call."""
        values = json.dumps(self.variables or {}, sort_keys=True)
        text = f"{self.directory} {values} {[str(file) for file in self.var_files]}"
        return hashlib.sha256(text.encode()).hexdigest()

    def digest(self) -> str:
        """Another one where any file of it has changed."""
        digest = hashlib.sha256(Source(self.directory).digest().encode())
        for file in self.var_files:
            digest.update(file.read_bytes() if file.exists() else b"")
        return digest.hexdigest()

    def terraform(
        self, build_folder: Path, emulator: Emulator, progress: Progress
    ) -> Terraform:
        """The commands of it on ``emulator``, with its state in ``build_folder``."""
        return Terraform(
            self.directory,
            build_folder=build_folder,
            environment=emulator.environment(),
            var_files=self.var_files,
            on_progress=progress,
        )


class Progress:
    """Terraform's lines: logged as they come, and what was under way at a failure."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def __call__(self, line: str) -> None:
        log.info(line)
        address, _, event = line.partition(": ")
        # Installing providers is no resource, and nothing says when it is done.
        if event and "." in address:
            self._last[address] = line

    def log_failure(self) -> None:
        """Log what had begun and was not done; pytest shows it below the error."""
        under_way = [one for one in self._last.values() if not _FINISHED.search(one)]
        if under_way:
            log.error("Under way when it failed:\n%s", "\n".join(under_way))


@dataclass
class _Record:
    """The record of a slot. ``outputs`` is None until an apply has succeeded.

    ``run`` applied it last, on the LocalStack whose ``session`` it is; ``state`` is
    the digest of Terraform's state afterwards. It holds outputs, which can be
    secrets, as the state beside it does.
    """

    run: str
    session: str | None
    key: str
    digest: str
    state: str = ""
    outputs: dict[str, Any] | None = None
    failure: str | None = None

    @classmethod
    def read(cls, slot: Path) -> _Record | None:
        try:
            return cls(**json.loads((slot / "record.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            # Begun by a process that was killed.
            return None

    def write(self, slot: Path) -> None:
        slot.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write_private(slot / "record.json", json.dumps(asdict(self)))


class Plans:
    """Plans each configuration once; what failed fails again in the same way."""

    def __init__(self, run: Run, emulator: Emulator) -> None:
        self._run = run
        self._emulator = emulator
        self._made: dict[tuple[str, str], Plan | StepwireError] = {}

    def get(self, configuration: Configuration) -> Plan:
        """The plan, made unless it was. Raises what Terraform refuses, every time."""
        __tracebackhide__ = True
        key = (configuration.key, configuration.digest())
        if key not in self._made:
            self._made[key] = self._plan(configuration)
        return _value(self._made[key])

    def _plan(self, configuration: Configuration) -> Plan | StepwireError:
        progress = Progress()
        build = Path(tempfile.mkdtemp(prefix="plan-", dir=self._run.own_folder))
        terraform = configuration.terraform(build, self._emulator, progress)
        try:
            return terraform.plan(configuration.variables)
        except StepwireError as error:
            return error


class Deployments:
    """Applies each configuration once, and shares it."""

    def __init__(self, run: Run, emulator: Emulator) -> None:
        self._run = run
        self._emulator = emulator
        self._session = _session(emulator.endpoint_url)
        self._folder = (
            run.project.folder / "deployments"
            if run.keeps
            else run.folder / "deployments"
        )
        if run.keeps:
            # Terraform's state has secrets: it is not to be committed by mistake.
            files.make_private_folder(self._folder)
            files.keep_from_git(run.project.folder)
        self._owned: dict[Path, Ownership] = {}
        self._made: dict[tuple[str, str], Deployment | StepwireError] = {}
        self._begun: dict[Path, Deployment] = {}

    def get(self, configuration: Configuration) -> Deployment:
        """The deployment; applied, unless it has been and no file has changed since.

        Raises what Terraform refuses, at every call alike.
        """
        __tracebackhide__ = True
        key = (configuration.key, configuration.digest())
        if key not in self._made:
            try:
                self._made[key] = self._find_or_apply(configuration, key[1])
            except StepwireError as error:
                self._made[key] = error
        return _value(self._made[key])

    def end(self) -> None:
        """Destroy what this process has applied, where the run destroys, and let go.

        Raises an ExceptionGroup of what cannot be destroyed.
        """
        try:
            if self._run.destroys and self._begun:
                self._run.wait_until_alone()
                with ThreadPoolExecutor(_DESTROYED_AT_ONCE) as pool:
                    errors = list(pool.map(_destroy, reversed(self._begun.values())))
                failures = [error for error in errors if error is not None]
                if failures:
                    raise ExceptionGroup(
                        "what the tests applied could not be destroyed", failures
                    )
        finally:
            for ownership in self._owned.values():
                ownership.release()

    def _find_or_apply(self, wanted: Configuration, digest: str) -> Deployment:
        path_digest = hashlib.sha256(str(wanted.directory).encode()).hexdigest()[:8]
        module_folder = self._folder / f"{wanted.directory.name}-{path_digest}"
        with locked(module_folder / "lock"):
            slot = self._slot(module_folder, wanted.key)
            record = _Record.read(slot)
            build = slot / "build"
            if not self._claim(slot):
                build = self._copy(build)
            progress = Progress()
            terraform = wanted.terraform(build, self._emulator, progress)
            deployment = Deployment(terraform, wanted.variables, {})
            if record and (record.key, record.digest) == (wanted.key, digest):
                if record.run == self._run.id and record.failure is not None:
                    raise StepwireError(record.failure)
                if record.outputs is not None and self._is_there(record, build):
                    deployment.outputs = record.outputs
                    return deployment
            # Before: an apply that fails half-way has something to destroy, too.
            self._begun[build] = deployment
            record = _Record(self._run.id, self._session, wanted.key, digest)
            record.write(slot)
            try:
                deployment.outputs = terraform.apply(wanted.variables)
            except StepwireError as error:
                progress.log_failure()
                record.failure = str(error)
                raise
            else:
                record.outputs = deployment.outputs
                record.state = _digest(terraform.state_file)
            finally:
                if build.parent == slot:
                    record.write(slot)
            return deployment

    def _slot(self, module_folder: Path, key: str) -> Path:
        """The slot that has the configuration, or one for it, perhaps with a state.

        A slot of an earlier run whose configuration this run has not asked for is
        taken over: variables have changed, and two deployments would have the same
        names.
        """
        slots = [
            slot
            for slot in self._slots(module_folder)
            if not self._is_of_another_emulator(slot)
        ]
        records = {slot: _Record.read(slot) for slot in slots}
        for slot, record in records.items():
            if record is not None and record.key == key:
                return slot
        for slot, record in records.items():
            if (record is None or record.run != self._run.id) and self._claim(slot):
                return slot
        used = [int(slot.name) for slot in self._slots(module_folder)]
        return module_folder / str(max(used, default=0) + 1)

    def _slots(self, module_folder: Path) -> Iterator[Path]:
        found = [slot for slot in module_folder.iterdir() if slot.name.isdecimal()]
        yield from sorted(found, key=lambda slot: int(slot.name))

    def _is_of_another_emulator(self, slot: Path) -> bool:
        """Whether it went away with its emulator; then the slot does, too."""
        record = _Record.read(slot)
        if record is None or record.session in {None, self._session}:
            return False
        if self._claim(slot):
            shutil.rmtree(slot, ignore_errors=True)
            self._owned.pop(slot).release()
        return True

    def _claim(self, slot: Path) -> bool:
        """Takes the slot until this process ends; False where another has it."""
        if slot not in self._owned:
            ownership = Ownership.take(slot.with_suffix(".owner"))
            if ownership is None:
                return False
            self._owned[slot] = ownership
        return True

    def _copy(self, build: Path) -> Path:
        """A build folder of this process with the same state: no two share one."""
        own = self._run.own_folder / f"{build.parents[1].name}-{build.parent.name}"
        if not own.exists():
            own.mkdir(mode=0o700)
            state = build / "terraform.tfstate"
            if state.exists():
                shutil.copy(state, own)
        return own

    def _is_there(self, record: _Record, build: Path) -> bool:
        """Whether what was applied is on the emulator as it was applied."""
        if record.run == self._run.id:
            return True
        return (
            self._session is not None
            and record.session == self._session
            # A test may have applied something else in its place.
            and record.state == _digest(build / "terraform.tfstate")
        )


def _value[Value](made: Value | StepwireError) -> Value:
    __tracebackhide__ = True
    if isinstance(made, StepwireError):
        # Terraform's words matter to the reader, not our way to them.
        raise made.with_traceback(None) from None
    return made


def _session(endpoint_url: str) -> str | None:
    """The name of one life of a LocalStack; None for other emulators."""
    url = endpoint_url.replace("//localhost:", "//127.0.0.1:") + "/_localstack/info"
    try:
        answer = urllib3.request("GET", url, timeout=10, retries=False)
        return str(answer.json()["session_id"])
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError):
        return None


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _destroy(deployment: Deployment) -> StepwireError | None:
    """Destroy it; why it could not be."""
    try:
        deployment.terraform.destroy(deployment.variables)
    except StepwireError as error:
        return error
    return None
