"""The README shows what the demo prints, made by the functions that print it."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tools.demo import http_notifier, order_approval, rollout, webhook_publisher
from tools.demo.order_approval import Step
from tools.demo.tables import as_text, print_table

README = Path(__file__).parents[2] / "README.md"


def order(what: str, order_id: str, total: str, decided: str, ended: str) -> Step:
    return Step(
        what,
        202,
        post={"order_id": order_id},
        ends=ended,
        answered=202,
        total=total,
        decided=decided,
        ended=ended,
    )


ORDERS = [
    order("below the threshold", "coffee-7f3a", "29.80", "", "processed"),
    order("large, rejected", "yacht-7f3a", "249,000.00", "reject", "rejected"),
    order("large, nobody decides", "forgotten-7f3a", "6,728.00", "", "timed_out"),
]
NOTIFICATIONS = [
    http_notifier.Outcome(
        notification, len(notification.answers), notification.ends, is_good=True
    )
    for notification in http_notifier.NOTIFICATIONS[:2]
]
WEBHOOKS = [
    webhook_publisher.Outcome(
        step,
        "200 duplicate" if step.status == 200 else "202 started",
        step.states,
        is_good=True,
    )
    for step in webhook_publisher.STEPS[:3]
]
MOMENTS = [
    rollout.Moment("tried", {"version 2": 10, "version 1": 90}, Counter(EUR=46, USD=4)),
    rollout.Moment("rolled out", {"version 2": 100}, Counter(USD=50)),
]
TABLES = [
    order_approval.table(ORDERS),
    http_notifier.table(NOTIFICATIONS),
    webhook_publisher.table(WEBHOOKS),
    rollout.table(MOMENTS),
]


def test_the_excerpt_is_what_the_demo_prints() -> None:
    found = re.search(
        r"Parts of its output:\n\n```\n(.*?)\n```", README.read_text("utf-8"), re.DOTALL
    )
    assert found
    assert found[1] == "\n\n".join(map(as_text, TABLES))


def test_on_a_terminal_the_tables_wrap_and_lose_nothing() -> None:
    refused = Step("a list instead of an order", 400, answered=400)
    refused.message = "the body must be an object with an order_id and so much more"
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system=None)
    shown: list[Table] = [order_approval.table([*ORDERS, refused]), *TABLES[1:]]
    for table in shown:
        print_table(table, console)
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in file.getvalue()
    words = file.getvalue().split()
    for word in [*refused.what.split(), *refused.message.split(), "forgotten-7f3a"]:
        assert word in words


@pytest.mark.parametrize("table", TABLES)
def test_in_a_pipe_a_row_is_a_line(table: Table) -> None:
    file = io.StringIO()
    print_table(table, Console(file=file, width=20))
    assert file.getvalue().strip("\n") == as_text(table)
    assert len(as_text(table).splitlines()) == table.row_count + 2
