"""Order approval: what callers of the three routes are promised."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from stepwire.api import ApiClient
from stepwire.testing import Executions
from tests.scale import at_scale
from tests.system.orders import ENDED, Orders, an_order, dumps, refusal

ROOT = Path(__file__).parents[2]
MANY = at_scale(60, 300)


@pytest.fixture(scope="session")
def deployed(stepwire_apply: Any) -> Any:
    """The root module with its order approval on."""
    return stepwire_apply(ROOT, {"order_approval": {"name": "orders"}})


@pytest.fixture(scope="session")
def orders(deployed: Any, stepwire_client: Any, stepwire_emulator: Any) -> Orders:
    return Orders(
        deployed.outputs["order_approval"],
        stepwire_emulator.endpoint_url,
        stepwire_client,
    )


@pytest.fixture(scope="session")
def variants(stepwire_apply: Any) -> Any:
    return stepwire_apply(Path(__file__).parent / "fixtures" / "orders")


@pytest.fixture(scope="session")
def short(variants: Any, stepwire_client: Any, stepwire_emulator: Any) -> Orders:
    """Orders that wait two seconds for their decision."""
    return Orders(
        variants.outputs["short"], stepwire_emulator.endpoint_url, stepwire_client
    )


@pytest.fixture(scope="session")
def shipping(variants: Any, stepwire_client: Any, stepwire_emulator: Any) -> Orders:
    """Orders that are written to a table of shipments when they are processed.

    An order is shipped once; the threshold is 10.50, and anyone may call.
    """
    return Orders(
        variants.outputs["shipping"], stepwire_emulator.endpoint_url, stepwire_client
    )


# Posting


def test_an_order_up_to_the_threshold_is_processed_at_once(orders: Orders) -> None:
    order = an_order(price=100)
    answer = orders.post(order)
    assert answer.status == 202
    assert answer.body == {
        "order_id": order["order_id"],
        "status": "processed",
        "location": f"/live/orders/{order['order_id']}",
    }
    assert answer.headers["location"] == answer.body["location"]
    shown = orders.get(order["order_id"]).body
    assert shown["status"] == "processed"
    assert shown["received_at"] == shown["ended_at"]
    assert "decision" not in shown


def test_an_order_that_is_processed_at_once_has_no_execution(orders: Orders) -> None:
    order = an_order(price=100)
    orders.post(order)
    assert order["order_id"] not in orders.names()


def test_the_table_holds_what_the_workflow_writes(
    orders: Orders, stepwire_executions: Executions
) -> None:
    """An order that the API processes, and one that the workflow does."""
    order, other = an_order(), an_order()
    orders.post(order)
    given = {"total_cents": 1000, "total": "10.00", "fingerprint": "f"}
    stepwire_executions.start(orders.machine, other | given).assert_status("SUCCEEDED")
    by_api, by_workflow = (orders.item(one["order_id"]) for one in (order, other))
    assert by_api is not None
    assert by_workflow is not None
    assert by_api.keys() == by_workflow.keys()
    differ = {name for name in by_api if by_api[name] != by_workflow[name]}
    times = {"received_at", "started_at", "ended_at", "expires_at"}
    assert differ <= {"order_id", "fingerprint"} | times


def test_a_cent_more_waits_for_a_decision(orders: Orders) -> None:
    shown = orders.pending(an_order(price=100.01))
    waited_since = datetime.fromisoformat(shown["waiting_since"])
    decide_by = datetime.fromisoformat(shown["decide_by"])
    assert abs(datetime.now(UTC) - waited_since) < timedelta(minutes=1)
    assert decide_by - waited_since == pytest.approx(
        timedelta(days=7), abs=timedelta(seconds=1)
    )


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ([(3, 0.1)], "0.3"),
        ([(3, 0.1), (3, 0.2)], "0.9"),
        ([(1, 1.15), (1, 1.1)], "2.25"),
        ([(7, 0.29), (1, 0.01)], "2.04"),
        ([(1, 0)], "0"),
        ([(1000000, 9999999.99)], "9999999990000"),
        ([(100, 35.55)] * 100, "355500"),
    ],
)
def test_the_total_is_exact(
    orders: Orders, items: list[tuple[int, float]], total: str
) -> None:
    order = an_order(
        items=[{"sku": "x", "quantity": q, "unit_price": p} for q, p in items]
    )
    assert orders.post(order).status == 202
    kept = orders.item(order["order_id"])
    assert kept is not None
    assert Decimal(kept["total"]["N"]) == Decimal(total)
    assert f'"total":{total}' in orders.get(order["order_id"]).text.replace(" ", "")


def test_the_same_order_again_is_the_same_order(orders: Orders) -> None:
    order = an_order()
    first = orders.post(order)
    orders.wait(order["order_id"])
    again = orders.post(dict(reversed(order.items())))
    assert (first.status, again.status) == (202, 200)
    assert again.body == first.body
    assert order["order_id"] not in orders.names()


def test_the_same_order_again_while_it_waits(orders: Orders) -> None:
    order = an_order(price=500)
    orders.pending(order)
    again = orders.post(order)
    assert again.status == 200
    assert again.body["status"] == "pending_approval"


def test_another_order_under_the_same_id_is_a_conflict(orders: Orders) -> None:
    order = an_order()
    orders.post(order)
    orders.wait(order["order_id"])
    kept = orders.item(order["order_id"])
    for change in (
        {"customer": "Somebody Else"},
        {"items": [{"sku": "beans", "quantity": 2, "unit_price": 10}]},
        {"items": order["items"] * 2},
    ):
        answer = orders.post(order | change)
        refusal(answer, 409)
        assert answer.body["status"] == "processed"
    assert orders.item(order["order_id"]) == kept


def test_one_of_many_posts_at_once_starts_the_order(orders: Orders) -> None:
    order = an_order(price=700)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: orders.post(order), range(32)))
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {202: 1, 200: 31}
    assert orders.names().count(order["order_id"]) == 1


def test_one_of_many_posts_at_once_processes_the_order(orders: Orders) -> None:
    order = an_order()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: orders.post(order), range(32)))
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {202: 1, 200: 31}
    assert {answer.body["status"] for answer in answers} == {"processed"}
    kept = orders.item(order["order_id"])
    orders.post(order)
    assert orders.item(order["order_id"]) == kept


def test_an_order_that_was_kept_but_never_started_is_started_by_the_next_post(
    orders: Orders, stepwire_client: Any
) -> None:
    order = an_order()
    text = dumps(order)
    stepwire_client("dynamodb").put_item(
        TableName=orders.table,
        Item={
            "order_id": {"S": order["order_id"]},
            "status": {"S": "processing"},
            "fingerprint": {"S": hashlib.sha256(text.encode()).hexdigest()},
            "received_at": {"S": "2026-01-01T00:00:00.000Z"},
        },
    )
    assert orders.post(order).status == 200
    shown = orders.wait(order["order_id"])
    assert shown["status"] == "processed"
    assert shown["received_at"] == "2026-01-01T00:00:00.000Z"


TEXTS = [
    'O\'Brien "Coco" \\ Sons',
    "'' \\' \\\" \\\\ \\n \\u0041",
    "tab\there, line\nthere, return\r, bell\x07, delete\x7f",
    "Çelik — 株式会社 🚀 \u2028 \u2029 \ufeff",
    "$util.escapeJavaScript('x') ${x} $!{y} $input.body",
    "#set($x = 1) #if(true) #foreach #* comment *# ## rest",
    "{% $now() %} $states.input <script>alert(1)</script>",
    "a" * 256,
    "%20 + & ? / = ;",
    "\0 \x01 \x1f \x85 \ufffe \uffff \U0010ffff",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_arrives_unchanged(orders: Orders, text: str) -> None:
    sku = text[:64]
    order = an_order(
        customer=text, items=[{"sku": sku, "quantity": 2, "unit_price": 99.5}]
    )
    shown = orders.pending(order)
    assert (shown["customer"], shown["items"]) == (text, order["items"])
    kept = orders.item(order["order_id"])
    assert kept is not None
    assert kept["customer"]["S"] == text
    assert kept["items"]["L"][0]["M"]["sku"]["S"] == sku
    ran_with = json.loads(orders.execution(order["order_id"])["input"])
    assert (ran_with["customer"], ran_with["items"]) == (text, order["items"])
    assert (
        orders.decide(order["order_id"], {"decision": "reject", "reason": text}).status
        == 200
    )
    assert orders.wait(order["order_id"])["decision"]["reason"] == text


# Posting what is no order


def _with_item(**changes: Any) -> dict[str, Any]:
    order = an_order()
    return order | {"items": [order["items"][0] | changes]}


def _without(key: str) -> dict[str, Any]:
    return {name: value for name, value in an_order().items() if name != key}


BAD_ORDERS: dict[str, tuple[Any, str]] = {
    "an empty object": ({}, "order_id"),
    "a list": ([an_order()], "object"),
    "a text": ("order", "object"),
    "a number": (5, "object"),
    "true": (True, "object"),
    "no order_id": (_without("order_id"), "order_id"),
    "no customer": (_without("customer"), "customer"),
    "no items": (_without("items"), "items"),
    "a field too many": (an_order(discount=1), "discount"),
    "empty items": (an_order(items=[]), "items"),
    "items that are an object": (an_order(items={"sku": "x"}), "items"),
    "items that are null": (an_order(items=None), "items"),
    "an item that is a text": (an_order(items=["beans"]), "items[0]"),
    "an item that is a list": (an_order(items=[[]]), "items[0]"),
    "101 items": (an_order(items=an_order()["items"] * 101), "items"),
    "the second of two items": (
        an_order(items=[an_order()["items"][0], {"sku": "x"}]),
        "items[1].quantity",
    ),
    "quantity 0": (_with_item(quantity=0), "items[0].quantity"),
    "a negative quantity": (_with_item(quantity=-1), "items[0].quantity"),
    "quantity 1.5": (_with_item(quantity=1.5), "items[0].quantity"),
    "a quantity as text": (_with_item(quantity="1"), "items[0].quantity"),
    "a quantity that is true": (_with_item(quantity=True), "items[0].quantity"),
    "a huge quantity": (_with_item(quantity=10**7), "items[0].quantity"),
    "a negative price": (_with_item(unit_price=-0.01), "items[0].unit_price"),
    "a price as text": (_with_item(unit_price="10"), "items[0].unit_price"),
    "a price with 3 decimals": (_with_item(unit_price=1.005), "items[0].unit_price"),
    "a tiny price": (_with_item(unit_price=1e-7), "items[0].unit_price"),
    "a huge price": (_with_item(unit_price=1e22), "items[0].unit_price"),
    "a price that is null": (_with_item(unit_price=None), "items[0].unit_price"),
    "a field too many in an item": (_with_item(colour="red"), "colour"),
    "an empty sku": (_with_item(sku=""), "items[0].sku"),
    "a long sku": (_with_item(sku="x" * 65), "items[0].sku"),
    "an empty customer": (an_order(customer=""), "customer"),
    "half a character as customer": (an_order(customer="\ud800"), "customer"),
    "half a character as a sku": (_with_item(sku="a\udc00"), "items[0].sku"),
    "half a character as a name": (an_order(**{"\ud800": 1}), "a name with a lone"),
    "an empty name": (an_order(**{"": 1}), 'not ""'),
    "an empty name in an item": (_with_item(**{"": 1}), "items[0] takes"),
    "a long customer": (an_order(customer="x" * 257), "customer"),
    "a customer that is a number": (an_order(customer=1), "customer"),
    "an id that is a number": (an_order(order_id=1), "order_id"),
    "an id with a space": (an_order(order_id="a b"), "order_id"),
    "an id with a slash": (an_order(order_id="a/b"), "order_id"),
    "an id with a quote": (an_order(order_id='a"b'), "order_id"),
    "an id with an apostrophe": (an_order(order_id="a'b"), "order_id"),
    "an id of 200 characters": (an_order(order_id="a" * 200), "order_id"),
    "an id with a line break": (an_order(order_id="a\n"), "order_id"),
    "an empty id": (an_order(order_id=""), "order_id"),
    "an id that is a template": (an_order(order_id="$util.x"), "order_id"),
    "a total over the limit": (
        an_order(
            items=[{"sku": "x", "quantity": 10**6, "unit_price": 9999999.99}] * 99
        ),
        "total",
    ),
}


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_a_bad_order_is_refused_and_nothing_written(orders: Orders, name: str) -> None:
    order, where = BAD_ORDERS[name]
    before = orders.count()
    assert where in refusal(orders.post(order), 400)
    assert orders.count() == before


BAD_BODIES: dict[str, tuple[str | bytes | None, int]] = {
    "no body": (None, 400),
    "an empty body": ("", 400),
    "not JSON": ("order_id=1&customer=x", 400),
    "half an object": ('{"order_id": "a", ', 400),
    "JSON with something behind": ('{"order_id": "a"} {"order_id": "b"}', 400),
    "an attempt to be another caller": (
        '{}, "caller": {"arn": "arn:aws:iam::1:root"}, "x": {}',
        400,
    ),
    "a price of 1e400": (
        dumps(_with_item(unit_price=1)).replace('"unit_price":1', '"unit_price":1e400'),
        400,
    ),
    "bytes that are not UTF-8": (b'{"order_id": "\xff\xfe"}', 400),
    "more than 256 KB": (dumps(an_order(customer="x" * 263_000)), 413),
    "more than 256 KB in items": (
        dumps(an_order(items=[{"sku": "x" * 3000} for _ in range(100)])),
        413,
    ),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_order_is_refused(orders: Orders, name: str) -> None:
    text, status = BAD_BODIES[name]
    before = orders.count()
    refusal(orders.post(text=text), status)
    assert orders.count() == before


def test_a_body_of_another_type_is_refused(orders: Orders) -> None:
    answer = orders.post(
        text=dumps(an_order()), headers={"Content-Type": "application/xml"}
    )
    assert "application/json" in refusal(answer, 415)


# Deciding


@pytest.mark.parametrize(
    ("decision", "ends"), [("approve", "processed"), ("reject", "rejected")]
)
def test_a_decision_ends_the_wait(orders: Orders, decision: str, ends: str) -> None:
    order_id = orders.pending()["order_id"]
    answer = orders.decide(order_id, {"decision": decision, "reason": "because"})
    assert answer.status == 200
    assert answer.body["decision"] == decision
    shown = orders.wait(order_id)
    while "ended_at" not in shown:  # a rejection shows before the workflow ended
        shown = orders.get(order_id).body
    assert shown["status"] == ends
    assert shown["decision"]["reason"] == "because"
    assert shown["received_at"] <= shown["waiting_since"] <= shown["ended_at"]
    assert orders.ended(order_id)["status"] == "SUCCEEDED"


def test_a_reason_is_not_required(orders: Orders) -> None:
    order_id = orders.pending()["order_id"]
    assert orders.decide(order_id, {"decision": "approve"}).status == 200


def test_who_decided_and_when_is_stored(orders: Orders, stepwire_client: Any) -> None:
    iam = stepwire_client("iam")
    arn = iam.create_user(UserName="alice", Path="/finance/")["User"]["Arn"]
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    try:
        order_id = orders.pending()["order_id"]
        alice = ApiClient(
            orders.url, credentials=(key["AccessKeyId"], key["SecretAccessKey"])
        )
        answer = alice.post(f"/orders/{order_id}/decision", {"decision": "approve"})
        assert answer.status == 200
        orders.wait(order_id)
        kept = orders.item(order_id)
        assert kept is not None
        decision = kept["decision"]["M"]
        assert decision["decided_by"]["S"] == arn
        when = datetime.fromisoformat(decision["decided_at"]["S"])
        assert abs(datetime.now(UTC) - when) < timedelta(minutes=1)
        # Callers see who, without the account.
        shown = orders.get(order_id).body["decision"]
        assert shown["decided_by"] == "user/finance/alice"
    finally:
        iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
        iam.delete_user(UserName="alice")


@pytest.mark.parametrize(
    "order_id",
    ["nobody-posted-this", "a%20b", "a%2Fb", "%22", "x" * 200, "%F0%9F%9A%80"],
)
def test_an_unknown_order_is_not_found(orders: Orders, order_id: str) -> None:
    refusal(orders.get(order_id), 404)
    refusal(orders.decide(order_id, {"decision": "approve"}), 404)


def test_an_order_that_needs_no_decision_takes_none(orders: Orders) -> None:
    order = an_order()
    orders.post(order)
    orders.wait(order["order_id"])
    answer = orders.decide(order["order_id"], {"decision": "reject"})
    assert "processed" in refusal(answer, 409)
    assert answer.body["status"] == "processed"


def test_a_decided_order_takes_no_other_decision(orders: Orders) -> None:
    order_id = orders.pending()["order_id"]
    orders.decide(order_id, {"decision": "reject", "reason": "first"})
    ended = orders.wait(order_id)
    answer = orders.decide(order_id, {"decision": "approve"})
    refusal(answer, 409)
    assert answer.body["status"] == "rejected"
    assert orders.wait(order_id)["decision"] == ended["decision"]


def test_one_of_many_decisions_at_once_wins(orders: Orders) -> None:
    order_id = orders.pending()["order_id"]
    decisions = ["approve", "reject"] * 8
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda d: orders.decide(order_id, {"decision": d}), decisions)
        )
    assert Counter(answer.status for answer in answers) == {200: 1, 409: 15}
    won = next(answer.body for answer in answers if answer.status == 200)
    shown = orders.wait(order_id)
    assert shown["decision"]["decision"] == won["decision"]
    expected = {"approve": "processed", "reject": "rejected"}[won["decision"]]
    assert shown["status"] == expected


BAD_DECISIONS: dict[str, tuple[Any, str]] = {
    "an empty object": ({}, "decision"),
    "a list": (["approve"], "object"),
    "a text": ("approve", "object"),
    "another word": ({"decision": "maybe"}, "decision"),
    "capitals": ({"decision": "APPROVE"}, "decision"),
    "a decision that is a list": ({"decision": ["approve"]}, "decision"),
    "a field too many": ({"decision": "approve", "by": "me"}, "by"),
    "a reason that is a number": ({"decision": "approve", "reason": 1}, "reason"),
    "a long reason": ({"decision": "approve", "reason": "x" * 1001}, "reason"),
    "half a character": ({"decision": "reject", "reason": "\ud800"}, "reason"),
    "an empty name": ({"decision": "reject", "": 1}, 'not ""'),
}


def test_a_bad_decision_is_refused_and_the_order_still_waits(orders: Orders) -> None:
    order_id = orders.pending()["order_id"]
    for decision, where in BAD_DECISIONS.values():
        assert where in refusal(orders.decide(order_id, decision), 400)
    refusal(orders.decide(order_id, None), 400)
    refusal(orders.decide(order_id, None, text="approve"), 400)
    assert orders.get(order_id).body["status"] == "pending_approval"
    assert orders.decide(order_id, {"decision": "approve"}).status == 200


# Time


def test_an_order_that_nobody_decides_times_out(short: Orders) -> None:
    order_id = short.pending()["order_id"]
    shown = short.wait(order_id, "timed_out")
    assert "decision" not in shown
    kept = short.item(order_id)
    assert kept is not None
    assert kept["status"]["S"] == "timed_out"
    assert "task_token" not in kept
    answer = short.decide(order_id, {"decision": "approve"})
    refusal(answer, 409)
    assert answer.body["status"] == "timed_out"
    assert short.get(order_id).body["status"] == "timed_out"


def test_a_decision_in_the_last_moment_is_taken_or_refused_never_both(
    short: Orders,
) -> None:
    ids = [short.pending()["order_id"] for _ in range(6)]
    time.sleep(1.4)

    def decide(order_id: str) -> int:
        return short.decide(order_id, {"decision": "approve"}).status

    answered = {}
    for order_id in ids:
        answered[order_id] = decide(order_id)
        time.sleep(0.15)
    for order_id, status in answered.items():
        ended = short.wait(order_id)["status"]
        assert (status, ended) in {(200, "processed"), (409, "timed_out")}


def test_the_table_forgets_an_order_a_year_after_its_end(orders: Orders) -> None:
    order = an_order()
    orders.post(order)
    orders.wait(order["order_id"])
    kept = orders.item(order["order_id"])
    assert kept is not None
    in_a_year = time.time() + 365 * 86400
    assert int(kept["expires_at"]["N"]) == pytest.approx(in_a_year, abs=60)


# Failure


def test_processing_is_the_task_that_the_caller_brings(
    shipping: Orders, variants: Any, stepwire_client: Any
) -> None:
    small, large = an_order(price=10.5), an_order(price=10.51)
    shipping.post(small)
    shipping.pending(large)
    shipping.decide(large["order_id"], {"decision": "approve"})
    for order in (small, large):
        shipping.wait(order["order_id"], "processed")
        shipped = stepwire_client("dynamodb").get_item(
            TableName=variants.outputs["shipments"],
            Key={"order_id": {"S": order["order_id"]}},
        )["Item"]
        assert json.loads(shipped["order"]["S"])["items"] == order["items"]


def test_a_failure_ends_the_order_as_failed_with_its_error(
    shipping: Orders, variants: Any, stepwire_client: Any
) -> None:
    order = an_order()
    stepwire_client("dynamodb").put_item(
        TableName=variants.outputs["shipments"],
        Item={"order_id": {"S": order["order_id"]}},
    )
    assert shipping.post(order).status == 202
    shown = shipping.wait(order["order_id"])
    assert shown["status"] == "failed"
    assert shown["error"] == "DynamoDB.ConditionalCheckFailedException"
    execution = shipping.ended(order["order_id"])
    assert (execution["status"], execution["error"]) == ("FAILED", shown["error"])
    kept = shipping.item(order["order_id"])
    assert kept is not None
    assert kept["cause"]["S"]
    assert kept["cause"]["S"] not in shipping.get(order["order_id"]).text


def test_an_order_whose_workflow_was_stopped_takes_no_decision(
    orders: Orders, stepwire_client: Any
) -> None:
    order_id = orders.pending()["order_id"]
    stepwire_client("stepfunctions").stop_execution(
        executionArn=orders.execution(order_id)["executionArn"]
    )
    answer = orders.decide(order_id, {"decision": "approve"})
    refusal(answer, 409)
    assert answer.body["status"] == "failed"
    assert orders.get(order_id).body["error"] == "ExecutionStopped"


# Who may call, and what no answer holds


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/orders"),
        ("GET", "/orders/some"),
        ("POST", "/orders/some/decision"),
    ],
)
def test_an_unsigned_request_is_refused(orders: Orders, method: str, path: str) -> None:
    stranger = ApiClient(orders.url, credentials=None)
    before = orders.count()
    body = an_order() if method == "POST" else None
    refusal(stranger.request(method, path, body), 403)
    assert orders.count() == before


def test_a_wrong_signature_is_refused(orders: Orders) -> None:
    forger = ApiClient(orders.url, credentials=("test", "guessed"))
    refusal(forger.post("/orders", an_order()), 403)


def test_anyone_may_call_where_authorization_is_none(shipping: Orders) -> None:
    anyone = ApiClient(shipping.url, credentials=None)
    order = an_order(price=100)
    assert anyone.post("/orders", order).status == 202
    shipping.wait(order["order_id"], "pending_approval")
    path = f"/orders/{order['order_id']}/decision"
    assert anyone.post(path, {"decision": "reject"}).status == 200
    shown = shipping.wait(order["order_id"])
    assert shown["decision"]["decided_by"] == "anonymous"


def test_other_paths_and_methods_are_told_apart(orders: Orders) -> None:
    refusal(orders.call("GET", "/order"), 404)
    refusal(orders.call("GET", "/orders/a/decision/b"), 404)
    answer = orders.call("DELETE", "/orders/a")
    assert "GET" in refusal(answer, 405)
    assert answer.headers["allow"] == "GET"


def test_the_table_is_encrypted_recoverable_and_forgets(
    orders: Orders, stepwire_client: Any
) -> None:
    dynamodb = stepwire_client("dynamodb")
    table = dynamodb.describe_table(TableName=orders.table)["Table"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["order_id"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert table["SSEDescription"]["SSEType"] == "KMS"
    ttl = dynamodb.describe_time_to_live(TableName=orders.table)
    assert ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires_at",
    }
    backups = dynamodb.describe_continuous_backups(TableName=orders.table)
    recovery = backups["ContinuousBackupsDescription"]
    assert (
        recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        == "ENABLED"
    )


def test_the_token_waits_in_the_table_and_nowhere_else(orders: Orders) -> None:
    order_id = orders.pending()["order_id"]
    kept = orders.item(order_id)
    assert kept is not None
    token = kept["task_token"]["S"]
    orders.decide(order_id, {"decision": "approve"})
    orders.wait(order_id)
    kept = orders.item(order_id)
    assert kept is not None
    assert "task_token" not in kept
    for answer in orders.answers:
        assert token not in answer.text


# Many at once


@pytest.mark.slow
def test_orders_from_16_threads_with_duplicates_each_end_once(orders: Orders) -> None:
    placed = [an_order(price=50 if n % 3 == 0 else 150) for n in range(MANY)]
    decisions = {
        order["order_id"]: ("approve", "reject")[n % 2]
        for n, order in enumerate(placed)
        if order["items"][0]["unit_price"] == 150
    }
    before = len(orders.executions())

    def place(order: dict[str, Any]) -> list[int]:
        return [orders.post(order).status for _ in range(2)]

    def settle(order_id: str) -> list[int]:
        orders.await_item(order_id, "pending_approval", *ENDED, seconds=120)
        decision = {"decision": decisions[order_id]}
        return [orders.decide(order_id, decision).status]

    with ThreadPoolExecutor(16) as pool:
        placings = pool.map(place, placed)
        twice = [order_id for order_id in decisions for _ in range(2)]
        settlings = list(pool.map(settle, twice))
        answered = list(placings)
    assert answered == [[202, 200]] * MANY
    assert Counter(status for statuses in settlings for status in statuses) == {
        200: MANY * 2 // 3,
        409: MANY * 2 // 3,
    }
    ends = Counter()
    for order in placed:
        orders.await_item(order["order_id"], *ENDED, seconds=120)
        shown = orders.get(order["order_id"]).body
        decision = decisions.get(order["order_id"])
        expected = {"reject": "rejected"}.get(decision or "", "processed")
        assert shown["status"] == expected, shown
        ends[shown["status"]] += 1
    assert ends == {"processed": MANY * 2 // 3, "rejected": MANY // 3}
    deadline = time.monotonic() + 60
    ours = {order["order_id"] for order in placed}
    while True:
        executions = [e for e in orders.executions() if e["name"] in ours]
        if all(execution["status"] != "RUNNING" for execution in executions):
            break
        assert time.monotonic() < deadline, "executions are still running"
    assert len(executions) == len(decisions)
    assert {execution["status"] for execution in executions} == {"SUCCEEDED"}
    assert len(orders.executions()) == before + len(decisions)


# What is deployed


def test_no_answer_ever_held_a_token_an_account_or_a_stack_trace(
    orders: Orders,
) -> None:
    """Looks at every answer that the tests of this file got."""
    assert len(orders.answers) > 20
    for answer in orders.answers:
        text = answer.text + str(answer.headers)
        for secret in (
            "task_token",
            "arn:aws",
            ":000000000000",
            "Traceback",
            "at com.",
        ):
            assert secret not in text, answer


def test_a_second_plan_is_empty(deployed: Any, variants: Any) -> None:
    for applied in (deployed, variants):
        plan = applied.plan()
        assert plan.is_empty, plan.changes
