"""Collects Terraform's own tests (``*.tftest.hcl``): each ``run`` block is a test.

Only where it is asked for, by ``stepwire_tftest = true`` in pytest's configuration, by
``--stepwire-tftest`` or by naming a file: the plugin is there in every repository that
shares its environment, and their tests may reach a real account.

They are for what a configuration plans, offline, with ``mock_provider``: half a
second a run, where a plan on an emulator takes two. A file is run once, however
many of its runs are chosen, because a run may need those before it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stepwire.errors import StepwireError

if TYPE_CHECKING:
    from stepwire.terraform.test_runs import RunResult

# The reader of HCL is imported where it is needed: most runs have no such file.

# Real credentials of the shell must not reach a test that forgot its mock_provider.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "",
    "AWS_PROFILE": "",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "collect Terraform's tests: each run block of *.tftest.hcl is a test"
    parser.addini("stepwire_tftest", text, type="bool", default=False)
    parser.getgroup("stepwire").addoption(
        "--stepwire-tftest", action="store_true", help=text
    )


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    if not (
        parent.config.getini("stepwire_tftest")
        or parent.config.getoption("stepwire_tftest")
        or parent.session.isinitpath(file_path)
    ):
        return None
    from stepwire.terraform.test_runs import SUFFIXES  # noqa: PLC0415

    if not file_path.name.endswith(SUFFIXES):
        return None
    return TerraformTestFile.from_parent(parent, path=file_path)


class TerraformTestFile(pytest.File):
    """One ``.tftest.hcl`` file, in a module's folder or in its folder ``tests``."""

    def collect(self) -> Iterator[pytest.Item]:
        from stepwire.terraform.test_runs import run_names  # noqa: PLC0415

        try:
            names = run_names(self.path)
        except StepwireError as error:
            raise self.CollectError(str(error)) from error
        for name in names:
            yield TerraformRun.from_parent(self, name=name)

    @cached_property
    def results(self) -> dict[str, RunResult] | StepwireError:
        from stepwire.syntax import configuration_files  # noqa: PLC0415
        from stepwire.terraform import Terraform  # noqa: PLC0415

        module = next(
            (folder for folder in self.path.parents if configuration_files(folder)),
            self.path.parent,
        )
        with tempfile.TemporaryDirectory(prefix="stepwire-tftest-") as build:
            terraform = Terraform(
                module, build_folder=Path(build), environment=_ENVIRONMENT
            )
            try:
                return terraform.test(self.path)
            except StepwireError as error:
                return error


class TerraformRun(pytest.Item):
    """One ``run`` block."""

    parent: TerraformTestFile

    def runtest(self) -> None:
        results = self.parent.results
        if isinstance(results, StepwireError):
            pytest.fail(str(results), pytrace=False)
        result = results[self.name]
        if result.status == "skip":
            pytest.skip("a run before it failed")
        if result.status != "pass":
            pytest.fail(str(result), pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name
