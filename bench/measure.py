"""Takes times: one call, many in turn, many at once, and a deployment."""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from stepwire.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.terraform import Terraform

Call = Callable[[], object]
_AWS_CALL = re.compile(r"localstack\.request\.aws +: AWS ")


@dataclass(frozen=True)
class Latency:
    """Milliseconds: the median and the 95th percentile of ``calls`` calls."""

    p50: float
    p95: float
    calls: int


@dataclass(frozen=True)
class Deployed:
    """Seconds to apply and to destroy, with the resources and calls that it took."""

    routes: int
    resources: int
    apply: float
    destroy: float
    aws_calls: int


def latencies(ways: Mapping[str, Call], rounds: int) -> dict[str, Latency]:
    """Latencies of each way, called once a round: other load then affects all alike.

    Each round has a random order: work that a call leaves to the emulator (the
    execution that it started) slows the next call. In a fixed or rotated order that
    would always be the same way.
    """
    order = list(ways)
    times: dict[str, list[float]] = {name: [] for name in order}
    shuffle = random.Random(0).shuffle  # noqa: S311 - no secret
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            times[name].append(milliseconds(ways[name]))
    return {name: summary(taken) for name, taken in times.items()}


def summary(times: list[float]) -> Latency:
    """The summary of at least two times in milliseconds."""
    return Latency(
        statistics.median(times), statistics.quantiles(times, n=20)[-1], len(times)
    )


def milliseconds(call: Call) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def requests_per_second(call: Call, clients: int, requests: int) -> float:
    """``requests`` calls by ``clients`` threads, each beginning when another ends."""
    with ThreadPoolExecutor(clients) as pool:
        began = time.perf_counter()
        for done in [pool.submit(call) for _ in range(requests)]:
            done.result()
        return requests / (time.perf_counter() - began)


def deployment(folder: Path, routes: int, emulator: Emulator, build: Path) -> Deployed:
    """Apply and destroy ``folder`` with so many routes; init is not counted."""
    terraform = Terraform(
        folder, build_folder=build, environment=emulator.environment()
    )
    variables = {"routes": routes}
    resources = len(terraform.plan(variables).changes)
    before = _aws_calls(emulator)
    began = time.perf_counter()
    terraform.apply(variables)
    applied = time.perf_counter()
    terraform.destroy()
    destroyed = time.perf_counter()
    return Deployed(
        routes,
        resources,
        applied - began,
        destroyed - applied,
        _aws_calls(emulator) - before,
    )


def _aws_calls(emulator: Emulator) -> int:
    if emulator.log_file is None:
        raise StepwireError("The emulator writes no log to count calls in.")
    log = emulator.log_file.read_text("utf-8", "replace")
    return len(_AWS_CALL.findall(log))
