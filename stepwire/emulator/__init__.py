"""LocalStack core as a child process: no Docker, no account, no token."""

from stepwire.emulator.emulator import Emulator

__all__ = ["Emulator"]
