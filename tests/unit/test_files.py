"""What Stepwire keeps in a project stays there, in a stranger's project, too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stepwire import cli, files
from stepwire.commands.run import child_environment
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError
from stepwire.terraform import Terraform
from tools.demo import targets

ANOTHER = 12345
"""The id of a user."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of the user's, with what an emulator's folder has in it, too."""
    folder = tmp_path / "elsewhere"
    for name in ("data", "tmp"):
        (folder / name).mkdir(parents=True)
        (folder / name / "precious").write_text("mine")
    folder.chmod(0o755)
    return folder


def up(project: Path) -> None:
    Project(project).up()


def down(project: Path) -> None:
    Project(project).down()


def run(project: Path) -> None:
    child_environment({}, project)


def demo(project: Path) -> None:
    with targets.only_one(project):
        pass


def apply(project: Path) -> None:
    (project / "main.tf").touch()
    os.chdir(project)
    Terraform(project).init()


@pytest.mark.parametrize(
    ("use", "folder"),
    [
        (up, "emulator"),
        (down, "emulator"),
        (run, "run"),
        (demo, "demo"),
        (apply, "terraform"),
    ],
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_link_is_not_followed(
    use: Callable[[Path], None],
    folder: str,
    is_whole: bool,
    project: Path,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(project)  # and back, afterwards
    link = project / ".stepwire" if is_whole else project / ".stepwire" / folder
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    if is_whole:
        (elsewhere / folder).mkdir()
    with pytest.raises(
        StepwireError, match=f"{link} is a link to {elsewhere}"
    ) as raised:
        use(project)
    assert raised.value.hint == f"Remove the link: rm {link}"
    assert elsewhere.stat().st_mode & 0o777 == 0o755
    assert (elsewhere / "data" / "precious").read_text() == "mine"
    assert (elsewhere / "tmp" / "precious").read_text() == "mine"


def test_status_and_logs_touch_nothing(
    project: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".stepwire").mkdir()
    (project / ".stepwire" / "emulator").symlink_to(elsewhere)
    monkeypatch.chdir(project)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert cli.main(["status"]) == 3
    assert cli.main(["logs"]) == 1
    assert elsewhere.stat().st_mode & 0o777 == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_another_users_folder_is_not_used(tmp_path: Path) -> None:
    # As /tmp is, where everybody can make a .stepwire for all who work below it.
    state = tmp_path / ".stepwire"
    state.mkdir()
    os.chown(state, ANOTHER, ANOTHER)
    with pytest.raises(StepwireError, match=f"belongs to user {ANOTHER}"):
        files.make_private_folder(state / "run")
    assert not (state / "run").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_root_works_in_a_project_of_another(tmp_path: Path) -> None:
    # As in a container that has a checkout of its host.
    state = tmp_path / ".stepwire"
    state.mkdir()
    for folder in (tmp_path, state):
        os.chown(folder, ANOTHER, ANOTHER)
    files.make_private_folder(state / "run")
    assert (state / "run").stat().st_mode & 0o777 == 0o700


def test_a_file_does_not_go_where_a_link_leads(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    log = tmp_path / "localstack.log"
    log.symlink_to(precious)
    with files.open_private_file(log) as opened:
        opened.write(b"a log")
    assert log.read_text() == "a log"
    assert not log.is_symlink()
    assert log.stat().st_mode & 0o777 == 0o600
    assert precious.read_text() == "mine"


def test_neither_does_terraforms_configuration(project: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (project / ".stepwire" / "run").mkdir(parents=True)
    link = project / ".stepwire" / "run" / "terraform.rc"
    link.symlink_to(precious)
    child_environment({}, project)
    assert not link.is_symlink()
    assert precious.read_text() == "mine"


def test_git_ignores_what_stepwire_keeps(project: Path) -> None:
    files.make_private_folder(project / ".stepwire" / "emulator")
    files.keep_from_git(project / ".stepwire")
    assert (project / ".stepwire" / ".gitignore").read_text() == "*\n"


def test_no_file_of_the_user_is_overwritten_for_git(project: Path) -> None:
    mine = project / "mine"
    mine.write_text("precious")
    (project / ".stepwire").mkdir()
    (project / ".stepwire" / ".gitignore").symlink_to(mine)
    files.keep_from_git(project / ".stepwire")
    assert mine.read_text() == "precious"


def test_a_private_file_takes_the_place_of_one_that_others_could_read(
    tmp_path: Path,
) -> None:
    file = tmp_path / "values.json"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o644)
    files.write_private(file, "né")
    assert file.read_text(encoding="utf-8") == "né"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
