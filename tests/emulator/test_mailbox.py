"""The emulator's e-mails, whatever LocalStack is doing with SES."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from stepwire_localstack.mailbox import Mailbox

PROVIDER = "localstack.services.ses.provider"


def asked(**arguments: str) -> list[str]:
    found = Mailbox().on_get(SimpleNamespace(args=arguments))
    return [message["Id"] for message in found["messages"]]


def test_nobody_has_used_ses_or_it_is_being_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, PROVIDER, raising=False)
    assert asked() == []
    # As Python has it from the first line of a module on.
    monkeypatch.setitem(sys.modules, PROVIDER, ModuleType(PROVIDER))
    assert asked() == []


def test_all_e_mails_or_those_of_a_sender_or_with_an_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    senders = {"1": "us@example.com", "2": "them@example.com", "3": "us@example.com"}
    provider = ModuleType(PROVIDER)
    provider.EMAILS = {  # type: ignore[attr-defined]
        id: {"Id": id, "Source": sender} for id, sender in senders.items()
    }
    monkeypatch.setitem(sys.modules, PROVIDER, provider)
    assert asked() == ["1", "2", "3"]
    assert asked(email="us@example.com") == ["1", "3"]
    assert asked(id="2") == ["2"]
