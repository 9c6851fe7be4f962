"""Every Terraform example in a README can be planned as it stands there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

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


def _examples() -> list[Any]:
    return [
        pytest.param(block, id=f"{readme.parent.relative_to(ROOT)}-{number}")
        for readme in READMES
        for number, block in enumerate(_blocks(readme), 1)
    ]


def test_every_module_has_an_example() -> None:
    for readme in READMES:
        assert _blocks(readme), f"{readme} shows no HCL"


@pytest.mark.parametrize("example", _examples())
def test_an_example_can_be_planned(
    example: str, stepwire_plan: Any, tmp_path: Path
) -> None:
    def local(match: re.Match[str]) -> str:
        # Relative: an absolute path is a package that may not look outside.
        module = ROOT / (match[1] or "").removeprefix("//")
        return f'"{os.path.relpath(module, tmp_path)}"'

    text, sources = _SOURCE.subn(local, example)
    assert sources, "an example uses a module of this repository"
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    assert stepwire_plan(tmp_path).changes
