"""One run of pytest: a process, or pytest-xdist's workers together.

They share a folder. What one of them starts or applies there, an emulator or a
deployment, the others use, and it ends when no other uses it any longer.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepwire.emulator import Emulator
from stepwire.emulator.detached import Project
from stepwire.emulator.emulator import client_environment
from stepwire.locks import Ownership, Use, locked

KEEP = "--stepwire-keep"


class Run:
    """``folder`` is the run's, ``own_folder`` this process's; both are temporary.

    ``keeps`` says whether the emulator and the deployments are there for the next
    run, too.
    """

    def __init__(
        self, config: pytest.Config, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        worker: dict[str, str] | None = getattr(config, "workerinput", None)
        self.id = worker["testrunuid"] if worker else uuid.uuid4().hex
        self.is_shared = worker is not None
        self.own_folder = tmp_path_factory.mktemp("stepwire")
        base = tmp_path_factory.getbasetemp()
        # Each worker's is in the run's.
        self.folder = (base.parent if worker else base) / "stepwire-run"
        self.keeps: bool = config.getoption(KEEP)
        self.project = Project.of(config.rootpath)
        self._use = Use(self.folder / "users.lock")

    @property
    def destroys(self) -> bool:
        """Whether what was applied is destroyed at the end of the run.

        Not on an emulator that ends as well, and not where it is kept.
        """
        return not self.keeps and bool(os.environ.get("AWS_ENDPOINT_URL"))

    def wait_until_alone(self) -> None:
        """Returns when no other worker uses what this one has started or applied."""
        self._use.wait_until_alone()

    def end(self) -> None:
        """Let the workers that wait for this process go on."""
        self._use.end()

    @contextlib.contextmanager
    def emulator(self) -> Iterator[Emulator]:
        """The emulator at AWS_ENDPOINT_URL, or the kept one, or one for the run."""
        if os.environ.get("AWS_ENDPOINT_URL"):
            with Emulator.connect() as emulator:
                yield emulator
        elif self.keeps:
            running = self.project.up()
            yield _Started(running.endpoint_url, running.log_file)
        elif not self.is_shared:
            with Emulator() as emulator:
                yield emulator
        else:
            with self._emulator_of_workers() as emulator:
                yield emulator

    @contextlib.contextmanager
    def _emulator_of_workers(self) -> Iterator[Emulator]:
        """The first worker that asks starts it, and waits for the others at its end."""
        record = self.folder / "emulator.json"
        with locked(self.folder / "emulator.lock"):
            ownership = Ownership.take(self.folder / "emulator.owner")
            if ownership is None:
                found = json.loads(record.read_text(encoding="utf-8"))
                emulator: Emulator = _Started(found["url"], Path(found["log"]))
            else:
                emulator = Emulator()
                try:
                    emulator.start()
                except BaseException:
                    # The next worker tries, too, and says why not.
                    ownership.release()
                    raise
                found = {"url": emulator.endpoint_url, "log": str(emulator.log_file)}
                record.write_text(json.dumps(found), encoding="utf-8")
        try:
            yield emulator
        finally:
            if ownership is not None:
                self.wait_until_alone()
                emulator.stop()
                ownership.release()


class _Started(Emulator):
    """An emulator of ours that another process has started."""

    def __init__(self, endpoint_url: str, log: Path) -> None:
        super().__init__()
        self._endpoint_url = endpoint_url
        self._log = log

    @property
    def log_file(self) -> Path | None:
        return self._log

    def environment(self) -> dict[str, str]:
        return client_environment(self.endpoint_url)
