"""``python -m bench``: measures on an emulator of its own, and writes the report."""

from __future__ import annotations

import argparse
import functools
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import measure, report
from stepwire import aws
from stepwire.api import ApiClient, emulated_url
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform

HERE = Path(__file__).parent
REPORT = HERE.parent / "docs" / "benchmarks.md"
BODY = {"order_id": "o-1", "customer": "Ada Lovelace", "items": [{"sku": "beans"}]}
INPUT = '{"order_id": "o-1", "customer": "Ada Lovelace", "items": [{"sku": "beans"}]}'


def main() -> None:
    """Measure everything, or with ``--quick`` a tenth of it, and write the report."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth, to try it out")
    scale = 0.1 if parser.parse_args().quick else 1.0
    with tempfile.TemporaryDirectory(prefix="stepwire-bench-") as build:
        conditions = report.Conditions.now()
        with Emulator() as emulator:
            latencies, throughput = _requests(emulator, Path(build), scale)
        deployments = []
        for routes in (1, 20, 100):
            for folder in ("one_document", "resource_per_route"):
                # Each its own: an emulator with an API of 100 routes is slower.
                with Emulator() as emulator:
                    print(f"deploying {routes} routes: {folder}", flush=True)
                    deployed = measure.deployment(
                        HERE / folder, routes, emulator, Path(build) / folder
                    )
                    deployments.append((folder, deployed))
    text = report.markdown(conditions, latencies, throughput, deployments)
    REPORT.write_text(text, encoding="utf-8")
    print(text)


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
    print("a function that is started anew", flush=True)
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
    """One call after a change of the function's configuration, which ends it."""
    functions.update_function_configuration(
        FunctionName="bench-start",
        Environment={"Variables": {"STATE_MACHINE_ARN": machine, "N": str(number)}},
    )
    functions.get_waiter("function_updated_v2").wait(
        FunctionName="bench-start", WaiterConfig={"Delay": 1}
    )
    return measure.milliseconds(call)


if __name__ == "__main__":
    main()
