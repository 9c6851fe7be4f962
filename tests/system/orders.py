"""What the tests of the order approval have in common."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from stepwire.api import ApiClient, Response, emulated_url

ENDED = {"processed", "rejected", "timed_out", "failed"}


def an_order(price: float = 10, **changes: Any) -> dict[str, Any]:
    """A good order of its own, with one item at ``price``."""
    order = {
        "order_id": f"o-{uuid.uuid4().hex[:12]}",
        "customer": "Ada Lovelace",
        "items": [{"sku": "beans", "quantity": 1, "unit_price": price}],
    }
    return order | changes


@dataclass
class Orders:
    """One deployed order approval, and every answer that it gave."""

    outputs: dict[str, Any]
    endpoint_url: str
    client: Any
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        url = emulated_url(self.outputs["orders_url"], self.endpoint_url)
        self.url = url.removesuffix("/orders")
        self.api = ApiClient(self.url)
        self.table = self.outputs["table_name"]
        self.machine = self.outputs["state_machine_arn"]

    def call(
        self, method: str, path: str, body: Any = None, **options: Any
    ) -> Response:
        answer = self.api.request(method, path, body, **options)
        self.answers.append(answer)
        return answer

    def post(self, order: Any = None, **options: Any) -> Response:
        return self.call("POST", "/orders", order, **options)

    def decide(self, order_id: str, decision: Any, **options: Any) -> Response:
        return self.call("POST", f"/orders/{order_id}/decision", decision, **options)

    def get(self, order_id: str) -> Response:
        return self.call("GET", f"/orders/{order_id}")

    def wait(
        self, order_id: str, *statuses: str, seconds: float = 60
    ) -> dict[str, Any]:
        """The order, once it has one of ``statuses`` (default: once it ended)."""
        deadline = time.monotonic() + seconds
        while True:
            order = self.get(order_id).body
            if order.get("status") in (statuses or ENDED):
                return order
            assert time.monotonic() < deadline, f"still {order} after {seconds} s"
            time.sleep(0.02)

    def pending(self, order: dict[str, Any] | None = None) -> dict[str, Any]:
        """An order that waits for its decision."""
        order = order or an_order(price=1000)
        assert self.post(order).status == 202
        return self.wait(order["order_id"], "pending_approval")

    def item(self, order_id: str) -> dict[str, Any] | None:
        """What the table holds, in DynamoDB's JSON."""
        return (
            self.client("dynamodb")
            .get_item(
                TableName=self.table,
                Key={"order_id": {"S": order_id}},
                ConsistentRead=True,
            )
            .get("Item")
        )

    def await_item(self, order_id: str, *statuses: str, seconds: float) -> None:
        """Wait as ``wait`` does, without a request to the API for each look."""
        deadline = time.monotonic() + seconds
        while True:
            item = self.item(order_id) or {"status": {"S": "unknown"}}
            if item["status"]["S"] in statuses:
                return
            assert time.monotonic() < deadline, f"still {item} after {seconds} s"
            time.sleep(0.1)

    def executions(self) -> list[dict[str, Any]]:
        """Every execution of the order workflow."""
        pages = (
            self.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self.machine)
        )
        return [execution for page in pages for execution in page["executions"]]

    def names(self) -> list[str]:
        """The names of these executions: the ids of their orders."""
        return [execution["name"] for execution in self.executions()]

    def ended(self, order_id: str, seconds: float = 60) -> dict[str, Any]:
        """The order's execution once it has ended, which is just after the order."""
        deadline = time.monotonic() + seconds
        while (execution := self.execution(order_id))["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"{order_id} runs after {seconds} s"
            time.sleep(0.02)
        return execution

    def execution(self, order_id: str) -> dict[str, Any]:
        arn = self.machine.replace(":stateMachine:", ":execution:") + f":{order_id}"
        return self.client("stepfunctions").describe_execution(executionArn=arn)

    def count(self) -> tuple[int, int]:
        """How many orders the table holds, and how many executions there are."""
        table = self.client("dynamodb").scan(TableName=self.table, Select="COUNT")
        return table["Count"], len(self.executions())


def refusal(answer: Response, status: int) -> str:
    """The message of a refusal, which has the one shape that all have."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.body) >= {"error", "message", "request_id"}, answer.text
    assert all(isinstance(answer.body[key], str) for key in ("error", "message"))
    assert answer.body["message"]
    return answer.body["message"]


def dumps(value: Any) -> str:
    """JSON as short as it gets, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
