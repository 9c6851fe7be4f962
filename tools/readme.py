"""The tables of inputs and outputs in the READMEs, made from the ``.tf`` files.

``python -m tools.readme [--check] [FOLDER...]`` rewrites the text between
``<!-- stepwire:inputs -->`` or ``<!-- stepwire:outputs -->`` and
``<!-- /stepwire -->`` in each folder's README.md. Default folders: the current one
and those below ``modules``.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

from stepwire import syntax
from stepwire.errors import StepwireError
from stepwire.syntax import Block, Node, elements, parts, unwrapped

FILE = "README.md"
WORKFLOWS = "workflows"
"""The mark between which ``tools.pictures`` writes."""

MARKED = re.compile(
    r"(<!-- stepwire:(\w+)(?: ([\w -]+))? -->\n)(.*?)(<!-- /stepwire -->)", re.DOTALL
)
# A variable of the root module that holds those of a system's module.
_SYSTEM = re.compile(r"the variables of `(modules/[\w-]+)`")


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
    if not MARKED.search(text):
        raise StepwireError(
            f"{file} has no marks for its tables.",
            hint="Add a line <!-- stepwire:inputs --> or <!-- stepwire:outputs -->, "
            "and after it a line <!-- /stepwire -->.",
        )

    def table(match: re.Match[str]) -> str:
        if match[2] == WORKFLOWS:
            return match[0]
        render = _TABLES.get(match[2])
        if render is None:
            raise StepwireError(
                f"{file} has a mark stepwire:{match[2]}; "
                f"there are {', '.join(sorted([*_TABLES, WORKFLOWS]))}."
            )
        return f"{match[1]}\n{render(folder)}\n{match[5]}"

    return MARKED.sub(table, text)


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
    variables = [one for one in syntax.blocks(folder) if one.kind == "variable"]
    if not variables:
        return "None.\n"
    lines = ["| name | description | type | default |", "| --- | --- | --- | --- |"]
    types = []
    for variable in sorted(variables, key=lambda one: one.get("default") is not None):
        name = variable.labels[0]
        type_ = _source(variable, "type") or "any"
        shown = f"`{type_}`"
        if system := _SYSTEM.search(variable.text("description") or ""):
            # They have a table where they are described.
            shown = f"object, [its keys]({system[1]}#variables)"
        elif "\n" in type_:
            outer = type_.split("{", 1)[0]
            shown = f"`{outer}{{…}}{')' * outer.count('(')}`, below"
            types.append(f"Type of `{name}`:\n\n```hcl\n{type_}\n```\n")
        value = variable.get("default")
        default = "required"
        if value is not None:
            default = _code(format_value(variable.file, value))
        lines.append(f"| `{name}` | {_cell(variable)} | {shown} | {default} |")
    return "\n".join([*lines, "", *types])


def outputs(folder: Path) -> str:
    """A Markdown table of the outputs, by name."""
    found = [one for one in syntax.blocks(folder) if one.kind == "output"]
    if not found:
        return "None.\n"
    lines = ["| name | description |", "| --- | --- |"]
    lines += [
        f"| `{output.labels[0]}` | {_cell(output)} |"
        for output in sorted(found, key=lambda one: one.labels)
    ]
    return "\n".join([*lines, ""])


_TABLES: Mapping[str, Callable[[Path], str]] = {"inputs": inputs, "outputs": outputs}


def format_value(file: Path, value: Node) -> str:
    """A value in a file on one line of HCL."""
    node = unwrapped(value)
    if node.data == "tuple":
        return f"[{', '.join(format_value(file, one) for one in parts(node))}]"
    if node.data != "object":
        return syntax.source_of(file, node)
    inner = ", ".join(
        f"{one.name if re.fullmatch(r'[\w-]+', one.name) else json.dumps(one.name)} = "
        f"{format_value(file, one.value)}"
        for one in elements(node)
    )
    return f"{{ {inner} }}" if inner else "{}"


def _source(block: Block, name: str) -> str | None:
    """An attribute as the file has it, without the indentation there."""
    value = block.get(name)
    if value is None:
        return None
    first, *lines = syntax.source_of(block.file, value).rstrip().split("\n")
    return "\n".join([first, *textwrap.dedent("\n".join(lines)).split("\n")]).rstrip()


def _cell(block: Block) -> str:
    """A description in one cell, whatever its paragraphs and lists."""
    text = (block.text("description") or "").replace('\\"', '"')
    text = text.strip().replace("|", "\\|")
    if block.is_true("ephemeral"):
        text += " Ephemeral: never in the state or a plan."
    elif block.is_true("sensitive"):
        text += " Sensitive."
    text = re.sub(r"\n\s*[-*] ", "<br>• ", text)
    text = re.sub(r"\n\s*\n", "<br><br>", text)
    return text.replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


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
