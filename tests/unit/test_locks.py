"""What processes of one run lock; descriptors of one process do as processes do."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from stepwire.locks import Ownership, Use, locked


def test_one_has_it_until_it_is_released(tmp_path: Path) -> None:
    ownership = Ownership.take(tmp_path / "folder" / "lock")
    assert ownership is not None
    assert Ownership.take(tmp_path / "folder" / "lock") is None
    ownership.release()
    assert Ownership.take(tmp_path / "folder" / "lock") is not None


def test_what_a_dead_process_had_is_free(tmp_path: Path) -> None:
    script = (
        "import os; from pathlib import Path; from stepwire.locks import Ownership;"
        f"assert Ownership.take(Path({str(tmp_path / 'lock')!r})); os.abort()"
    )
    subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert Ownership.take(tmp_path / "lock") is not None


def test_two_that_wait_to_be_alone_get_it_one_after_the_other(tmp_path: Path) -> None:
    uses = [Use(tmp_path / "lock") for _ in range(3)]
    alone: list[int] = []
    inside = threading.Lock()

    def wait(number: int) -> None:
        uses[number].wait_until_alone()
        assert inside.acquire(blocking=False)
        alone.append(number)
        inside.release()
        uses[number].end()

    waiting = [threading.Thread(target=wait, args=(number,)) for number in (0, 1)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(0.1)
    assert alone == []
    uses[2].end()
    for thread in waiting:
        thread.join(20)
    assert sorted(alone) == [0, 1]


def test_one_at_a_time_is_inside(tmp_path: Path) -> None:
    entered = threading.Event()

    def enter() -> None:
        with locked(tmp_path / "lock"):
            entered.set()

    thread = threading.Thread(target=enter)
    with locked(tmp_path / "lock"):
        thread.start()
        assert not entered.wait(0.1)
    assert entered.wait(20)
    thread.join()
