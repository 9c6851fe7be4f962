"""Whose files are trusted, on folders made for the test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepwire.terraform.trust import distrust, distrust_within


@pytest.fixture
def folder(public_folder: Path) -> Path:
    return public_folder


def test_what_only_the_user_writes_is_trusted(folder: Path) -> None:
    (folder / "a").mkdir(mode=0o755)
    assert distrust(folder / "a") is None
    assert distrust_within(folder) is None


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_a_folder_that_others_write_is_named_with_the_remedy(
    folder: Path, mode: int
) -> None:
    (folder / "a").mkdir()
    (folder / "a").chmod(mode)
    found = distrust(folder / "a")
    assert found is not None
    assert found.path == folder / "a"
    assert found.remedy == f"chmod go-w {folder / 'a'}"


def test_a_writable_folder_on_the_way_is_named(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a").chmod(0o777)
    found = distrust(folder / "a" / "b")
    assert found is not None
    assert found.path == folder / "a"


def test_a_sticky_folder_on_the_way_is_trusted_and_what_is_in_it_is_not(
    folder: Path,
) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a").chmod(0o1777)
    assert distrust(folder / "a" / "b") is None
    assert distrust_within(folder) is not None


def test_a_program_that_others_write_is_named(folder: Path) -> None:
    program = folder / "a" / "program"
    program.parent.mkdir()
    program.touch()
    program.chmod(0o757)
    found = distrust_within(folder)
    assert found is not None
    assert found.path == program


def test_links_are_followed_to_what_they_lead_to(folder: Path) -> None:
    (folder / "open").mkdir()
    (folder / "open" / "program").touch()
    (folder / "open").chmod(0o777)
    (folder / "mirror").mkdir()
    (folder / "mirror" / "program").symlink_to("../open/program")
    found = distrust_within(folder / "mirror")
    assert found is not None
    assert found.path == folder / "open"
    (folder / "way").symlink_to(folder / "open")
    assert distrust(folder / "way" / "program") is not None


def test_links_without_an_end_are_no_endless_walk(folder: Path) -> None:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    (folder / "up").symlink_to(folder)
    assert distrust_within(folder) is None


def test_what_only_the_user_can_enter_is_trusted_whatever_it_holds(
    folder: Path,
) -> None:
    (folder / "a").mkdir()
    (folder / "a").chmod(0o777)
    folder.chmod(0o700)
    assert distrust_within(folder) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
def test_what_belongs_to_another_user_is_named(folder: Path) -> None:
    (folder / "a").mkdir()
    os.chown(folder / "a", 12345, 12345)
    found = distrust(folder / "a")
    assert found is not None
    assert found.reason == "belongs to user 12345"
    assert found.remedy == f"chown {os.geteuid()} {folder / 'a'}"
