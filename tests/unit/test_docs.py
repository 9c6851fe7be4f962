"""The pages of the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mermaid import refusals

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("modules/*/README.md")),
]
# A link's target; an image, too.
_LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s#]*)(#[^)\s]*)?\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_MERMAID = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(page: Path) -> list[tuple[str, str]]:
    return _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors that code hosts make of a page's headings."""
    text = _CODE.sub(lambda code: code[0].strip("`"), page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


@pytest.mark.parametrize(
    "page", PAGES, ids=[str(one.relative_to(ROOT)) for one in PAGES]
)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{path} does not exist"
        assert target.is_relative_to(ROOT), f"{path} is not in this repository"
        if anchor:
            document = target / "README.md" if target.is_dir() else target
            assert anchor[1:] in anchors(document), f"{path}{anchor} does not exist"


def test_mermaid_accepts_every_diagram() -> None:
    diagrams = [
        (page, diagram)
        for page in PAGES
        for diagram in _MERMAID.findall(page.read_text(encoding="utf-8"))
    ]
    assert diagrams
    refused = refusals([diagram for _, diagram in diagrams])
    assert not [
        f"{page}: {why}"
        for (page, _), why in zip(diagrams, refused, strict=True)
        if why
    ]


def test_the_architecture_page_names_states_that_exist() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    definitions = "\n".join(
        file.read_text(encoding="utf-8")
        for file in ROOT.glob("modules/*/workflow/*.asl.yaml")
    )
    states = re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", text)
    assert states
    for state in set(states) - {"StartSyncExecution"}:
        assert re.search(rf"^\s*{state}:", definitions, re.MULTILINE), state
