"""The emulator of `stepwire up` is found and ended, and nothing else is, whatever
happened to the command or to its folder."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stepwire.emulator import detached, install, server
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError
from tests.waiting import until


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A project; what runs in it is ended."""
    install.ensure()
    project = tmp_path / "project"
    (project / ".stepwire").mkdir(parents=True)
    yield project
    running = Project(project).running()
    if running is not None:
        running.end()


def emulator_folder(folder: Path) -> Path:
    return folder / ".stepwire" / "emulator"


def command(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k != "AWS_ENDPOINT_URL"}
    return subprocess.Popen(
        [sys.executable, "-m", "stepwire.cli", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    process = command(folder, *arguments)
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    return process.returncode, output + errors


def launcher(folder: Path, program: str) -> Path:
    """Another program under the launcher's name."""
    file = folder.joinpath(*server.LAUNCHER.parts[-2:])
    file.parent.mkdir()
    file.write_text(program)
    return file


@pytest.fixture
def slow_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A LocalStack that never answers."""
    sleep = "import time; time.sleep(600)"
    monkeypatch.setattr(server, "LAUNCHER", launcher(tmp_path, sleep))


@pytest.mark.parametrize("end", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_an_up_that_is_ended_before_it_is_ready_leaves_what_is_found(
    folder: Path, end: str
) -> None:
    up = command(folder, "up")
    project = Project(folder)
    until(project.running, "an emulator to be begun")
    up.send_signal(getattr(signal, end))
    up.communicate(timeout=60)
    running = project.running()
    assert running is not None
    # It is whole: the next command has it.
    assert run(folder, "up")[0] == 0
    assert project.running() == running
    assert running.is_answering()
    assert run(folder, "down") == (0, "LocalStack is down.\n")
    assert not running.process.is_running()
    assert run(folder, "status")[0] == 3


def test_what_does_not_answer_is_seen_and_ended(
    folder: Path, slow_plugins: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detached, "_READY_WITHIN", 0.5)
    started = server.start(
        install.ensure(), emulator_folder(folder), None, detached=True
    )
    project = Project(folder)
    # A program that has just begun has no command line for an instant.
    running = until(project.running, "the launcher to be seen")
    assert running.port == started.port
    with pytest.raises(StepwireError, match="did not answer within"):
        project.up()
    assert project.down()
    assert not running.process.is_running()
    assert project.running() is None


def test_a_failed_start_leaves_its_log_and_nothing_else(
    folder: Path, slow_plugins: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detached, "_READY_WITHIN", 0.5)
    project = Project(folder)
    with pytest.raises(StepwireError) as raised:
        project.up()
    assert str(raised.value.hint).endswith(str(project.log_file))
    assert list(emulator_folder(folder).iterdir()) == [project.log_file]
    assert project.running() is None


def test_two_ups_and_then_two_downs_at_once(folder: Path) -> None:
    ups = [command(folder, "up") for _ in range(2)]
    answers = [up.communicate(timeout=120) for up in ups]
    assert [up.returncode for up in ups] == [0, 0], answers
    ports = {re.findall(r"AWS_ENDPOINT_URL=(.*)", output)[0] for output, _ in answers}
    assert len(ports) == 1
    downs = [command(folder, "down") for _ in range(2)]
    said = sorted(down.communicate(timeout=120)[1] for down in downs)
    assert said == ["LocalStack is down.\n", "LocalStack was not up.\n"]
    left = {path.name for path in emulator_folder(folder).iterdir()}
    assert left == {"localstack.log"}


def test_a_clock_that_is_set_loses_nothing(
    folder: Path, slow_plugins: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = server.start(
        install.ensure(), emulator_folder(folder), None, detached=True
    )
    before = psutil.boot_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: before + 3600)
    monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: before + 3600)
    running = Project(folder).running()
    assert running is not None
    assert running.process.pid == started.process.pid
    running.end()
    assert not running.process.is_running()


def test_a_folder_that_was_moved_or_removed_meanwhile_loses_nothing(
    folder: Path, slow_plugins: None
) -> None:
    server.start(install.ensure(), emulator_folder(folder), None, detached=True)
    moved = folder.with_name("moved")
    folder.rename(moved)
    assert Project(folder).running() is None
    running = Project(moved).running()
    assert running is not None
    shutil.rmtree(emulator_folder(moved))
    assert Project(moved).down()
    assert not running.process.is_running()


def test_only_the_launcher_in_the_projects_folder_is_ended(
    folder: Path, tmp_path: Path
) -> None:
    """The same command elsewhere, and other commands there, are not it."""
    emulator_folder(folder).mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    sleep = "import time; time.sleep(600)"
    arguments = ["-P", str(launcher(tmp_path, sleep)), server.DETACHED, "80"]
    others = [
        subprocess.Popen(["sleep", "600"], cwd=emulator_folder(folder)),
        subprocess.Popen(
            [sys.executable, "-c", sleep, *arguments], cwd=emulator_folder(folder)
        ),
        subprocess.Popen(
            ["python", *arguments], executable=sys.executable, cwd=elsewhere
        ),
    ]
    try:
        until(
            lambda: psutil.Process(others[2].pid).cmdline()[-1:] == ["80"],
            "the last program to run",
        )
        assert Project(folder).running() is None
        assert not Project(folder).down()
        assert [other.poll() for other in others] == [None] * 3
    finally:
        for other in others:
            other.kill()
            other.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="to be another user takes root")
def test_the_process_of_another_user_is_not_taken_for_it(
    folder: Path, tmp_path: Path
) -> None:
    emulator_folder(folder).mkdir()
    program = """
import os, sys, time
os.setuid(65534)
print("ready", flush=True)
time.sleep(600)
"""
    other = subprocess.Popen(
        ["python", "-P", launcher(tmp_path, program), server.DETACHED, "80"],
        executable=sys.executable,
        cwd=emulator_folder(folder),
        stdout=subprocess.PIPE,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        assert Project(folder).running() is None
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\0", b'{"pid": -1}'])
def test_what_is_in_a_file_of_an_earlier_state_does_not_matter(
    folder: Path, content: bytes
) -> None:
    emulator_folder(folder).mkdir()
    (emulator_folder(folder) / "state.json").write_bytes(content)
    assert run(folder, "status")[0] == 3
    assert run(folder, "down") == (0, "LocalStack was not up.\n")


@pytest.mark.parametrize("name", ["data", "tmp"])
def test_a_file_in_place_of_a_folder_of_data_goes(folder: Path, name: str) -> None:
    emulator_folder(folder).mkdir()
    (emulator_folder(folder) / name).write_text("in the way")
    assert run(folder, "down")[0] == 0
    assert not (emulator_folder(folder) / name).exists()


@pytest.mark.parametrize("place", [".stepwire", ".stepwire/emulator"])
@pytest.mark.parametrize("typed", ["up", "down", "status"])
def test_a_file_in_place_of_the_folder_is_named(
    folder: Path, place: str, typed: str
) -> None:
    shutil.rmtree(folder / ".stepwire")
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_text("in the way")
    status, said = run(folder, typed)
    if typed == "up":
        assert status == 1
        assert str(emulator_folder(folder)) in said
        assert len(said.splitlines()) == 2
    assert (folder / place).read_text() == "in the way"


def test_a_folder_in_place_of_the_log_is_named(folder: Path) -> None:
    log = emulator_folder(folder) / "localstack.log"
    log.mkdir(parents=True)
    status, said = run(folder, "up")
    assert status == 1
    assert f"{log}: Is a directory" in said
    assert log.is_dir()
    assert Project(folder).running() is None


def test_down_and_status_make_no_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert run(tmp_path, "status")[0] == 3
    assert run(tmp_path, "down")[0] == 0
    assert not (tmp_path / ".stepwire").exists()


def test_a_full_disk_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = emulator_folder(folder)
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk takes a mount, and that root")
    try:
        monkeypatch.setattr(detached, "_READY_WITHIN", 30)
        fill(disk)
        with pytest.raises(StepwireError) as raised:
            Project(folder).up()
        assert "The disk is full: free some space for" in str(raised.value.hint)
        assert str(disk) in str(raised.value.hint)
        assert Project(folder).running() is None
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path) -> None:
    with contextlib.suppress(OSError), (disk / "filler").open("wb", 0) as filler:
        while True:
            filler.write(bytes(512))


def test_the_folder_is_closed_to_others(
    folder: Path, slow_plugins: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator_folder(folder).mkdir(mode=0o755)
    project = Project(folder)
    project.log_file.touch(mode=0o644)
    monkeypatch.setattr(detached, "_READY_WITHIN", 0.2)
    with pytest.raises(StepwireError):
        project.up()
    assert emulator_folder(folder).stat().st_mode & 0o777 == 0o700
    assert project.log_file.stat().st_mode & 0o777 == 0o600
