"""The command before it has begun."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path


def test_a_ctrl_c_during_the_imports_ends_it_without_a_trace(tmp_path: Path) -> None:
    # Stands for the command, whose import takes as long as the test needs.
    (tmp_path / "stepwire").mkdir()
    source = Path(__file__).parents[2] / "stepwire" / "__main__.py"
    (tmp_path / "stepwire" / "__main__.py").write_text(source.read_text())
    (tmp_path / "stepwire" / "__init__.py").touch()
    (tmp_path / "stepwire" / "cli.py").write_text(
        "import time; print('imports', flush=True); time.sleep(60)"
    )
    program = subprocess.Popen(
        [sys.executable, "-m", "stepwire"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "imports\n"
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=30)
    assert (program.returncode, errors) == (-signal.SIGINT, "")
