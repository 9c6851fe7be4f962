"""Each test of Terraform's own in a README passes against the first example there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwire.syntax import blocks_in
from stepwire.terraform import Terraform
from tests.plan.test_readme_examples import READMES, ROOT, blocks, with_local_sources

_SHOWN = re.compile(r"^```terraform\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# By module: what the README adds to its first example, and the test.
TESTS = {
    readme.parent.name: tuple(shown)
    for readme in READMES
    if (shown := _SHOWN.findall(readme.read_text("utf-8")))
}


@pytest.mark.parametrize("module", TESTS)
def test_what_a_readme_shows_passes(module: str, tmp_path: Path) -> None:
    readme = ROOT / "modules" / module / "README.md"
    example, _ = with_local_sources(blocks(readme)[0], tmp_path)
    provider, test = TESTS[module]
    (tmp_path / "main.tf").write_text(provider + example, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    file = tmp_path / "tests" / "readme.tftest.hcl"
    file.write_text(test, encoding="utf-8")
    terraform = Terraform(tmp_path, build_folder=tmp_path / "build")
    results = terraform.test(file)
    assert {name: str(run) for name, run in results.items()} == dict.fromkeys(
        results, "pass"
    )


def test_link_approval_shows_one() -> None:
    assert "link-approval" in TESTS


def test_nothing_in_a_module_is_what_terraform_cannot_mock() -> None:
    ephemeral = [
        f"{block.file}:{block.line}"
        for file in ROOT.glob("modules/**/*.tf")
        for block in blocks_in(file)
        if block.kind == "ephemeral"
    ]
    assert ephemeral == []
