"""Webhook publisher: from the webhook to the execution, and what a post then costs."""

from __future__ import annotations

import base64
import functools
import hmac
import json
import random
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import measure
from bench.report import table, targets
from stepwire import aws, http_calls
from stepwire.api import ApiClient, emulated_url
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform
from stepwire.testing import Executions
from tests.publishing import Dev, Hashnode, Medium, OpenSearch, Platform, Sanity
from tests.publishing.opensearch import Basic
from tests.publishing.sanity import Query
from tests.stub_api import StubApi

TITLE: Final = "Webhook publisher"

HERE = Path(__file__).parent
KEY = b"bench-key"
# US dollars in us-east-1, from "AWS Step Functions Pricing": a million transitions of
# STANDARD; a million executions of EXPRESS, and each second of these, of 64 MB.
STANDARD_PRICE: Final = 25.00
EXPRESS_PRICE: Final = 1.00
EXPRESS_SECOND_PRICE: Final = 0.0625 * 16.67
PRICED_IN: Final = "November 2026"
# Sanity's answer to a query, and its webhook, which has categories by reference.
POST = json.loads(
    (HERE.parent / "tests/unit/fixtures/sanity/long-read.json").read_text("utf-8")
)
WEBHOOK = {**POST, "categories": [{"_ref": "databases"}, {"_ref": "war-stories"}]}
BODY = json.dumps(WEBHOOK).encode()


@dataclass(frozen=True)
class Way:
    """A way from a webhook to an execution, with the expected status of the answer."""

    description: str
    function: str
    url: str
    is_signed: bool
    status: int


def run(build: Path, scale: float) -> str:
    """Posts to four platforms; then webhooks, warm and cold, in a random order."""
    with StubApi() as api, Emulator() as emulator:
        http_calls.change(
            emulator.endpoint_url, hosts={"*": api.url}, certificates=api.certificates
        )
        platforms = _platforms(api)
        sanity = Sanity(api, f"localhost:{api.port}", result=_result)
        certificates = build / "authority.pem"
        certificates.write_text(api.certificates, encoding="utf-8")
        outputs = _deploy(build, emulator, platforms, sanity, certificates)
        ways = _ways(outputs, emulator)
        functions = aws.client("lambda", emulator.environment())
        workflow = aws.client("stepfunctions", emulator.environment())

        _set(functions, outputs["initiator"], SSL_CERT_FILE=str(certificates))
        transitions = _transitions(Executions(workflow), outputs, ways["publisher"])
        _check([*platforms, sanity])

        # From here on all start a machine that ends at once.
        machine = outputs["machine"]
        _set(functions, outputs["initiator"], STATE_MACHINE_ARN=machine)
        deliver = {
            name: functools.partial(_deliver, workflow, machine, way)
            for name, way in ways.items()
        }
        starts = {
            "raw": functools.partial(_start, workflow, machine),
            "port": deliver["port"],
            "publisher": deliver["publisher"],
        }
        _taken(starts, 20)  # warm: caches, connections, the functions
        print("one webhook after another", flush=True)
        warm = _taken(starts, round(300 * scale))
        print("cold starts of the functions", flush=True)
        end_environments = functools.partial(_end_environments, functions)
        cold = _taken(
            deliver,
            max(3, round(30 * scale)),
            before=lambda name: end_environments(ways[name].function),
        )
        _check([sanity])
    return _markdown(ways, warm, cold, transitions)


def _platforms(api: StubApi) -> tuple[Dev, Hashnode, Medium, OpenSearch]:
    return Dev(api), Hashnode(api), Medium(api), OpenSearch(api, access=Basic())


def _result(query: Query) -> Any:
    """The post for the publisher's query; its categories for the port's."""
    return POST if "id" in query.parameters else POST["categories"]


def _deploy(
    build: Path,
    emulator: Emulator,
    platforms: tuple[Dev, Hashnode, Medium, OpenSearch],
    sanity: Sanity,
    certificates: Path,
) -> Mapping[str, Any]:
    archive = build / "functions.zip"
    with zipfile.ZipFile(archive, "w") as content:
        for name in ("bare.py", "port.py"):
            content.write(HERE / "publisher" / name, name)
    dev, hashnode, medium, search = platforms
    assert isinstance(search.access, Basic)
    terraform = Terraform(
        HERE / "publisher", build_folder=build, environment=emulator.environment()
    )
    print("deploying the publisher and the others", flush=True)
    return terraform.apply(
        {
            "functions_zip": str(archive),
            "sanity": {"url": sanity.url, "certificates": str(certificates)},
            "credentials": {
                "dev": dev.key,
                "hashnode": hashnode.token,
                "medium": medium.token,
                "search": {
                    "username": search.access.username,
                    "password": search.access.password,
                },
            },
            "settings": {
                "hashnode": {"publication_id": hashnode.publication_id},
                "medium": {"author_id": medium.author_id},
                "search": {"index": "posts"},
            },
        }
    )


def _ways(outputs: Mapping[str, Any], emulator: Emulator) -> dict[str, Way]:
    others = emulated_url(outputs["others_url"], emulator.endpoint_url)
    webhook = emulated_url(outputs["webhook_url"], emulator.endpoint_url)
    initiator = outputs["initiator"]
    return {
        "bare": Way(
            "a handler that does nothing",
            "bench-publisher-bare",
            f"{others}/bare",
            False,
            200,
        ),
        "refused": Way("a webhook without a signature", initiator, webhook, False, 401),
        "port": Way(
            "the port of the article's initiator",
            "bench-publisher-port",
            f"{others}/port",
            False,
            202,
        ),
        "publisher": Way("the publisher's initiator", initiator, webhook, True, 202),
    }


def _start(workflow: Any, machine: str) -> float:
    """Milliseconds until StartExecution has started one."""
    began = time.time()
    started = workflow.start_execution(stateMachineArn=machine, input=BODY.decode())
    return float((started["startDate"].timestamp() - began) * 1000)


def _deliver(workflow: Any, machine: str, way: Way) -> float:
    """Milliseconds until a webhook's execution starts; or, without one, the answer."""
    headers = _headers(way, "create")
    began = time.time()
    name = _send(way, headers)
    if not name:
        return (time.time() - began) * 1000
    execution = workflow.describe_execution(executionArn=_execution_arn(machine, name))
    return float((execution["startDate"].timestamp() - began) * 1000)


def _execution_arn(machine: str, name: str) -> str:
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"


def _send(way: Way, headers: dict[str, str]) -> str:
    """One delivery; the execution's name where there is one."""
    answer = _client(way.url).post("", text=BODY, headers=headers)
    if answer.status != way.status:
        raise SystemExit(f"{way.description}: {answer.status} {answer.text[:300]}")
    return str(answer.body["execution"]) if answer.status == 202 else ""


def _headers(way: Way, operation: str) -> dict[str, str]:
    """The headers of a delivery that was never sent before."""
    headers = {
        "idempotency-key": str(uuid.uuid4()),
        "sanity-operation": operation,
    }
    if way.is_signed:
        moment = int(time.time() * 1000)
        made = hmac.digest(KEY, f"{moment}.".encode() + BODY, "sha256")
        digest = base64.urlsafe_b64encode(made).decode().rstrip("=")
        headers["sanity-webhook-signature"] = f"t={moment},v1={digest}"
    return headers


_clients: dict[str, ApiClient] = {}


def _client(url: str) -> ApiClient:
    # One client each: a sender keeps its connection.
    return _clients.setdefault(url, ApiClient(url, credentials=None))


def _set(functions: Any, function: str, **variables: str) -> None:
    """Change the function's variables, which ends its warm environments."""
    before = functions.get_function_configuration(FunctionName=function)
    _change(
        functions,
        function,
        Environment={"Variables": before["Environment"]["Variables"] | variables},
    )


def _change(functions: Any, function: str, **settings: Any) -> None:
    functions.update_function_configuration(FunctionName=function, **settings)
    functions.get_waiter("function_updated_v2").wait(
        FunctionName=function, WaiterConfig={"Delay": 1}
    )


@dataclass(frozen=True)
class Entered:
    """What an execution is billed by."""

    transitions: int
    """States that it entered."""
    deliveries: int
    """EXPRESS executions that it started."""

    def price(self, seconds: float) -> float:
        """US dollars for a million, where each delivery lasts this many seconds."""
        delivery = EXPRESS_PRICE + EXPRESS_SECOND_PRICE * seconds
        return self.transitions * STANDARD_PRICE + self.deliveries * delivery


def _transitions(
    executions: Executions, outputs: Mapping[str, Any], way: Way
) -> dict[str, Entered]:
    """The executions of a post, of its repetition, and of its update."""

    def entered(operation: str) -> Entered:
        name = _send(way, _headers(way, operation))
        execution = executions.get(_execution_arn(outputs["workflow"], name))
        execution.assert_status("SUCCEEDED", timeout=60)
        states = [
            event["stateEnteredEventDetails"]["name"]
            for event in execution.history()
            if event["type"].endswith("StateEntered")
        ]
        return Entered(len(states), states.count("DeliverToDestination"))

    found = {
        "a new post": entered("create"),
        "the same version again, as another delivery": entered("update"),
    }
    before = POST["_updatedAt"]
    POST["_updatedAt"] = "2026-01-13T09:30:00Z"
    found["a change of it"] = entered("update")
    POST["_updatedAt"] = before
    return found


def _end_environments(functions: Any, function: str) -> None:
    """End the warm environments of a function."""
    _change(functions, function, Description=f"Ended {time.time()}")


def _taken(
    ways: Mapping[str, Callable[[], float]],
    rounds: int,
    before: Callable[[str], object] = lambda _name: None,
) -> dict[str, measure.Latency]:
    """Latencies in a random order each round; see ``measure.latencies``."""
    order = list(ways)
    times: dict[str, list[float]] = {name: [] for name in order}
    shuffle = random.Random(0).shuffle  # noqa: S311 - no secret
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            before(name)
            times[name].append(ways[name]())
    return {name: measure.summary(taken) for name, taken in times.items()}


def _check(stand_ins: list[Platform]) -> None:
    """Raises SystemExit where a platform would have refused a request."""
    for stand_in in stand_ins:
        if stand_in.problems:
            raise SystemExit(f"{stand_in.host}: {stand_in.problems[0].reason}")


def _markdown(
    ways: Mapping[str, Way],
    warm: Mapping[str, measure.Latency],
    cold: Mapping[str, measure.Latency],
    transitions: Mapping[str, Entered],
) -> str:
    return "\n".join(
        [
            f"A webhook of {len(BODY):,} bytes, from POST to its execution's start",
            "(`startDate`), without one to the answer; one at a time, in a random",
            "order each round, every delivery a new one. All start a machine that ends",
            "at once. The port of the source article's initiator checks no signature,",
            "asks Sanity for the post's categories, makes Markdown of it and calls",
            "StartExecution by boto3; the publisher's verifies, refuses what it has",
            "had, asks Sanity for the post as it is now, and makes Markdown, HTML and",
            "text of it. Sanity is a stand-in on this machine, asked over TLS. Cold:",
            "the first webhook after a change of the function's configuration.",
            "",
            *table(
                ["way", "p50 ms", "p95 ms", "webhooks"],
                [
                    _row("warm, boto3 `start_execution`", warm["raw"]),
                    *(
                        _row(f"warm, {ways[name].description}", warm[name])
                        for name in ("port", "publisher")
                    ),
                    *(
                        _row(f"cold, {ways[name].description}", taken)
                        for name, taken in cold.items()
                    ),
                ],
            ),
            "",
            "State transitions: the states that an execution enters, with DEV,",
            "Hashnode, Medium and OpenSearch as destinations. Each delivery is an",
            "EXPRESS execution, billed by its time. Prices are for a million posts,",
            f"each delivery a second in 64 MB: us-east-1, {PRICED_IN}, Step Functions",
            "alone. When deliveries were branches of the workflow, a new post entered",
            "21 states ($525.00), the same version again and a change 20 ($500.00).",
            "",
            *table(
                ["execution", "state transitions", "EXPRESS executions", "price"],
                [
                    [
                        what,
                        str(entered.transitions),
                        str(entered.deliveries),
                        f"${entered.price(1):.2f}",
                    ]
                    for what, entered in transitions.items()
                ],
            ),
            "",
            *targets(
                [
                    (
                        "warm: not slower than the port",
                        warm["publisher"].p50 / warm["port"].p50,
                        1.0,
                    ),
                    (
                        "cold: not slower than the port",
                        cold["publisher"].p50 / cold["port"].p50,
                        1.0,
                    ),
                    (
                        "no signature, cold: at most twice nothing",
                        cold["refused"].p50 / cold["bare"].p50,
                        2.0,
                    ),
                ]
            ),
        ]
    )


def _row(description: str, taken: measure.Latency) -> list[str]:
    return [description, f"{taken.p50:.1f}", f"{taken.p95:.1f}", str(taken.calls)]
