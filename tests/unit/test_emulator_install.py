"""How the emulator's virtual environments are installed; nothing is downloaded."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from stepwire.emulator import install
from stepwire.errors import StepwireError

FOLDER = Path(install.__file__).parent
LOCKS = sorted(FOLDER.glob("*.txt"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEPWIRE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made; making takes a moment and installs nothing."""
    names: list[str] = []

    def make(folder: Path, lock_file: Path, _on_progress: install.OnProgress) -> None:
        names.append(lock_file.name)
        time.sleep(0.05)
        (folder / "bin").mkdir(parents=True)

    monkeypatch.setattr(install, "_make", make)
    return names


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_has_names_and_versions_only(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line[:1] != "#"]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9a-z.]+( ; sys_platform == '\w+')?", line)


def test_every_runtime_has_a_lock_file_and_every_lock_file_its_source() -> None:
    runtimes = {f"function-{runtime}" for runtime in install.FUNCTION_RUNTIMES}
    assert {lock.stem for lock in LOCKS} == {"localstack", *runtimes}
    assert {path.stem for path in FOLDER.glob("*.in")} == {lock.stem for lock in LOCKS}


def test_what_is_installed_is_not_installed_again(made: list[str]) -> None:
    first = install.ensure()
    assert sorted(made) == [lock.name for lock in LOCKS]
    assert install.ensure() == first
    assert len(made) == len(LOCKS)


def test_everything_is_below_the_configured_home(made: list[str], home: Path) -> None:
    installation = install.ensure()
    paths = [installation.python, installation.cache, *installation.runtimes.values()]
    assert all(path.is_relative_to(home) for path in paths)


def test_an_interrupted_installation_is_done_anew(made: list[str], home: Path) -> None:
    python = install.ensure().python
    (python.parent.parent / "stepwire-complete").unlink()
    left_over = python.parent / "left-over"
    left_over.touch()
    install.ensure()
    assert made.count("localstack.txt") == 2
    assert not left_over.exists()


def test_a_changed_lock_file_gets_a_new_environment(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = install.ensure().python
    monkeypatch.setattr(install, "_RECIPE", install._RECIPE + 1)
    assert install.ensure().python != before


def test_of_many_at_once_one_installs_and_the_others_wait(made: list[str]) -> None:
    lines: list[str] = []
    threads = [
        threading.Thread(target=install.ensure, args=[lines.append]) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [lock.name for lock in LOCKS]
    assert "waiting for another process that installs the same" in lines


def test_pip_installs_where_uv_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(command: list[str], _environment: dict[str, str]) -> None:
        if Path(command[0]).name == "uv":
            raise subprocess.CalledProcessError(2, command, "no index")
        ran.append(" ".join(command))

    monkeypatch.setattr(install, "_run", run)
    # The folder itself is what the commands would make.
    monkeypatch.setattr(Path, "touch", lambda _path: None)
    lines: list[str] = []
    install.ensure(lines.append)
    assert [" -m venv " in line for line in ran] == [True, False] * len(LOCKS)
    assert all(" -m pip install " in line for line in ran[1::2])
    assert any("with pip" in line for line in lines)


def test_a_failure_says_what_uv_and_pip_said(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def run(command: list[str], _environment: dict[str, str]) -> None:
        said = f"{Path(command[0]).name} cannot reach the index"
        raise subprocess.CalledProcessError(1, command, said)

    monkeypatch.setattr(install, "_run", run)
    with pytest.raises(StepwireError) as raised:
        install.ensure()
    assert "uv cannot reach the index" in raised.value.message
    assert "python" in raised.value.message.split("pip: ")[1]
    assert "PyPI" in str(raised.value.hint)
    assert not [path for path in home.iterdir() if path.is_dir()]


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_home_that_is_no_folder_is_said(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("STEPWIRE_HOME", str(tmp_path / place))
    with pytest.raises(StepwireError) as raised:
        install.ensure()
    assert raised.value.message.startswith(str(tmp_path / "file"))
    assert "\n" not in raised.value.message
    assert "STEPWIRE_HOME can name another" in str(raised.value.hint)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_home_that_cannot_be_written_is_said(
    number: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StepwireError) as raised:
        install.ensure()
    assert raised.value.message == f"{home}: {os.strerror(number)}."
    is_full = number == errno.ENOSPC
    assert ("The disk is full" in str(raised.value.hint)) == is_full
    assert ("that you can write to" in str(raised.value.hint)) != is_full


def test_what_is_installed_is_only_read(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = install.ensure()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "touch", refuse)
    assert install.ensure() == first


def test_a_disk_that_is_full_while_it_installs_is_said(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def run(command: list[str], _environment: dict[str, str]) -> None:
        said = "failed to write: No space left on device (os error 28)"
        raise subprocess.CalledProcessError(1, command, said)

    monkeypatch.setattr(install, "_run", run)
    with pytest.raises(StepwireError) as raised:
        install.ensure()
    assert f"The disk is full: free some space for {home}" in str(raised.value.hint)
