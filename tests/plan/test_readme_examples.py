"""Every Terraform example in a README can be planned as it stands there."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from stepwire.terraform import TerraformError

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("modules/*/README.md"))]

PAGES = [
    *READMES,
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("examples/*/*.tf")),
]

_BLOCK = re.compile(r"^```hcl\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# The generated tables show types, which are no configurations.
_GENERATED = re.compile(r"<!-- stepwire:.*?<!-- /stepwire -->", re.DOTALL)
_SOURCE = re.compile(
    r'"git::https://github\.com/OWNER/terraform-aws-stepwire(//[^"?]+)?\?ref=[^"]+"'
)


def blocks(readme: Path) -> list[str]:
    return _BLOCK.findall(_GENERATED.sub("", readme.read_text("utf-8")))


def _name(readme: Path) -> str:
    return "root" if readme.parent == ROOT else readme.parent.name


EXAMPLES = [
    (readme, number)
    for readme in READMES
    for number in range(1, len(blocks(readme)) + 1)
]


def test_every_module_has_an_example() -> None:
    for readme in READMES:
        assert blocks(readme), f"{readme} shows no HCL"


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_what_a_page_takes_says_what_to_write_there(page: Path) -> None:
    # A tag that does not exist is a module that nobody can take.
    refs = re.findall(
        r"github\.com/OWNER/[^\s\"]+\?ref=([^\s\"]+)", page.read_text("utf-8")
    )
    assert set(refs) <= {"TAG"}, "README.md says what to write for TAG: use that"


@pytest.fixture(scope="session")
def planned(
    stepwire_plan: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, tuple[set[str], str]]:
    """By README: the examples that plan something, and what Terraform says is wrong.

    The examples of one README are modules of one configuration, which saves a plan
    for each; those of all in one would be a graph that takes longer than the plans.
    """

    def plan(readme: Path) -> tuple[set[str], str]:
        try:
            changes = stepwire_plan(_root_module(readme, folders[readme])).changes
        except TerraformError as error:
            return set(), str(error)
        return {address.split(".")[1] for address in changes}, ""

    folders = {readme: tmp_path_factory.mktemp("examples") for readme in READMES}
    # Terraform makes its graph on one processor.
    with ThreadPoolExecutor(os.process_cpu_count()) as pool:
        return dict(zip(READMES, pool.map(plan, READMES), strict=True))


def with_local_sources(block: str, folder: Path) -> tuple[str, int]:
    """The block with the modules of this checkout, and how many; for ``folder``."""

    def local(match: re.Match[str]) -> str:
        # Relative: an absolute path is a package that may not look outside.
        module = ROOT / (match[1] or "").removeprefix("//")
        return f'"{os.path.relpath(module, folder)}"'

    return _SOURCE.subn(local, block)


def _root_module(readme: Path, root: Path) -> Path:
    """Writes a configuration of a README's examples, each a module, into a folder."""
    calls = []
    for number, block in enumerate(blocks(readme), 1):
        folder = root / f"example-{number}"
        text, sources = with_local_sources(block, folder)
        assert sources, f"example {number} of {readme} uses no module of ours"
        # The reader's account is AWS's example; the emulator's is another.
        text = text.replace("111122223333", "000000000000")
        folder.mkdir()
        (folder / "main.tf").write_text(text, encoding="utf-8")
        calls.append(f'module "{folder.name}" {{\n  source = "./{folder.name}"\n}}\n')
    (root / "main.tf").write_text("".join(calls), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("readme", "number"),
    EXAMPLES,
    ids=[f"{_name(readme)}-{number}" for readme, number in EXAMPLES],
)
def test_an_example_can_be_planned(
    readme: Path, number: int, planned: dict[Path, tuple[set[str], str]]
) -> None:
    examples, problems = planned[readme]
    assert f"example-{number}" in examples, problems
