"""The functions' roles: what the functions do, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from link_approval import notify
from stepwire.syntax import blocks, source_of
from tests.unit.approvals import ANN, BEN, World, choose, send

MODULE = Path(__file__).parents[2] / "modules" / "link-approval"
_PREFIXES = {"stepfunctions": "states"}


def granted(function: str) -> set[str]:
    """The IAM actions in the statements of one of the module's functions."""
    (statements,) = (
        source_of(block.file, one.value)
        for block in blocks(MODULE)
        if block.kind == "module" and function in block.labels[0]
        for one in block.attributes
        if one.name == "statements"
    )
    if "ses_statements" in statements:
        # Its condition has a key of the same shape as an action.
        statements += re.findall(r"actions[^\]]*", local("ses_statements"))[0]
    # What both have in common.
    common = MODULE.joinpath("key.tf").read_text("utf-8")
    assert "key_statements" in statements
    own = set(re.findall(r"\b[a-z]+:[A-Z][A-Za-z]+", statements))
    return own | set(re.findall(r"\bsecretsmanager:[A-Z][A-Za-z]+", common))


def local(name: str) -> str:
    """A local value of the module, as it is written."""
    (value,) = (
        source_of(block.file, one.value)
        for block in blocks(MODULE)
        if block.kind == "locals"
        for one in block.attributes
        if one.name.lstrip("_") == name
    )
    return value


def action(call: str) -> str:
    """The IAM action of a call as the functions write it."""
    service, operation = call.split(".")
    name = "".join(word.capitalize() for word in operation.split("_"))
    return f"{_PREFIXES.get(service, service)}:{name}"


def made(world: World) -> set[str]:
    """The IAM actions of what was called since this was asked last."""
    actions = {action(call) for call in world.calls}
    world.calls.clear()
    return actions


def test_the_deciding_function_may_do_what_it_does(world: World) -> None:
    told, stopped = world.open(ANN), world.open(ANN)
    world.calls.clear()
    send(told.link)
    choose(told.link, "approve")
    world.faults["send_task_success"] = ["TaskTimedOut"]
    choose(stopped.link, "approve")
    assert made(world) == granted("decide")


def test_the_notifying_function_may_do_what_it_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_FROM", "approvals@example.com")
    asked: Any = world.opened(ANN)
    for event in (
        {"action": "remind", "request_id": asked.id},
        {"action": "escalate", "request_id": asked.id, "approvers": [BEN]},
        {"action": "resend", "request_id": asked.id},
        {"action": "make_key", "version": 1},
    ):
        notify.handler(event, None)
    assert made(world) == granted("notify")


@pytest.mark.parametrize("function", ["decide", "notify"])
def test_no_permission_of_the_functions_has_a_wildcard_action(function: str) -> None:
    assert not any("*" in action for action in granted(function))
