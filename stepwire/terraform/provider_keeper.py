"""Runs a provider for as long as somebody holds the other end of this one's input.

Started as a separate program (``python provider_keeper.py PROVIDER``). A pipe ends
with the process that made it, however that process ends, on every system alike; so
a provider does not outlive a parent that was killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading


def main() -> None:
    # Its socket is made here, and removed even when the provider leaves it behind.
    folder = tempfile.mkdtemp(prefix="stepwire-provider-")
    # A terminal's Ctrl-C is meant for the command, which still needs the provider.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        provider = subprocess.Popen(
            [sys.argv[1], "-debug"],
            stdin=subprocess.DEVNULL,
            # It tells on standard output where it can be reached; its standard
            # error is a trace of 20 MB.
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TMPDIR": folder},
            process_group=0,
        )
        signal.signal(signal.SIGTERM, lambda *_: provider.terminate())
        threading.Thread(target=_end_with_input, args=(provider,), daemon=True).start()
        provider.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end_with_input(provider: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1024):
        pass
    provider.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        provider.wait(3)
    provider.kill()


if __name__ == "__main__":
    main()
