"""A mixed load on every system at once: minutes of it, without one wrong answer."""

from __future__ import annotations

import json
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import ClientError

from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Executions
from tests.publishing import Dev, OpenSearch, PlainApi, Sanity
from tests.publishing.opensearch import Basic
from tests.scale import at_scale
from tests.stub_api import Received, StubApi
from tests.system.approvals import Approvals, choose
from tests.system.orders import Orders, an_order
from tests.system.posts import Publisher, a_document, a_name, outcome

FIXTURE = Path(__file__).parent / "fixtures" / "soak"
SECONDS = at_scale(10, 300)
AT_ONCE = 8
PATIENCE_SECONDS = 120
"""How long one workflow may take while all others run beside it."""


@dataclass(frozen=True)
class Systems:
    """Everything that the load uses; each method is one workflow from end to end."""

    orders: Orders
    approvals: Approvals
    publisher: Publisher
    sanity: Sanity
    notifier_arn: str
    executions: Executions
    client: ClientFactory

    def small_order(self) -> None:
        order = an_order(price=20)
        assert self.orders.post(order).status == 202
        self.orders.await_item(order["order_id"], "processed", seconds=PATIENCE_SECONDS)

    def decided_order(self) -> None:
        order = an_order(price=1000)
        name = order["order_id"]
        assert self.orders.post(order).status == 202
        self.orders.await_item(name, "pending_approval", seconds=PATIENCE_SECONDS)
        decision = random.choice(["approve", "reject"])
        answers = {self.orders.decide(name, {"decision": decision}).status}
        answers.add(self.orders.decide(name, {"decision": "approve"}).status)
        assert answers == {200, 409}, answers
        ended = "processed" if decision == "approve" else "rejected"
        self.orders.await_item(name, ended, seconds=PATIENCE_SECONDS)

    def refused_order(self) -> None:
        order = an_order(customer=17)
        assert self.orders.post(order).status == 400
        assert self.orders.item(order["order_id"]) is None

    def refused_update(self) -> None:
        """An update that DynamoDB refuses leaves the order as it is."""
        order = an_order(price=20)
        name = order["order_id"]
        assert self.orders.post(order).status == 202
        self.orders.await_item(name, "processed", seconds=PATIENCE_SECONDS)
        before = self.orders.item(name)
        with pytest.raises(ClientError):
            self.client("dynamodb").update_item(
                TableName=self.orders.table,
                Key={"order_id": {"S": name}},
                UpdateExpression="SET note = :note ADD customer :one",
                ExpressionAttributeValues={":note": {"S": "x"}, ":one": {"N": "1"}},
            )
        assert self.orders.item(name) == before

    def approval(self) -> None:
        title = a_name("approval")
        execution = self.approvals.start({"title": title})
        link = self.approvals.link(title, seconds=PATIENCE_SECONDS)
        assert choose(link, "approve").status == 200
        output = self.approvals.output(execution, seconds=PATIENCE_SECONDS)
        assert output["decision"] == "approve"

    def notification(self) -> None:
        execution = self.executions.start(self.notifier_arn, {"text": a_name("news")})
        execution.assert_status("SUCCEEDED", timeout=PATIENCE_SECONDS)

    def post(self) -> None:
        """A document that is published, changed and removed, told by webhooks."""
        name = a_name("post")
        for version, (operation, state) in enumerate(
            [("create", "CREATED"), ("update", "UPDATED"), ("delete", "REMOVED")], 2
        ):
            self.sanity.documents[name] = a_document(
                name, "emoji", _updatedAt=f"2026-01-0{version}T00:00:00Z"
            )
            if operation == "delete":
                del self.sanity.documents[name]
            answer = self.publisher.tell({"_id": name, "_type": "post"}, operation)
            assert answer.status == 202, answer
            run = outcome(self.publisher.started(answer))
            assert run.states == {"dev": state, "search": state}, run


WEIGHTS: dict[Callable[[Systems], None], int] = {
    Systems.small_order: 30,
    Systems.decided_order: 25,
    Systems.refused_order: 15,
    Systems.refused_update: 10,
    Systems.notification: 12,
    Systems.approval: 4,
    Systems.post: 4,
}


class Slack:
    """The first request of one notification in five fails, for it to be repeated."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    async def __call__(self, _request: web.Request, received: Received) -> Any:
        text = json.loads(received.body)["text"]
        is_new = text not in self._seen
        self._seen.add(text)
        if is_new and random.random() < 0.2:
            return web.Response(status=503)
        return web.json_response({"ok": True, "ts": "1.2"})


@pytest.fixture(scope="module")
def sanity() -> Iterator[Sanity]:
    with PlainApi() as api:
        yield Sanity(api, api.host)


@pytest.fixture(scope="module")
def systems(
    stepwire_apply: ApplyFactory,
    stepwire_client: ClientFactory,
    stepwire_executions: Executions,
    stepwire_emulator: Any,
    stub_api: StubApi,
    sanity: Sanity,
) -> Systems:
    stub_api.on("slack.com", Slack())
    Dev(stub_api, "dev.soak.example.com")
    OpenSearch(stub_api, "search.soak.example.com", access=Basic())
    outputs = stepwire_apply(FIXTURE, {"sanity_url": f"http://{sanity.host}"}).outputs
    deployed = outputs["stepwire"]
    endpoint_url = stepwire_emulator.endpoint_url
    return Systems(
        Orders(deployed["order_approval"], endpoint_url, stepwire_client),
        Approvals(deployed["link_approval"], endpoint_url, stepwire_client),
        Publisher(
            deployed["webhook_publisher"],
            stepwire_executions,
            stepwire_client,
            endpoint_url,
        ),
        sanity,
        deployed["http_notifier"]["start_arn"],
        stepwire_executions,
        stepwire_client,
    )


@pytest.mark.extended
def test_a_mixed_load_ends_without_an_error(systems: Systems) -> None:
    ended: Counter[str] = Counter()
    failures: list[str] = []
    until = time.monotonic() + SECONDS
    lock = threading.Lock()

    def use(_worker: int) -> None:
        while time.monotonic() < until and not failures:
            (workflow,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            try:
                workflow(systems)
            except Exception:
                failures.append(f"{workflow.__name__}: {traceback.format_exc()}")
            else:
                with lock:
                    ended[workflow.__name__] += 1

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(use, range(AT_ONCE)))
    print(f"{ended.total()} workflows in {SECONDS} s: {json.dumps(ended)}")
    assert failures == []
    assert set(ended) == {workflow.__name__ for workflow in WEIGHTS}
