"""Standard output and standard error, as every command prints to them.

Results go to ``output``; progress and errors go to ``messages``. On a terminal a table
wraps to its width; in a pipe or a file each record is one line, its columns whole and
separated by tabs.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import IO, Any, cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stepwire.errors import StepwireError
from stepwire.printable import printable

# Spellings of characters that the terminal's encoding lacks; "?" for all others.
_SPELLED = {
    "✓": "v",
    "✗": "x",
    "…": "...",
    "→": "->",
    "“": '"',
    "”": '"',
    "─": "-",
    "━": "-",
    "╸": "-",
    "╺": "-",
}
_SPELL = "stepwire-spell"


class OutputError(StepwireError):
    """Standard output takes nothing more: the disk is full, or it is closed."""


class OutputGoneError(Exception):
    """The reader of standard output has gone, as ``head`` does."""


class _Output:
    """``sys.stdout``, whatever that is now; it fails with the errors above."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stdout, name)

    def write(self, text: str) -> int:
        try:
            return sys.stdout.write(text)
        except OSError as error:
            raise _failure(error) from error

    def flush(self) -> None:
        try:
            sys.stdout.flush()
        except OSError as error:
            raise _failure(error) from error


class _Messages:
    """``sys.stderr``, whatever that is now; a command does not fail for it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except OSError:
            _silence(sys.stderr)
            return 0

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except OSError:
            _silence(sys.stderr)


output = Console(file=cast(IO[str], _Output()), highlight=False, soft_wrap=True)
messages = Console(
    file=cast(IO[str], _Messages()), stderr=True, highlight=False, soft_wrap=True
)


def prepare() -> None:
    """Opens the standard streams that are closed, and has them print anything.

    Without it, the first file that a command opens would be its standard output. What
    an encoding lacks is spelled: a ✓ in Latin-1 is a v.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # Standard output as well can only be read: writing to it is an error.
            os.open(os.devnull, flags)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    codecs.register_error(_SPELL, _spell)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_SPELL)


def print_error(error: StepwireError) -> None:
    """Prints what is wrong, and what to do about it in another colour."""
    what, hint = str(error), printable(error.hint or "")
    if hint and what.endswith(hint):
        what = what.removesuffix(hint).rstrip()
    messages.print(printable(what), style="red", markup=False)
    if hint:
        messages.print(hint, markup=False)


def print_records(
    columns: Sequence[str],
    records: Iterable[Sequence[str]],
    *,
    right: Collection[str] = (),
) -> None:
    """Prints a table with a line of ``columns`` first; ``right`` aligns to the right.

    On a terminal a cell that is too long wraps. Elsewhere a record is one line.
    """
    if not output.is_terminal:
        for record in (columns, *records):
            line = "\t".join(printable(cell, keep="") for cell in record)
            # Not by rich, which makes spaces of tabs.
            output.file.write(f"{line}\n")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for column in columns:
        justify = "right" if column in right else "left"
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for record in records:
        table.add_row(*(Text(printable(cell, keep="\n")) for cell in record))
    output.print(table)


def _failure(error: OSError) -> Exception:
    _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return OutputGoneError()
    return OutputError(f"Standard output cannot be written to: {error.strerror}.")


def _silence(stream: IO[str]) -> None:
    """Lets what is still in the stream's buffer go nowhere, at the latest at exit."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SPELLED.get(character, "?") for character in lacking), error.end
