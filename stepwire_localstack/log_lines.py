"""Lines of the log that are what they look like.

Paths, names and headers come from strangers, and stock writes them as they are: a
newline would begin a line that looks like LocalStack's, and an escape sequence would
be carried out by the terminal that shows the log.
"""

from __future__ import annotations

import logging
from typing import Any


def install() -> None:
    """Changes what every handler of this process writes, and takes in Twisted's."""
    # Here, so that the rules can be read without LocalStack's environment.
    from twisted.logger import STDLibLogObserver, globalLogBeginner  # noqa: PLC0415

    logging.setLogRecordFactory(Record)
    stock = logging.Formatter.formatException

    def format_exception(self: Any, ei: Any) -> str:
        return indented(stock(self, ei))

    logging.Formatter.formatException = format_exception  # type: ignore[method-assign]
    # By itself it writes to standard error. Below a warning it tells of each request.
    logging.getLogger("twisted").setLevel(logging.WARNING)
    globalLogBeginner.beginLoggingTo([STDLibLogObserver()], redirectStandardIO=False)


class Record(logging.LogRecord):
    """A record whose message is one line, whatever its arguments are."""

    def getMessage(self) -> str:
        """The message with escapes, such as ``\\x1b``, for what cannot be printed."""
        return printable(super().getMessage())


def indented(trace: str) -> str:
    """A stack trace, whose lines cannot be taken for entries of the log."""
    return "\n".join(f"    {printable(line)}" for line in trace.split("\n"))


def printable(line: str) -> str:
    """The line with escapes for what cannot be printed."""
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in line
    )
