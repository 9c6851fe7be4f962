"""What a role may do is what its state machine did, no more and no less.

Every path of a system is run; the emulator records which state made which call with
which role; an IAM evaluator holds the calls against the derived policies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire import aws
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform
from tests.system.orders import Orders, an_order, refusal
from tests.system.policies import Call, recorded, without_each_statement

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    """An order approval of its own: one of its machines will be deleted."""
    with Emulator() as emulator:
        environment = emulator.environment()
        terraform = Terraform(
            ROOT, build_folder=tmp_path_factory.mktemp("t"), environment=environment
        )
        outputs = terraform.apply({"order_approval": {"name": "orders"}})
        yield Orders(
            outputs["order_approval"],
            emulator.endpoint_url,
            lambda service: aws.client(service, environment),
        )


@pytest.fixture(scope="module")
def unavailable(orders: Orders) -> dict[str, Any]:
    """Every path is run; at last a post whose workflow cannot be started."""
    small = an_order()
    orders.post(small)
    orders.wait(small["order_id"])
    orders.post(small)
    orders.post(small | {"customer": "Somebody Else"})
    for decision in ("approve", "reject"):
        order_id = orders.pending()["order_id"]
        orders.decide(order_id, {"decision": decision})
        orders.wait(order_id)
        orders.decide(order_id, {"decision": decision})
    stopped = orders.pending()["order_id"]
    states = orders.client("stepfunctions")
    states.stop_execution(executionArn=orders.execution(stopped)["executionArn"])
    orders.decide(stopped, {"decision": "approve"})
    states.delete_state_machine(stateMachineArn=orders.machine)
    order = an_order(price=1000)
    return {"order": order, "answer": orders.post(order)}


@pytest.fixture(scope="module")
def calls(orders: Orders, unavailable: Any) -> set[Call]:
    return recorded(orders.endpoint_url, task_machine=orders.machine)


@pytest.fixture(scope="module")
def policies(orders: Orders) -> dict[str, Any]:
    """The derived policies, by the names of the machines."""
    names = {"workflow": "orders"}
    return {
        names.get(key, f"orders-{key}"): json.loads(policy)
        for key, policy in orders.outputs["execution_policies"].items()
    }


def test_the_policy_allows_every_call_that_was_made(
    calls: set[Call], policies: dict[str, Any]
) -> None:
    assert {call.state_machine for call in calls} == set(policies)
    refused = [
        call for call in calls if not call.is_allowed_by(policies[call.state_machine])
    ]
    assert refused == []


def test_without_any_one_action_a_state_would_lose_a_call(
    calls: set[Call], policies: dict[str, Any]
) -> None:
    lost: dict[str, set[str]] = {}
    for machine, policy in policies.items():
        for action, smaller in without_each_statement(policy):
            lost[f"{machine} {action}"] = {
                call.state
                for call in calls
                if call.state_machine == machine and not call.is_allowed_by(smaller)
            }
    assert [what for what, states in lost.items() if not states] == []
    assert lost["orders-submit dynamodb:PutItem"] == {
        "PutOrder",
        "PutProcessedOrder",
    }
    assert lost["orders-submit states:StartExecution"] == {"StartWorkflow"}
    assert lost["orders-decide states:SendTaskSuccess"] == {"ResumeWorkflow"}
    assert lost["orders-read dynamodb:GetItem"] == {"GetOrder"}
    assert "AwaitDecision" in lost["orders dynamodb:UpdateItem"]


def test_an_order_that_cannot_be_started_is_not_kept(
    orders: Orders, unavailable: dict[str, Any]
) -> None:
    message = refusal(unavailable["answer"], 503)
    assert "send the same request again" in message
    assert orders.item(unavailable["order"]["order_id"]) is None
