"""stepwire check --plan says what of a plan a version behind an alias may use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stepwire import cli
from stepwire.check.planned import check_plan
from stepwire.errors import StepwireError

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:orders"
QUEUE = "arn:aws:sqs:us-east-1:111122223333:old"
BUCKET = "arn:aws:s3:::old"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:old"


def change(
    address: str, actions: list[str], before: Any, after: Any = None, module: str = ""
) -> dict[str, Any]:
    return {
        "address": address,
        "module_address": module,
        "type": address.split(".")[-2],
        "change": {"actions": actions, "before": before, "after": after},
    }


def plan(*deleted: dict[str, Any], allowed: str, routed: int = 7) -> str:
    """Version 7 may do ``allowed``, version 8 nothing."""
    statements = [
        {"Sid": "v7n0", "Action": ["any:Thing"], "Resource": [allowed]},
        {"Sid": "v7v8", "Effect": "Deny", "Action": ["none:null"], "Resource": ["*"]},
    ]
    policy = {"name": "deployed", "policy": json.dumps({"Statement": statements})}
    route = {"state_machine_version_arn": f"{MACHINE}:{routed}", "weight": 100}
    alias = {"name": "live", "routing_configuration": [route, {"weight": 0}]}
    machine = "module.orders"
    return json.dumps(
        {
            "resource_changes": [
                change(
                    f"{machine}.aws_iam_role_policy.deployed",
                    ["update"],
                    policy,
                    module=machine,
                ),
                change(
                    f"{machine}.aws_sfn_alias.live", ["no-op"], alias, alias, machine
                ),
                *deleted,
            ]
        }
    )


def removed(kind: str, arn: str | None) -> dict[str, Any]:
    return change(f"{kind}.old", ["delete"], {"arn": arn, "name": "old"})


def replaced(name: str) -> dict[str, Any]:
    before = {"arn": QUEUE, "name": "old"}
    return change("aws_sqs_queue.old", ["delete", "create"], before, {"name": name})


FOUND = {
    "a queue": (QUEUE, removed("aws_sqs_queue", QUEUE)),
    "a queue under another name": (QUEUE, replaced("new")),
    "a bucket of which objects are used": (
        f"{BUCKET}/daily/*",
        removed("aws_s3_bucket", BUCKET),
    ),
    "a function of which any version is used": (
        f"{FUNCTION}:*",
        removed("aws_lambda_function", FUNCTION),
    ),
    "one of many queues": (
        "arn:aws:sqs:us-east-1:111122223333:*",
        removed("aws_sqs_queue", QUEUE),
    ),
}
NOT_FOUND = {
    "another queue": (f"{QUEUE}er", removed("aws_sqs_queue", QUEUE)),
    "a queue replaced under its name": (QUEUE, replaced("old")),
    "what has no ARN": (QUEUE, removed("aws_sqs_queue_policy", None)),
    "what is allowed on everything": ("*", removed("aws_sqs_queue", QUEUE)),
    "what changes": (QUEUE, change("aws_sqs_queue.old", ["update"], {"arn": QUEUE})),
}


@pytest.mark.parametrize(("allowed", "deleted"), FOUND.values(), ids=FOUND)
def test_what_the_version_may_use_is_found(
    allowed: str, deleted: dict[str, Any]
) -> None:
    [found] = check_plan(plan(deleted, allowed=allowed))
    assert str(found) == (
        f"{deleted['address']} is deleted, but the alias live routes to version 7 of "
        "orders, which may use it (any:Thing): keep it until the alias has moved on, "
        "and delete it with a later apply"
    )


@pytest.mark.parametrize(("allowed", "deleted"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_nothing_else_is_found(allowed: str, deleted: dict[str, Any]) -> None:
    assert check_plan(plan(deleted, allowed=allowed)) == []


def test_what_only_a_version_behind_no_alias_may_use_can_go() -> None:
    deleted = removed("aws_sqs_queue", QUEUE)
    assert check_plan(plan(deleted, allowed=QUEUE, routed=8)) == []


NO_PLANS = {
    "nothing": "",
    "no object": "[]",
    "an empty object": "{}",
    "the file that plan -out writes": b"PK\x03\x04\x86\xff",
    "a state": '{"format_version": "1.0", "values": {}}',
}


@pytest.mark.parametrize("text", NO_PLANS.values(), ids=NO_PLANS)
def test_what_is_no_plan_is_refused(text: str | bytes) -> None:
    with pytest.raises(StepwireError, match="no plan in JSON"):
        check_plan(text)


def test_a_plan_without_resources_deletes_nothing() -> None:
    assert check_plan('{"format_version": "1.2", "planned_values": {}}') == []


def test_a_plan_can_be_what_powershell_writes() -> None:
    deleted = removed("aws_sqs_queue", QUEUE)
    assert len(check_plan(plan(deleted, allowed=QUEUE).encode("utf-16"))) == 1


def test_a_folder_beside_a_plan_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "elsewhere", "--plan", str(tmp_path / "plan.json")])
    assert "not allowed with argument" in capsys.readouterr().err


def test_the_command_says_it_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan(removed("aws_sqs_queue", QUEUE), allowed=QUEUE))
    assert cli.main(["check", "--plan", str(file)]) == 1
    assert "aws_sqs_queue.old is deleted" in capsys.readouterr().out
    file.write_text(plan(allowed=QUEUE))
    assert cli.main(["check", "--plan", str(file)]) == 0
