"""docs/benchmarks.md: the conditions, the tables and how they meet their targets."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from bench.measure import Deployed, Latency

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


@dataclass(frozen=True)
class Conditions:
    """When and on what was measured."""

    date: str
    machine: str
    load: float

    @classmethod
    def now(cls) -> Conditions:
        memory = psutil.virtual_memory().total / 2**30
        return cls(
            datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
            f"{platform.machine()}, Python {platform.python_version()}",
            os.getloadavg()[0],
        )


def markdown(
    conditions: Conditions,
    latencies: dict[str, Latency],
    throughput: dict[str, dict[int, float]],
    deployments: Sequence[tuple[str, Deployed]],
) -> str:
    """The whole text of docs/benchmarks.md."""
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Written by `make bench`; do not edit.",
            "",
            f"Measured {conditions.date} on {conditions.machine};",
            f"one-minute load before it began: {conditions.load:.1f}. All runs on it:",
            "client, Terraform and the embedded emulator. The numbers compare ways",
            "on one emulator; they are not AWS's.",
            "",
            "## One request",
            "",
            "From POST to the answer, a STANDARD machine started, one request at a",
            "time, the ways in a random order each round; no authorization.",
            "",
            *_table(
                ["way", "p50 ms", "p95 ms", "requests"],
                [
                    [NAMES[name], f"{t.p50:.1f}", f"{t.p95:.1f}", str(t.calls)]
                    for name, t in latencies.items()
                ],
            ),
            "",
            "## Requests per second",
            "",
            *_table(
                ["way", "1 client", "8 clients", "32 clients"],
                [
                    [NAMES[name], *(f"{rate:.0f}" for rate in rates.values())]
                    for name, rates in throughput.items()
                ],
            ),
            "",
            "The clients are threads of one Python process beside the emulator's.",
            "",
            "## Deploying",
            "",
            "Apply and destroy with Terraform, `init` not counted.",
            "",
            *_table(
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
            "## Targets",
            "",
            *_table(["target", "measured", "met"], _targets(latencies, deployments)),
            "",
        ]
    )


def _targets(
    latencies: dict[str, Latency], deployments: Sequence[tuple[str, Deployed]]
) -> list[list[str]]:
    p50 = {name: latency.p50 for name, latency in latencies.items()}
    calls = {folder: d.aws_calls for folder, d in deployments if d.routes == 100}
    route = p50["route"]
    ratios = [
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
    return [
        [target, f"{ratio:.3f} times", "yes" if ratio <= most else "**no**"]
        for target, ratio, most in ratios
    ]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]
