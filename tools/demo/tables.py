"""The demo's tables: wrapped on a terminal, one line for each row elsewhere."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

GOOD = "[green]✓[/]"
BAD = "[bold red]✗[/]"
_WIDER_THAN_ANY = 500


def table(columns: Sequence[str]) -> Table:
    """An empty table, whose rows are markup."""
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    return shown


def print_table(shown: Table, console: Console) -> None:
    """Prints a table in the width of a terminal, or with lines of any length."""
    if console.is_terminal:
        console.print(shown)
    else:
        console.print(f"\n{as_text(shown)}\n", markup=False, soft_wrap=True)


def as_text(shown: Table) -> str:
    """The text of a table, as in a pipe and in the README."""
    file = io.StringIO()
    Console(file=file, width=_WIDER_THAN_ANY, color_system=None).print(shown)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    return "\n".join(line for line in lines if line)
