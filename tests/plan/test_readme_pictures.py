"""The pictures in a module's README are those of its workflows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import pictures

FOLDERS = pictures.marked_folders()


def test_every_system_and_the_rollout_have_pictures() -> None:
    assert {folder.name for folder in FOLDERS} >= {
        "http-notifier",
        "link-approval",
        "order-approval",
        "rollout",
        "webhook-publisher",
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_pictures_of_a_module_are_up_to_date(folder: Path) -> None:
    present = (folder / "README.md").read_text(encoding="utf-8")
    assert present == pictures.generate(folder), (
        f"Run: python -m tools.pictures {folder.relative_to(pictures.ROOT)}"
    )
