"""The order approval's part of the demo: post orders, decide, show what happened."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from stepwire.api import ApiClient
from stepwire.errors import StepwireError

# Widths that fit 80 columns; what is wider gives room to the texts.
_COLUMNS: dict[str, dict[str, Any]] = {
    "order": {"width": 13},
    "what": {"ratio": 4},
    "total": {"width": 10, "justify": "right"},
    "HTTP": {"width": 4},
    "decision": {"width": 8},
    "ended": {"ratio": 3},
    "": {"width": 1},
}
_LARGEST_WIDTH = 120

ENDED = {"processed", "rejected", "timed_out", "failed"}


@dataclass
class Step:
    """One order of the demo: what is posted, and how it has to end.

    ``ends`` is the order's last status; ``None`` where the post is refused.
    """

    what: str
    answer: int
    post: Any = None
    text: str | None = None
    decide: dict[str, str] | None = None
    ends: str | None = None

    # What happened.
    answered: int | None = None
    message: str = ""
    total: str = ""
    decided: str = ""
    ended: str | None = None

    @property
    def order_id(self) -> str | None:
        """The id that was posted, where there is one that an order can have."""
        order_id = self.post.get("order_id") if isinstance(self.post, dict) else None
        return order_id if isinstance(order_id, str) and self.ends else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come."""
        return self.answered is not None and (
            self.ends is None or self.answered >= 400 or self.ended is not None
        )

    @property
    def is_as_expected(self) -> bool:
        """Whether the answer and the end are those that the file names."""
        return self.answered == self.answer and self.ended == self.ends


def read_steps(file: Path, suffix: str) -> list[Step]:
    """The steps in ``file``; every order id gets ``suffix``.

    A run of its own has ids of its own, so that its first post of an order is
    the first one.
    """
    try:
        steps = [Step(**entry) for entry in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise StepwireError(f"{file} is not a list of demo orders: {error}") from error
    for step in steps:
        if isinstance(step.post, dict) and isinstance(step.post.get("order_id"), str):
            step.post = step.post | {"order_id": step.post["order_id"] + suffix}
    return steps


def run_steps(
    api: ApiClient, steps: list[Step], console: Console, *, patience: float
) -> None:
    """Post, decide and wait for every step, with a table that fills as it goes.

    ``patience`` is how many seconds the last order may take to end.
    """
    with Live(
        _table(steps, console.width),
        console=console,
        refresh_per_second=8,
        transient=False,
    ) as live:
        for step in steps:
            _post(api, step)
            if step.decide and step.answered == 202:
                _decide(api, step)
            elif step.order_id and step.answer == 202 and step.ends != "timed_out":
                _follow(api, step, seconds=patience)
            live.update(_table(steps, console.width))
        deadline = time.monotonic() + patience
        while any(not step.is_over for step in steps):
            for step in steps:
                _look(api, step)
            live.update(_table(steps, console.width))
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)


def _post(api: ApiClient, step: Step) -> None:
    answer = api.post("/orders", step.post, text=step.text)
    step.answered = answer.status
    if answer.status >= 400:
        step.message = str(answer.body.get("message", ""))


def _decide(api: ApiClient, step: Step) -> None:
    """Wait until the order waits, then decide; a decision that comes too soon is
    told so with a 409."""
    deadline = time.monotonic() + 10
    while _status(api, step) == "processing" and time.monotonic() < deadline:
        time.sleep(0.02)
    answer = api.post(f"/orders/{step.order_id}/decision", step.decide)
    assert step.decide is not None
    step.decided = (
        step.decide["decision"] if answer.status == 200 else f"refused {answer.status}"
    )
    _follow(api, step, seconds=10)


def _follow(api: ApiClient, step: Step, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not step.is_over and time.monotonic() < deadline:
        _look(api, step)
        time.sleep(0.02)


def _look(api: ApiClient, step: Step) -> None:
    if not step.is_over and step.order_id:
        status = _status(api, step)
        if status in ENDED:
            step.ended = status


def _status(api: ApiClient, step: Step) -> str:
    order = api.get(f"/orders/{step.order_id}").body
    if "total" in order:
        step.total = f"{order['total']:,.2f}"
    return str(order.get("status"))


def _table(steps: list[Step], width: int) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        expand=True,
        width=min(width, _LARGEST_WIDTH),
    )
    for column, options in _COLUMNS.items():
        table.add_column(column, no_wrap=True, overflow="ellipsis", **options)
    for step in steps:
        if step.answered is None:
            continue
        mark = "…" if not step.is_over else "✓" if step.is_as_expected else "✗"
        colour = {"✓": "green", "✗": "bold red", "…": "yellow"}[mark]
        order_id = step.post.get("order_id") if isinstance(step.post, dict) else None
        table.add_row(
            escape(str(order_id or "-")),
            escape(step.what),
            step.total,
            str(step.answered),
            step.decided,
            escape(step.ended or step.message or ("" if step.is_over else "waits")),
            f"[{colour}]{mark}[/]",
        )
    return table
