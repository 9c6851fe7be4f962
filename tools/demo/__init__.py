"""``stepwire demo``: the systems, deployed to the emulator and used."""

from tools.demo.run import run

__all__ = ["run"]
