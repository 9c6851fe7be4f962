"""A reader of the demo who does not want to decide."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from stepwire.mails import Mail
from tools.demo import link_approval


class Waiting:
    """Stands for the executions, and for the one that waits for a decision."""

    def __init__(self, _client: object) -> None:
        pass

    def start(self, *_: object) -> Waiting:
        return self

    def wait(self, _seconds: float) -> None:
        raise KeyboardInterrupt


def test_a_ctrl_c_stops_waiting_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = Mail(
        id="1",
        sender="us@example.com",
        to=(link_approval.APPROVER,),
        subject="Decide",
        text="http://here.localhost/x",
        sent_at=datetime.now(UTC),
    )
    monkeypatch.setattr(link_approval, "Executions", Waiting)
    monkeypatch.setattr(link_approval, "_letter", lambda *_: mail)
    printed = io.StringIO()
    environment: dict[str, Any] = {
        "AWS_ENDPOINT_URL": "http://localhost:1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    assert link_approval.run("arn", environment, Console(file=printed), None)
    assert "Not waited for. The link works for 5 minutes" in printed.getvalue()
