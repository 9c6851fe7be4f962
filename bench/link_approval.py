"""Link approval: the cold start of the function behind the links, and warm pages."""

from __future__ import annotations

import functools
import hashlib
import json
import random
import runpy
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import measure
from bench.report import table, targets
from stepwire import aws, package
from stepwire.api import ApiClient
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform
from tools.package import PACKAGE, SOURCES

TITLE: Final = "Link approval"

HERE = Path(__file__).parent
ROOT = HERE.parent
# Not on the path: it is the functions' code, not the package's.
LINK = runpy.run_path(str(ROOT / SOURCES / "link_approval" / "link.py"))
_REQUEST = {
    "title": "Deploy 1.4.0",
    "summary": "The release candidate of this morning.",
    "details": {"service": "checkout", "commit": "2f6c1a9"},
}
_DECIDE = "bench-approval-decide"
_HOUR = 3600
_TWICE = "at most twice the handler that does nothing"


@dataclass(frozen=True)
class Start:
    """A cold start: of which function, with which event, and the right answer."""

    description: str
    function: str
    event: dict[str, Any]
    status: int


def run(build: Path, scale: float) -> str:
    """Cold starts in a random order each round; then pages and decisions, warm."""
    with Emulator() as emulator:
        outputs = _deploy(build, emulator)
        clients = _Clients(emulator)
        requests = _open_requests(clients, outputs, round(100 * scale) + 1)
        key = clients.secret.get_secret_value(SecretId=outputs["secret_arn"])
        write = functools.partial(LINK["write"], key["SecretString"].encode())
        now = int(time.time())
        links = [write(request, 0, now + _HOUR) for request in requests]
        expired = write(requests[0], 0, now - _HOUR)
        print("cold starts", flush=True)
        starts = _starts(links[0], expired)
        cold = _cold(clients.function, starts, max(3, round(30 * scale)))
        print("pages and decisions", flush=True)
        warm = _warm(ApiClient(outputs["url"], credentials=None), links, scale)
    return _markdown(starts, cold, warm)


class _Clients:
    def __init__(self, emulator: Emulator) -> None:
        environment = emulator.environment()
        self.function = aws.client("lambda", environment)
        self.secret = aws.client("secretsmanager", environment)
        self.table = aws.client("dynamodb", environment)
        self.workflow = aws.client("stepfunctions", environment)


def _deploy(build: Path, emulator: Emulator) -> Mapping[str, Any]:
    archive = build / "functions.zip"
    with zipfile.ZipFile(archive, "w") as content:
        for name in ("bare.py", "clients.py"):
            content.write(HERE / "approval" / name, name)
    terraform = Terraform(
        HERE / "approval", build_folder=build, environment=emulator.environment()
    )
    print("deploying link approval", flush=True)
    return terraform.apply({"functions_zip": str(archive)})


def _open_requests(
    clients: _Clients, outputs: Mapping[str, Any], number: int
) -> list[str]:
    """The ids of so many requests that wait for a decision."""
    print(f"opening {number} requests", flush=True)
    ids = []
    for _ in range(number):
        started = clients.workflow.start_execution(
            stateMachineArn=outputs["start_arn"], input=json.dumps(_REQUEST)
        )
        # As lambda_src/link_approval/notify.py names them.
        digest = hashlib.sha256(started["executionArn"].encode()).digest()
        ids.append(digest[:16].hex())
    deadline = time.monotonic() + 120
    for request_id in ids:
        while not _waits(clients.table, outputs["table_name"], request_id):
            if time.monotonic() > deadline:
                raise SystemExit(f"The request {request_id} does not wait.")
            time.sleep(0.1)
    return ids


def _waits(client: Any, name: str, request_id: str) -> bool:
    found = client.get_item(TableName=name, Key={"request_id": {"S": request_id}})
    return "task_token" in found.get("Item", {})


def _starts(valid: str, expired: str) -> dict[str, Start]:
    malformed = "z" * LINK["LENGTH"]
    return {
        "bare": Start("a handler that does nothing", "bench-bare", {}, 200),
        "clients": Start(
            "a handler that makes the two boto3 clients", "bench-clients", {}, 200
        ),
        "valid": Start("a valid link: the page", _DECIDE, _event(valid), 200),
        "malformed": Start("a malformed link", _DECIDE, _event(malformed), 404),
        "short": Start("a link of another size", _DECIDE, _event(valid[1:]), 404),
        "expired": Start("an expired link", _DECIDE, _event(expired), 410),
    }


def _event(path: str) -> dict[str, Any]:
    """The event of a function URL for a browser's GET."""
    return {
        "version": "2.0",
        "rawPath": f"/{path}",
        "rawQueryString": "",
        "headers": {"accept": "text/html"},
        "requestContext": {"http": {"method": "GET", "path": f"/{path}"}},
        "isBase64Encoded": False,
    }


def _cold(
    client: Any, starts: Mapping[str, Start], rounds: int
) -> dict[str, measure.Latency]:
    times: dict[str, list[float]] = {name: [] for name in starts}
    order = list(starts)
    shuffle = random.Random(0).shuffle  # noqa: S311 - no secret
    for number in range(rounds):
        shuffle(order)
        for name in order:
            times[name].append(_one_cold(client, starts[name], f"{number} {name}"))
    return {name: measure.summary(taken) for name, taken in times.items()}


def _one_cold(client: Any, start: Start, number: str) -> float:
    """Milliseconds of one invocation after a change: a cold start."""
    client.update_function_configuration(
        FunctionName=start.function, Description=f"Start {number}"
    )
    client.get_waiter("function_updated_v2").wait(
        FunctionName=start.function, WaiterConfig={"Delay": 1}
    )
    payload = json.dumps(start.event)
    began = time.perf_counter()
    invoked = client.invoke(FunctionName=start.function, Payload=payload)
    answer = json.load(invoked["Payload"])
    taken = (time.perf_counter() - began) * 1000
    if answer.get("statusCode") != start.status:
        raise SystemExit(f"{start.description}: {answer}")
    return taken


def _warm(
    page: ApiClient, links: list[str], scale: float
) -> dict[str, measure.Latency]:
    first, *others = links
    requests = iter(others)
    ways: dict[str, Callable[[], object]] = {
        "GET": functools.partial(_get, page, first),
        "POST": functools.partial(_post, page, requests),
    }
    for _ in range(20):
        _get(page, first)
    gets = measure.latencies({"GET": ways["GET"]}, round(300 * scale))
    return gets | measure.latencies({"POST": ways["POST"]}, len(others))


def _get(page: ApiClient, path: str) -> None:
    answer = page.get(f"/{path}", headers={"Accept": "text/html"})
    if answer.status != 200:
        raise SystemExit(f"GET answered {answer.status}: {answer.text[:200]}")


def _post(page: ApiClient, paths: Iterator[str]) -> None:
    answer = page.post(f"/{next(paths)}", {"choice": "approve"})
    if answer.status != 200:
        raise SystemExit(f"POST answered {answer.status}: {answer.text[:200]}")


def _markdown(
    starts: Mapping[str, Start],
    cold: Mapping[str, measure.Latency],
    warm: Mapping[str, measure.Latency],
) -> str:
    bare, clients = cold["bare"].p50, cold["clients"].p50
    content = ROOT / PACKAGE
    own = sum(
        file.stat().st_size
        for file in package.sources(ROOT / SOURCES / "link_approval")
    )
    return "\n".join(
        [
            "Cold: one invocation by the Lambda API with a browser's GET as its event,",
            "after a change of the function's configuration; the ways in a random",
            "order each round. The valid link's page reads its key from Secrets",
            "Manager and its request from DynamoDB. Warm: over the function URL, from",
            "the request to the answer, one at a time; each POST decides a request of",
            "its own.",
            "",
            *table(
                ["way", "p50 ms", "p95 ms", "times"],
                [
                    *(
                        _row(f"cold, {starts[name].description}", taken)
                        for name, taken in cold.items()
                    ),
                    _row("warm, GET: the page", warm["GET"]),
                    _row("warm, POST: the decision", warm["POST"]),
                ],
            ),
            "",
            f"The package is {content.stat().st_size:,} bytes, uncompressed;",
            f"{own:,} of them are link approval's sources.",
            "",
            *targets(
                [
                    (
                        "valid link, cold: at most 1.15 times the two clients",
                        cold["valid"].p50 / clients,
                        1.15,
                    ),
                    *(
                        (
                            f"{starts[name].description}, cold: {_TWICE}",
                            cold[name].p50 / bare,
                            2.0,
                        )
                        for name in ("malformed", "short", "expired")
                    ),
                ]
            ),
        ]
    )


def _row(description: str, taken: measure.Latency) -> list[str]:
    return [description, f"{taken.p50:.1f}", f"{taken.p95:.1f}", str(taken.calls)]
