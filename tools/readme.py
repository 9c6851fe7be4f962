"""The tables of inputs and outputs in the READMEs, made from the ``.tf`` files.

``python -m tools.readme [--check] [FOLDER...]`` rewrites what stands between
``<!-- stepwire:inputs -->`` or ``<!-- stepwire:outputs -->`` and
``<!-- /stepwire -->`` in each folder's README.md. Without folders: the current one
and those below ``modules``.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import hcl2
from hcl2 import SerializationOptions
from lark.exceptions import LarkError

from stepwire.errors import StepwireError

FILE = "README.md"
_MARKED = re.compile(r"(<!-- stepwire:(\w+) -->\n)(.*?)(<!-- /stepwire -->)", re.DOTALL)
_READING = SerializationOptions(
    strip_string_quotes=True,
    explicit_blocks=False,
    with_comments=False,
    preserve_heredocs=False,
)
_INDENT = "  "


def generate(folder: Path) -> str:
    """The text that ``folder``'s README.md should have.

    Raises StepwireError when there is no README.md, when it has no marks or an
    unknown one, and when a ``.tf`` file cannot be read.
    """
    file = folder / FILE
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StepwireError(f"{folder} has no {FILE}.") from None
    if not _MARKED.search(text):
        raise StepwireError(
            f"{file} has no marks for its tables.",
            hint="Add a line <!-- stepwire:inputs --> or <!-- stepwire:outputs -->, "
            "and after it a line <!-- /stepwire -->.",
        )

    def table(match: re.Match[str]) -> str:
        render = _TABLES.get(match[2])
        if render is None:
            raise StepwireError(
                f"{file} has a mark stepwire:{match[2]}; "
                f"there are {' and '.join(sorted(_TABLES))}."
            )
        return f"{match[1]}\n{render(folder)}\n{match[4]}"

    return _MARKED.sub(table, text)


def update(folder: Path) -> bool:
    """Write the tables into ``folder``'s README.md; whether that changed it."""
    file, text = folder / FILE, generate(folder)
    if file.read_text(encoding="utf-8") == text:
        return False
    file.write_text(text, encoding="utf-8")
    return True


def check(folder: Path) -> None:
    """Raise StepwireError, with the differences, unless the tables are up to date."""
    file, wanted = folder / FILE, generate(folder)
    present = file.read_text(encoding="utf-8")
    if present != wanted:
        difference = difflib.unified_diff(
            present.splitlines(),
            wanted.splitlines(),
            f"{file}",
            f"{file} as its .tf files have it",
            lineterm="",
            n=1,
        )
        raise StepwireError(
            "\n".join(difference), hint=f"Run: python -m tools.readme {folder}"
        )


def inputs(folder: Path) -> str:
    """A Markdown table of the variables: the required ones first, then by file."""
    variables = list(_blocks(folder, "variable"))
    if not variables:
        return "None.\n"
    lines = ["| name | description | type | default |", "| --- | --- | --- | --- |"]
    types = []
    for name, variable in sorted(variables, key=lambda one: "default" in one[1]):
        type_ = format_type(_expression(variable.get("type", "any")))
        shown = f"`{type_}`"
        if "\n" in type_:
            outer = type_.split("{", 1)[0]
            shown = f"`{outer}{{…}}{')' * outer.count('(')}`, below"
            types.append(f"Type of `{name}`:\n\n```hcl\n{type_}\n```\n")
        default = "required"
        if "default" in variable:
            default = _code(format_value(variable["default"]))
        lines.append(f"| `{name}` | {_cell(variable)} | {shown} | {default} |")
    return "\n".join([*lines, "", *types])


def outputs(folder: Path) -> str:
    """A Markdown table of the outputs, by name."""
    found = sorted(_blocks(folder, "output"), key=lambda one: one[0])
    if not found:
        return "None.\n"
    lines = ["| name | description |", "| --- | --- |"]
    lines += [f"| `{name}` | {_cell(output)} |" for name, output in found]
    return "\n".join([*lines, ""])


_TABLES: Mapping[str, Callable[[Path], str]] = {"inputs": inputs, "outputs": outputs}


def format_type(expression: str) -> str:
    """A type constraint as ``terraform fmt`` would have it, from one line of it."""
    text, depth, start = "", 0, 0
    objects: list[bool] = []  # whether each bracket that is open holds one per line
    for match in re.finditer(r'"(?:\\.|[^"\\])*"|[(){}\[\],]', expression):
        between, mark, start = expression[start : match.start()], match[0], match.end()
        # In front of a text there may be an equals sign with its space.
        text += between.lstrip() if mark.startswith('"') else between.strip()
        rest = expression[start:].lstrip()
        match mark:
            case "{" if text.endswith("object(") and not rest.startswith("}"):
                objects.append(True)
                depth += 1
                text += "{\n" + _INDENT * depth
            case "(" | "[" | "{":
                objects.append(False)
                text += "{ " if mark == "{" and not rest.startswith("}") else mark
            case ")" | "]" | "}":
                if objects.pop():
                    depth -= 1
                    text += "\n" + _INDENT * depth
                elif mark == "}" and not text.endswith("{"):
                    text += " "
                text += mark
            case "," if objects and objects[-1]:
                text += "\n" + _INDENT * depth
            case ",":
                text += ", "
            case _:
                text += mark
    return _aligned(text + expression[start:].strip())


def format_value(value: Any) -> str:
    """A default value on one line of HCL."""
    match value:
        case str() if value.startswith("${") and value.endswith("}"):
            return _expression(value)
        case dict():
            inner = ", ".join(
                f"{key if re.fullmatch(r'[\w-]+', key) else json.dumps(key)} = "
                f"{format_value(one)}"
                for key, one in value.items()
            )
            return f"{{ {inner} }}" if inner else "{}"
        case list():
            return f"[{', '.join(map(format_value, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _aligned(text: str) -> str:
    """With the equals signs of neighbouring lines below each other."""
    attribute = re.compile(r"( *)([\w-]+|\"[^\"]+\")\s*=\s*(.*)")
    lines: list[str] = []
    group: list[re.Match[str]] = []

    def flush() -> None:
        width = max((len(one[2]) for one in group), default=0)
        lines.extend(f"{one[1]}{one[2]:<{width}} = {one[3]}" for one in group)
        group.clear()

    for line in text.split("\n"):
        match = attribute.fullmatch(line)
        if match is None:
            flush()
            lines.append(line)
            continue
        if line.endswith("{"):
            # terraform fmt aligns such a line with no other.
            flush()
            group.append(match)
            flush()
        else:
            group.append(match)
    flush()
    return "\n".join(lines)


def _blocks(folder: Path, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file in sorted(folder.glob("*.tf")):
        try:
            document = hcl2.loads(
                file.read_text(encoding="utf-8"), serialization_options=_READING
            )
        except LarkError as error:
            raise StepwireError(f"{file} cannot be read: {error}") from error
        for block in document.get(kind, ()):
            yield from block.items()


def _cell(block: Mapping[str, Any]) -> str:
    """A description in one cell, whatever its paragraphs and lists."""
    # Quotation marks of a heredoc come out of python-hcl2 with a backslash.
    text = textwrap.dedent(str(block.get("description") or "")).replace('\\"', '"')
    text = text.strip().replace("|", "\\|")
    if block.get("ephemeral") is True:
        text += " Ephemeral: never in the state or a plan."
    elif block.get("sensitive") is True:
        text += " Sensitive."
    text = re.sub(r"\n\s*[-*] ", "<br>• ", text)
    text = re.sub(r"\n\s*\n", "<br><br>", text)
    return text.replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _expression(text: str) -> str:
    return text[2:-1] if text.startswith("${") and text.endswith("}") else text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument(
        "folders", nargs="*", type=Path, help="the current one and those in modules/"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where tables differ"
    )


def run(options: argparse.Namespace) -> int:
    """Write or check the tables; the exit status."""
    folders = options.folders or [
        file.parent for file in (Path(FILE), *sorted(Path("modules").glob(f"*/{FILE}")))
    ]
    failed = False
    for folder in folders:
        try:
            if options.check:
                check(folder)
            elif update(folder):
                print(f"{folder / FILE}: tables updated")
        except StepwireError as error:
            failed = True
            print(f"stepwire: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    main = argparse.ArgumentParser(prog="python -m tools.readme")
    add_arguments(main)
    sys.exit(run(main.parse_args()))
