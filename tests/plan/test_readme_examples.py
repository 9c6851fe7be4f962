"""Every Terraform example in a README can be planned as it stands there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from stepwire.terraform import TerraformError

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("modules/*/README.md"))]

_BLOCK = re.compile(r"^```hcl\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# The generated tables show types, which are no configurations.
_GENERATED = re.compile(r"<!-- stepwire:.*?<!-- /stepwire -->", re.DOTALL)
_SOURCE = re.compile(
    r'"git::https://github\.com/OWNER/terraform-aws-stepwire(//[^"?]+)?\?ref=[^"]+"'
)


def _blocks(readme: Path) -> list[str]:
    return _BLOCK.findall(_GENERATED.sub("", readme.read_text("utf-8")))


EXAMPLES = {
    f"{readme.parent.name if readme.parent != ROOT else 'root'}-{number}": block
    for readme in READMES
    for number, block in enumerate(_blocks(readme), 1)
}


def test_every_module_has_an_example() -> None:
    for readme in READMES:
        assert _blocks(readme), f"{readme} shows no HCL"


@pytest.fixture(scope="session")
def planned(
    stepwire_plan: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[set[str], str]:
    """The examples that plan something, and what Terraform says is wrong.

    Each example is a module of one configuration: one plan instead of dozens.
    """
    root = tmp_path_factory.mktemp("examples")
    for name, block in EXAMPLES.items():
        folder = root / name

        def local(match: re.Match[str], folder: Path = folder) -> str:
            # Relative: an absolute path is a package that may not look outside.
            module = ROOT / (match[1] or "").removeprefix("//")
            return f'"{os.path.relpath(module, folder)}"'

        text, sources = _SOURCE.subn(local, block)
        assert sources, f"{name} uses no module of this repository"
        folder.mkdir()
        (folder / "main.tf").write_text(text, encoding="utf-8")
    (root / "main.tf").write_text(
        "".join(
            f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in EXAMPLES
        ),
        encoding="utf-8",
    )
    try:
        changes = stepwire_plan(root).changes
    except TerraformError as error:
        return set(), str(error)
    return {address.split(".")[1] for address in changes}, ""


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_planned(name: str, planned: tuple[set[str], str]) -> None:
    examples, problems = planned
    assert name in examples, problems
