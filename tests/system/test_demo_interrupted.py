"""`make demo` interrupted at random moments, then run again: good each time.

STEPWIRE_INTERRUPTIONS says how many moments (two by default, some two minutes each),
STEPWIRE_SEED which ones.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stepwire.emulator.detached import Project
from tests.system.test_demo import copy_checkout

INTERRUPTIONS = int(os.environ.get("STEPWIRE_INTERRUPTIONS", "2"))
SEED = int(os.environ.get("STEPWIRE_SEED", "12"))
# The demo takes about so long until everything is deployed; later there is nothing
# left to break.
DEPLOYED_SECONDS = 60
ENDS_WITHIN_SECONDS = 15

pytestmark = pytest.mark.extended


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = copy_checkout(tmp_path_factory.mktemp("interrupted"))
    yield directory
    Project(directory).down()


def start(checkout: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k != "AWS_ENDPOINT_URL"}
    return subprocess.Popen(
        [sys.executable, "-m", "stepwire", "demo", "--yes"],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def programs_of(demo: subprocess.Popen[str], checkout: Path) -> list[psutil.Process]:
    """What the demo has started, but for the emulator, which stays."""
    running = Project(checkout).running()
    stays = running.process.pid if running else None
    children = psutil.Process(demo.pid).children(recursive=True)
    return [
        child
        for child in children
        if child.pid != stays
        and stays not in [parent.pid for parent in child.parents()]
    ]


@pytest.mark.parametrize("number", range(INTERRUPTIONS))
def test_a_demo_after_one_that_was_interrupted_is_good(
    checkout: Path, number: int
) -> None:
    dice = random.Random(SEED * 1000 + number)
    moment = dice.uniform(0.5, DEPLOYED_SECONDS)
    how = dice.choice([signal.SIGINT, signal.SIGINT, signal.SIGTERM])
    # In nobody's way: the moment is what is tried.
    demo = start(checkout)
    try:
        demo.wait(moment)
    except subprocess.TimeoutExpired:
        programs = programs_of(demo, checkout)
        began = time.monotonic()
        demo.send_signal(how)
        _, errors = demo.communicate(timeout=60)
        took = time.monotonic() - began
        # Before it has begun the signal itself ends it.
        begun = demo.returncode == 130
        assert begun or demo.returncode == -how, f"at {moment:.1f} s: {errors}"
        assert "Traceback" not in errors
        assert ("Interrupted." in errors) == begun
        assert took < ENDS_WITHIN_SECONDS, f"at {moment:.1f} s it took {took:.1f} s"
        _, alive = psutil.wait_procs(programs, timeout=60)
        assert [process.name() for process in alive] == []
        if begun and Project(checkout).running():
            assert "`make down` or `stepwire down` ends it" in errors
    again = start(checkout)
    printed, errors = again.communicate(timeout=300)
    assert again.returncode == 0, f"after {moment:.1f} s: {printed}{errors}"
