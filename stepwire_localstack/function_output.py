"""A function's output, divided into the events of its log.

AWS's runtimes hand what the module `logging` and failures say to Lambda in frames, so
that a message of several lines is one event; of all else each line is one. Here frames
and lines are in one file, in the order in which they were written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

# As AWS's runtime interface client writes it: two bytes that tell a frame, its type,
# the length of the message, and when it was written.
_FRAME: Final = struct.Struct(">HHIQ")
_MARK: Final = b"\xa5\x5a\x00"


def events(output: bytes) -> list[str]:
    """The events, each with the newline that ends it."""
    return [text if text.endswith("\n") else f"{text}\n" for text in _texts(output)]


def _texts(output: bytes) -> Iterator[str]:
    position = 0
    while (start := output.find(_MARK, position)) >= 0:
        message = start + _FRAME.size
        if message > len(output):
            break
        end = message + _FRAME.unpack_from(output, start)[2]
        if end > len(output):
            # Of a runtime that was killed while it wrote.
            break
        yield from _lines(output[position:start])
        yield output[message:end].decode(errors="replace")
        position = end
    yield from _lines(output[position:])


def _lines(output: bytes) -> Iterator[str]:
    # Not splitlines(): a carriage return ends no event.
    *lines, last = output.decode(errors="replace").split("\n")
    yield from (f"{line}\n" for line in lines)
    if last:
        yield last
