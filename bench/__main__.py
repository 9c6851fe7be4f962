"""``python -m bench``: measures on separate emulators, and writes the report."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from types import ModuleType

from bench import http_task, link_approval, report, rest_api, webhook_publisher

REPORT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BENCHES: dict[str, ModuleType] = {
    "rest-api": rest_api,
    "http-task": http_task,
    "link-approval": link_approval,
    "webhook-publisher": webhook_publisher,
}
"""A benchmark is a module with a ``TITLE`` and ``run(build, scale) -> str``: the
Markdown below its heading. ``build`` is a folder for its files, ``scale`` the share of
its calls that it makes."""


def main() -> None:
    """Run all benchmarks, or those named, and write their sections of the report."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    known = ", ".join(BENCHES)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {known}; or all")
    parser.add_argument("--quick", action="store_true", help="a tenth, to try it out")
    options = parser.parse_args()
    for name in options.names:
        if name not in BENCHES:
            parser.error(f"there is no benchmark {name}, only {known}")
    sections = {}
    for name in options.names or BENCHES:
        bench = BENCHES[name]
        conditions = report.Conditions.now()
        with tempfile.TemporaryDirectory(prefix="stepwire-bench-") as build:
            body = bench.run(Path(build), 0.1 if options.quick else 1.0)
        sections[name] = report.section(name, bench.TITLE, conditions, body)
        print(sections[name])
    before = REPORT.read_text(encoding="utf-8")
    text = report.document(before, list(BENCHES), sections)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
