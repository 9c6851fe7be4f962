"""Collects Terraform's own tests (``*.tftest.hcl``): each ``run`` block is a test.

They are for what a configuration plans, offline, with ``mock_provider``: half a
second a run, where a plan on an emulator takes two. A file is run once, however
many of its runs are chosen, because a run may need those before it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from stepwire.errors import StepwireError
from stepwire.terraform import Terraform
from stepwire.terraform.test_runs import SUFFIX, RunResult, run_names

# Real credentials of the shell must not reach a test that forgot its mock_provider.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "",
    "AWS_PROFILE": "",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    if file_path.name.endswith(SUFFIX):
        return TerraformTestFile.from_parent(parent, path=file_path)
    return None


class TerraformTestFile(pytest.File):
    """One ``.tftest.hcl`` file, in a module's folder or in its folder ``tests``."""

    def collect(self) -> Iterator[pytest.Item]:
        for name in run_names(self.path):
            yield TerraformRun.from_parent(self, name=name)

    @cached_property
    def results(self) -> dict[str, RunResult] | StepwireError:
        module = next(
            (folder for folder in self.path.parents if any(folder.glob("*.tf"))),
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
