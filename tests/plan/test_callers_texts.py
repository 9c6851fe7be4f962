"""Values of a caller that YAML, templates and JSONata could read as theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tools.definitions import CONFIGURATIONS, ROOT, RenderError, render_text

Definitions = Mapping[str, Any]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return render_text(ROOT, (CONFIGURATIONS / "texts.tf").read_text("utf-8"))


def _states(definitions: Definitions, address: str) -> dict[str, Any]:
    machine = definitions[f"{address}.aws_sfn_state_machine.this"]
    found: dict[str, Any] = machine["States"]
    return found


@pytest.fixture(scope="module")
def written(definitions: Definitions) -> dict[str, Any]:
    """The values as the caller wrote them."""
    state = _states(definitions, "module.as_written")["Values"]
    found: dict[str, Any] = state["Output"]
    return found


def test_tasks_of_a_caller_are_as_written(
    definitions: Definitions, written: dict[str, Any]
) -> None:
    process = _states(definitions, "module.order.module.workflow")["Process"]
    summary = _states(definitions, "module.publisher.module.workflow")["SendSummary"]
    for task in (process, summary):
        assert task["Comment"] == written["text"]
        assert task["Arguments"].items() >= written["values"].items()
    # From JSON with tabs, "\/" and a pair of escapes.
    assert summary["a/b"] == "😀"


def test_requests_of_a_notifier_are_as_written(
    definitions: Definitions, written: dict[str, Any]
) -> None:
    states = _states(definitions, "module.notifier.module.machine[0]")
    arguments = states["Send"]["Arguments"]
    assert arguments["InvocationConfig"] == {"ConnectionArn": written["connection"]}
    assert arguments["RequestBody"] == written["values"]
    assert arguments["QueryParameters"][written["text"]] == written["text"]
    assert arguments["Headers"]["null"] == "1e3"
    assert states["SendToDeadLetter"]["Arguments"]["QueueUrl"] == "null"


def test_approvers_and_choices_are_as_written(
    definitions: Definitions, written: dict[str, Any]
) -> None:
    states = _states(definitions, "module.approval.module.workflow")
    payload = states["OpenRequest"]["Arguments"]["Payload"]
    values = [choice["value"] for choice in payload["settings"]["choices"]]
    assert values == ["yes", "no", "null", "1e3", "0x1F", "012", "1_000"]
    [approver] = payload["approvers"]
    assert "\x7f\x85\x92\x9f\u2028\ufeff\ufffe\uffff 😀" in approver["name"]


@pytest.mark.parametrize("name", ["true", "no", "null", "y"])
def test_destinations_are_as_written(
    definitions: Definitions, written: dict[str, Any], name: str
) -> None:
    states = _states(definitions, f'module.publisher.module.delivery["{name}"]')
    claim = states["Claim"]
    assert claim["Assign"]["destination"] == name
    assert claim["Arguments"]["Key"]["destination"] == {"S": name}
    arguments = states["Create"]["Arguments"]
    assert arguments["Headers"] == {"X-Text": written["text"], "null": "1e3"}
    assert arguments["RequestBody"] == written["values"]


def test_keys_that_yaml_does_not_take_are_refused() -> None:
    refused = _refusal(
        "order-approval", _task({"<<": {"a": 1}}), _task({"k" * 1000: 1})
    )
    assert 'the key "<<"' in refused
    assert "a key of more than 1,000 characters" in refused


def test_names_of_alarms_have_no_control_character() -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders:live"
    names = json.dumps(["a\x85", "a\n", "a\x7f", "fine"])
    refused = _refusal("rollout", _rollout(arn, alarm_names=names, watch_seconds="60"))
    assert "control character in its name" in refused
    assert "fine" not in refused.partition("in its name: ")[2].splitlines()[0]


def test_names_of_state_machines_have_no_character_that_aws_refuses() -> None:
    names = ['a"b', "a b", "a\nb", "a#b", "{a}", "a'b", "a\x85b", "a\u2028b", "a\\b"]
    arns = [
        f"arn:aws:states:eu-west-1:111122223333:stateMachine:{name}:live"
        for name in names
    ]
    refused = _refusal("rollout", *map(_rollout, arns))
    assert refused.count("Error: Invalid value for variable") == len(names)


def _task(arguments: dict[str, Any]) -> dict[str, str]:
    task = {"Type": "Task", "Arguments": arguments}
    return {"name": '"orders"', "process_task": json.dumps(json.dumps(task))}


def _rollout(alias_arn: str, **more: str) -> dict[str, str]:
    strategy = "{ all_at_once = {} }"
    arn = json.dumps(alias_arn)
    return {"name": '"rollout"', "strategy": strategy, "alias_arn": arn, **more}


def _refusal(module: str, *calls: dict[str, str]) -> str:
    """Terraform's words about calls of a module, each of which it refuses."""
    blocks = []
    for number, call in enumerate(calls):
        lines = [f"  {name} = {value}" for name, value in call.items()]
        source = f'  source = "./modules/{module}"'
        blocks.append("\n".join([f'module "m{number}" {{', source, *lines, "}"]))
    with pytest.raises(RenderError) as refused:
        render_text(ROOT, "\n".join(blocks))
    return str(refused.value)
