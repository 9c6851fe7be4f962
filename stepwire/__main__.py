"""Starts the command ``stepwire``: a Ctrl-C before it has begun ends it, too."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Runs one command; returns its exit status."""
    # Importing takes a second, in which Python would answer with a stack trace.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from stepwire import cli  # noqa: PLC0415

    signal.signal(signal.SIGINT, before)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
