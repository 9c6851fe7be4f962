"""The order approval's part of the demo: post orders, decide, show the outcomes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from stepwire.api import ApiClient
from stepwire.errors import StepwireError
from tools.demo import tables
from tools.demo.tables import print_table

_COLUMNS = ("order", "what", "total", "HTTP", "decision", "ended", "")

ENDED = {"processed", "rejected", "timed_out", "failed"}


@dataclass
class Step:
    """One order of the demo: the request, and the expected end.

    ``ends`` is the order's last status; ``None`` where the post is refused.
    """

    what: str
    answer: int
    post: Any = None
    text: str | None = None
    decide: dict[str, str] | None = None
    ends: str | None = None

    # The outcome.
    answered: int | None = None
    message: str = ""
    total: str = ""
    decided: str = ""
    ended: str | None = None

    @property
    def order_id(self) -> str | None:
        """The posted id, where it is one that an order can have."""
        order_id = self.post.get("order_id") if isinstance(self.post, dict) else None
        return order_id if isinstance(order_id, str) and self.ends else None

    @property
    def is_over(self) -> bool:
        """Whether the outcome is final."""
        return self.answered is not None and (
            self.ends is None or self.answered >= 400 or self.ended is not None
        )

    @property
    def is_as_expected(self) -> bool:
        """Whether the answer and the end are as the file expects."""
        return self.answered == self.answer and self.ended == self.ends


def read_steps(file: Path, suffix: str) -> list[Step]:
    """The steps in ``file``; every order id gets ``suffix``.

    Each run has other ids, so that its first post of an order is the first one.
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
    api: ApiClient,
    steps: list[Step],
    console: Console,
    *,
    patience: float,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Post, decide and wait for every step, with a table that fills as it goes.

    ``patience`` is how many seconds the last order may take to end. ``check`` is
    called again and again, and ends it by raising something.
    """
    if not console.is_terminal:
        _run_steps(api, steps, patience, check)
        print_table(table(steps), console)
        return
    with Live(table(steps), console=console, refresh_per_second=8) as live:

        def show() -> None:
            check()
            live.update(table(steps))

        _run_steps(api, steps, patience, show)


def _run_steps(
    api: ApiClient, steps: list[Step], patience: float, show: Callable[[], None]
) -> None:
    for step in steps:
        _post(api, step)
        if step.decide and step.answered == 202:
            _decide(api, step)
        elif step.order_id and step.answer == 202 and step.ends != "timed_out":
            _follow(api, step, seconds=patience)
        show()
    deadline = time.monotonic() + patience
    while any(not step.is_over for step in steps):
        for step in steps:
            _look(api, step)
        show()
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)


def _post(api: ApiClient, step: Step) -> None:
    answer = api.post("/orders", step.post, text=step.text)
    step.answered = answer.status
    if answer.status >= 400:
        step.message = str(answer.body.get("message", ""))


def _decide(api: ApiClient, step: Step) -> None:
    """Wait until the order waits, then decide: an early decision gets a 409."""
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


def table(steps: list[Step]) -> Table:
    """One row for each step that was answered."""
    shown = tables.table(_COLUMNS)
    shown.columns[_COLUMNS.index("total")].justify = "right"
    # On a narrow terminal the texts wrap, and these are neither cut nor broken.
    for name in ("order", "total", "HTTP", "decision", ""):
        shown.columns[_COLUMNS.index(name)].no_wrap = True
    for step in steps:
        if step.answered is None:
            continue
        mark = tables.GOOD if step.is_as_expected else tables.BAD
        order_id = step.post.get("order_id") if isinstance(step.post, dict) else None
        shown.add_row(
            escape(str(order_id or "-")),
            escape(step.what),
            step.total,
            str(step.answered),
            step.decided,
            escape(step.ended or step.message or ("" if step.is_over else "waits")),
            mark if step.is_over else "[yellow]…[/]",
        )
    return shown
