"""``stepwire graph``: a picture of a state machine's definition."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.graph import Graph, dot, from_definition, mermaid, svg
from stepwire.graph.source import read
from stepwire.graph.template import is_template
from stepwire.terminal import messages, output

FORMATS: Mapping[str, Callable[[Graph], str]] = {
    "mermaid": mermaid.render,
    "svg": svg.render,
    "dot": dot.render,
}
_ENDINGS = {".svg": "svg", ".dot": "dot", ".gv": "dot"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "definition",
        help="a file of JSON or YAML, the ARN of a state machine, or - for standard "
        "input",
    )
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        help="mermaid by default, or by the ending of the file of --output",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to this file"
    )
    parser.add_argument(
        "--set",
        type=_value,
        action="append",
        default=[],
        dest="values",
        metavar="NAME=VALUE",
        help="a value of a file that is a template of Terraform; repeat for each",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints or writes the picture; the exit status. Raises StepwireError."""
    if _is_same_file(arguments.output, arguments.definition):
        raise StepwireError(
            f"{arguments.output} is the definition, which the picture would replace.",
            hint="Name another file with --output.",
        )
    definition = read(arguments.definition, dict(arguments.values))
    try:
        graph = from_definition(definition)
    except StepwireError as error:
        lines = error.message.splitlines()
        has_marks = is_template(json.dumps(definition, default=str))
        raise StepwireError(
            "\n".join(f"{arguments.definition}: {line}" for line in lines),
            hint="It has marks of Terraform's templates. Give its values with --set "
            "NAME=VALUE."
            if has_marks
            else None,
        ) from None
    ending = arguments.output.suffix if arguments.output else ""
    format_ = arguments.format or _ENDINGS.get(ending, "mermaid")
    picture = FORMATS[format_](graph)
    if format_ == "mermaid" and not mermaid.fits(graph, picture):
        messages.print(
            f"Mermaid draws no more than {mermaid.MAX_ARROWS} arrows and "
            f"{mermaid.MAX_TEXT:,} characters, where its settings are not changed: "
            "--format svg draws this."
        )
    if arguments.output is None:
        output.file.write(picture)
    else:
        arguments.output.write_text(picture, encoding="utf-8")
    return 0


def _is_same_file(output_file: Path | None, definition: str) -> bool:
    try:
        return output_file is not None and output_file.samefile(definition)
    except OSError:
        return False  # One of them is not there.


def _value(text: str) -> tuple[str, Any]:
    """NAME=VALUE: a number, true, false or null as such, and anything else as text."""
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    try:
        plain = json.loads(value)
    except ValueError:
        return name, value
    return name, value if isinstance(plain, dict | list | str) else plain
