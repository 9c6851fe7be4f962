"""modules/rest-api against a one-line template, a function, and a resource a part."""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bench import measure
from bench.report import table, targets
from stepwire import aws
from stepwire.api import ApiClient, emulated_url
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform

TITLE: Final = "REST API"

HERE = Path(__file__).parent
BODY = {"order_id": "o-1", "customer": "Ada Lovelace", "items": [{"sku": "beans"}]}
INPUT = '{"order_id": "o-1", "customer": "Ada Lovelace", "items": [{"sku": "beans"}]}'
NAMES = {
    "raw": "boto3 `start_execution`",
    "minimal": "API, one-line template",
    "route": "API, a `start` route of modules/rest-api",
    "function": "API, warm function, `start_execution`",
    "cold function": "API, cold function, `start_execution`",
}
FOLDERS = {
    "one_document": "modules/rest-api",
    "resource_per_route": "a resource for each part",
}


def run(build: Path, scale: float) -> str:
    """Requests, and deployments of 1, 20 and 100 routes."""
    with Emulator() as emulator:
        latencies, throughput = _requests(emulator, build, scale)
    deployments = []
    for routes in (1, 20, 100):
        for folder in ("one_document", "resource_per_route"):
            # Separate emulators: one with an API of 100 routes is slower.
            with Emulator() as emulator:
                print(f"deploying {routes} routes: {folder}", flush=True)
                deployed = measure.deployment(
                    HERE / folder, routes, emulator, build / folder
                )
                deployments.append((folder, deployed))
    return _markdown(latencies, throughput, deployments)


def _requests(
    emulator: Emulator, build: Path, scale: float
) -> tuple[dict[str, measure.Latency], dict[str, dict[int, float]]]:
    archive = build / "start.zip"
    with zipfile.ZipFile(archive, "w") as package:
        package.write(HERE / "latency" / "start.py", "start.py")
    terraform = Terraform(
        HERE / "latency",
        build_folder=build / "latency",
        environment=emulator.environment(),
    )
    print("deploying the three ways", flush=True)
    outputs = terraform.apply({"function_zip": str(archive)})
    stepfunctions = aws.client("stepfunctions", emulator.environment())
    ways: dict[str, Callable[[], object]] = {
        "raw": functools.partial(
            stepfunctions.start_execution,
            stateMachineArn=outputs["machine"],
            input=INPUT,
        ),
    }
    for name in ("minimal", "route", "function"):
        url = emulated_url(outputs["urls"][name], emulator.endpoint_url)
        ways[name] = functools.partial(_post, ApiClient(url, credentials=None))
    measure.latencies(ways, 20)  # warm: caches, connections, the function
    print("one request after another", flush=True)
    latencies = measure.latencies(ways, round(500 * scale))
    print("cold starts of the function", flush=True)
    functions = aws.client("lambda", emulator.environment())
    cold = [
        _cold(functions, outputs["machine"], number, ways["function"])
        for number in range(max(3, round(20 * scale)))
    ]
    latencies["cold function"] = measure.summary(cold)
    throughput = {
        name: {
            clients: measure.requests_per_second(
                ways[name], clients, round(600 * scale)
            )
            for clients in (1, 8, 32)
        }
        for name in ways
    }
    return latencies, throughput


def _post(api: ApiClient) -> None:
    answer = api.post("/start", BODY)
    if answer.status not in {200, 202}:
        raise SystemExit(f"POST {api.url} answered {answer.status}: {answer.text}")


def _cold(
    functions: Any, machine: str, number: int, call: Callable[[], object]
) -> float:
    """One call after a change of the function's configuration: a cold start."""
    functions.update_function_configuration(
        FunctionName="bench-start",
        Environment={"Variables": {"STATE_MACHINE_ARN": machine, "N": str(number)}},
    )
    functions.get_waiter("function_updated_v2").wait(
        FunctionName="bench-start", WaiterConfig={"Delay": 1}
    )
    return measure.milliseconds(call)


def _markdown(
    latencies: dict[str, measure.Latency],
    throughput: dict[str, dict[int, float]],
    deployments: Sequence[tuple[str, measure.Deployed]],
) -> str:
    return "\n".join(
        [
            "### One request",
            "",
            "From POST to the answer, a STANDARD machine started, one request at a",
            "time, the ways in a random order each round; no authorization.",
            "",
            *table(
                ["way", "p50 ms", "p95 ms", "requests"],
                [
                    [NAMES[name], f"{t.p50:.1f}", f"{t.p95:.1f}", str(t.calls)]
                    for name, t in latencies.items()
                ],
            ),
            "",
            "### Requests per second",
            "",
            *table(
                ["way", "1 client", "8 clients", "32 clients"],
                [
                    [NAMES[name], *(f"{rate:.0f}" for rate in rates.values())]
                    for name, rates in throughput.items()
                ],
            ),
            "",
            "The clients are threads of one Python process beside the emulator's.",
            "",
            "### Deploying",
            "",
            "Apply and destroy with Terraform, `init` not counted.",
            "",
            *table(
                ["routes", "way", "resources", "apply s", "destroy s", "AWS API calls"],
                [
                    [
                        str(d.routes),
                        FOLDERS[folder],
                        str(d.resources),
                        f"{d.apply:.1f}",
                        f"{d.destroy:.1f}",
                        str(d.aws_calls),
                    ]
                    for folder, d in deployments
                ],
            ),
            "",
            "### Targets",
            "",
            *targets(_ratios(latencies, deployments)),
        ]
    )


def _ratios(
    latencies: dict[str, measure.Latency],
    deployments: Sequence[tuple[str, measure.Deployed]],
) -> list[tuple[str, float, float]]:
    p50 = {name: latency.p50 for name, latency in latencies.items()}
    calls = {folder: d.aws_calls for folder, d in deployments if d.routes == 100}
    route = p50["route"]
    return [
        (
            "p50 at most 1.1 times the one-line template's",
            route / p50["minimal"],
            1.1,
        ),
        ("p50 below the warm function's", route / p50["function"], 1.0),
        (
            "p50 at most a fifth of the cold function's",
            route / p50["cold function"],
            0.2,
        ),
        (
            "AWS API calls for 100 routes at most a twentieth",
            calls["one_document"] / calls["resource_per_route"],
            0.05,
        ),
    ]
