"""An HTTP Task against a Lambda function that does the same POST."""

from __future__ import annotations

import functools
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench import measure
from bench.report import table, targets
from stepwire import aws, http_calls
from stepwire.emulator import Emulator
from stepwire.terraform import Terraform
from stepwire.testing import Executions
from tests.stub_api import Answer, StubApi

TITLE: Final = "HTTP Task"

HERE = Path(__file__).parent
HOST = "api.bench.example"
INPUT = {"channel": "orders", "text": "Order o-1 of Ada Lovelace waits for a decision."}
NAMES = {
    "task": "HTTP Task",
    "function": "warm function",
    "cold function": "cold function",
}
_TARGET = "p50 below the warm function's"


def run(build: Path, scale: float) -> str:
    """Sends notifications both ways in one run, in a random order each round."""
    with StubApi() as api, Emulator() as emulator:
        api.on(HOST, Answer(200, {"ok": True}))
        api.on(f"localhost:{api.port}", Answer(200, {"ok": True}))
        http_calls.change(
            emulator.endpoint_url,
            hosts={HOST: api.url},
            certificates=api.certificates,
        )
        machines = _deploy(build, emulator, api)
        environment = emulator.environment()
        client = aws.client("stepfunctions", environment)
        ways: dict[str, Callable[[], object]] = {
            name: functools.partial(_send, client, machine)
            for name, machine in machines["EXPRESS"].items()
        }
        measure.latencies(ways, 20)  # warm: caches, connections, the function
        print("one notification after another", flush=True)
        latencies = measure.latencies(ways, round(300 * scale))
        print("cold starts of the function", flush=True)
        functions = aws.client("lambda", environment)
        latencies["cold function"] = measure.summary(
            [
                _cold(functions, number, ways["function"])
                for number in range(max(3, round(20 * scale)))
            ]
        )
        executions = Executions(client)
        states = {
            name: _states_entered(executions, machine)
            for name, machine in machines["STANDARD"].items()
        }
        _check(api)
    return _markdown(latencies, states)


def _deploy(build: Path, emulator: Emulator, api: StubApi) -> Any:
    archive = build / "send.zip"
    with zipfile.ZipFile(archive, "w") as package:
        package.write(HERE / "http_call" / "send.py", "send.py")
    terraform = Terraform(
        HERE / "http_call", build_folder=build, environment=emulator.environment()
    )
    print("deploying both ways", flush=True)
    variables = {
        "function_zip": str(archive),
        "function_api": {
            "url": f"https://localhost:{api.port}",
            "certificates": api.certificates,
        },
    }
    return terraform.apply(variables)["machines"]


def _send(client: Any, machine: str) -> None:
    answer = client.start_sync_execution(
        stateMachineArn=machine, input=json.dumps(INPUT)
    )
    if answer["status"] != "SUCCEEDED":
        raise SystemExit(f"{machine}: {answer['error']}: {answer.get('cause')}")


def _cold(functions: Any, number: int, call: Callable[[], object]) -> float:
    """One call after a change of the function's configuration: a cold start."""
    functions.update_function_configuration(
        FunctionName="bench-send", Description=f"Start {number}"
    )
    functions.get_waiter("function_updated_v2").wait(
        FunctionName="bench-send", WaiterConfig={"Delay": 1}
    )
    return measure.milliseconds(call)


def _states_entered(executions: Executions, machine: str) -> int:
    execution = executions.start(machine, INPUT).assert_status("SUCCEEDED")
    return sum(event["type"].endswith("StateEntered") for event in execution.history())


def _check(api: StubApi) -> None:
    """Both ways have sent the same."""
    bodies = {
        (request.method, request.path, json.dumps(request.json, sort_keys=True))
        for host in (HOST, f"localhost:{api.port}")
        for request in api.received(host)
    }
    if bodies != {("POST", "/messages", json.dumps(INPUT, sort_keys=True))}:
        raise SystemExit(f"The ways have not sent the same: {bodies}")


def _markdown(latencies: dict[str, measure.Latency], states: dict[str, int]) -> str:
    entered = states | {"cold function": states["function"]}
    return "\n".join(
        [
            "The same POST to an HTTPS API on this machine, which answers at once: by",
            "an HTTP Task, and by a function that a task invokes (modules/",
            "lambda-function, http.client, the key in its environment). From",
            "`start_sync_execution` of an EXPRESS machine to its answer, one at a",
            "time, in a random order each round; either makes a TLS connection for",
            "each call. State transitions are the states that a STANDARD execution",
            "enters; the function is billed beside them, by its time.",
            "",
            *table(
                ["way", "p50 ms", "p95 ms", "calls", "state transitions"],
                [
                    [
                        NAMES[name],
                        f"{t.p50:.1f}",
                        f"{t.p95:.1f}",
                        str(t.calls),
                        str(entered[name]),
                    ]
                    for name, t in ((name, latencies[name]) for name in NAMES)
                ],
            ),
            "",
            *targets(
                [
                    (
                        _TARGET,
                        latencies["task"].p50 / latencies["function"].p50,
                        1.0,
                    )
                ]
            ),
        ]
    )
