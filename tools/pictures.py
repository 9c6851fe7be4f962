"""The pictures of workflows in the modules' READMEs, drawn in Mermaid.

``python -m tools.pictures [FOLDER...]`` rewrites what stands between
``<!-- stepwire:workflows -->`` and ``<!-- /stepwire -->`` in each folder's README.md:
the state machines that the module makes in the example above the mark. A mark may name
those to draw: ``<!-- stepwire:workflows orders-submit orders -->``. Without folders:
those in ``modules`` that have a mark.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from stepwire.errors import StepwireError
from stepwire.graph import from_definition, mermaid
from tools.definitions import ROOT, RenderError, machines
from tools.readme import FILE, MARKED, WORKFLOWS

_EXAMPLE = re.compile(r"^```hcl\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SOURCE = re.compile(r'"git::https://[^"]+//(modules/[\w-]+)\?ref=[^"]+"')
_CALL = r'(?m)^module "([\w-]+)" \{\n\s*source\s*=\s*"\./modules/NAME"'


def marked_folders() -> list[Path]:
    """The modules whose READMEs have pictures."""
    mark = f"<!-- stepwire:{WORKFLOWS} "
    files = sorted(ROOT.glob(f"modules/*/{FILE}"))
    return [file.parent for file in files if mark in file.read_text("utf-8")]


def generate(folder: Path) -> str:
    """The text that the README of a module should have.

    Raises StepwireError where the example above a mark makes no state machine, and
    ``tools.definitions.RenderError`` where it cannot be rendered.
    """
    text = (folder / FILE).read_text(encoding="utf-8")

    def pictures(match: re.Match[str]) -> str:
        if match[2] != WORKFLOWS:
            return match[0]
        examples = _EXAMPLE.findall(text, 0, match.start())
        drawn = _pictures(folder.name, examples[-1]) if examples else {}
        names = match[3].split() if match[3] else list(drawn)
        missing = [name for name in names if name not in drawn]
        if missing or not names:
            raise StepwireError(
                f"{folder / FILE} has no state machine {', '.join(missing)} of "
                f"{folder.name} in the example above the mark. There are: "
                f"{', '.join(drawn) or 'none'}."
            )
        return f"{match[1]}\n{'\n'.join(drawn[name] for name in names)}\n{match[5]}"

    return MARKED.sub(pictures, text)


def _pictures(module: str, example: str) -> dict[str, str]:
    """A line with its name and a diagram, for each state machine of the module."""
    configuration = _SOURCE.sub(r'"./\1"', example)
    calls = re.findall(_CALL.replace("NAME", re.escape(module)), configuration)
    found = {}
    for address, values in machines(ROOT, configuration).items():
        if address.split(".")[1] in calls:
            name, kind = values["name"], values["type"] or "STANDARD"
            diagram = mermaid.render(from_definition(json.loads(values["definition"])))
            found[name] = f"`{name}`, {kind}:\n\n```mermaid\n{diagram}```\n"
    return found


def main() -> int:
    folders = [ROOT / folder for folder in sys.argv[1:]] or marked_folders()
    for folder in folders:
        if not (folder / FILE).is_file():
            sys.stderr.write(f"There is no {folder / FILE}.\n")
            return 1
    failed = False
    for folder in folders:
        try:
            text = generate(folder)
        except (RenderError, StepwireError) as error:
            failed = True
            print(f"stepwire: {folder / FILE}: {error}", file=sys.stderr)
        else:
            (folder / FILE).write_text(text, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
