"""Definitions that are templates, rendered by Terraform itself (``templatefile``)."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.terraform.program import find_terraform

_MARK = re.compile(r"(?<![$%])[$%]\{")
# The names that a template's marks begin with: "${name" and "%{ if name".
_NAMES = re.compile(r"(?<![$%])(?:\$\{~?|%\{~?\s*if\s+!?)\s*([a-z_]\w*)(?![\w(])")
_BOX = re.compile(r"(?m)^[╷│╵] ?")
_SECONDS = 60


def is_template(text: str) -> bool:
    """Whether a text has marks of Terraform's templates: ``${…}`` or ``%{…}``."""
    return _MARK.search(text) is not None


def unrendered(name: str, text: str, error: StepwireError) -> StepwireError:
    """The error for a template whose values are not known; ``error`` is a parser's."""
    names = ", ".join(dict.fromkeys(_NAMES.findall(text)))
    return StepwireError(
        f"{name} is a template of Terraform, and no definition before it is rendered.\n"
        f"{error.message}",
        hint="Draw what it becomes: name a deployed state machine by its ARN, or give "
        "each value with --set NAME=VALUE."
        + (f" Its values: {names}." if names else ""),
    )


def render(file: Path, values: Mapping[str, Any]) -> object:
    """The object that ``yamldecode(templatefile(file, values))`` is to Terraform.

    Raises StepwireError with Terraform's words.
    """
    program = find_terraform()
    with tempfile.TemporaryDirectory(prefix="stepwire-template-") as folder:
        Path(folder, "values.json").write_text(json.dumps(values), encoding="utf-8")
        rendered = (
            f"templatefile({_quoted(str(file.resolve()))}, "
            'jsondecode(file("values.json")))'
        )
        try:
            ran = subprocess.run(
                [program, "console"],
                cwd=folder,
                # In base64, since the console would quote a text as HCL does.
                input=f"base64encode(jsonencode(yamldecode({rendered})))\n",
                env=os.environ
                | {
                    "TF_CLI_CONFIG_FILE": os.devnull,
                    "TF_CLI_ARGS_console": "-no-color",
                    "CHECKPOINT_DISABLE": "1",
                },
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StepwireError(
                f"{file}: Terraform has not rendered it within {_SECONDS} seconds."
            ) from None
    if ran.returncode:
        raise StepwireError(
            f"{file} cannot be rendered. {_words(ran.stderr)}",
            hint="Each value of the template is given with --set NAME=VALUE.",
        )
    return json.loads(base64.b64decode(json.loads(ran.stdout)))


def _quoted(text: str) -> str:
    """A text as HCL has it."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted.replace("${", "$${").replace("%{", "%%{")


def _words(message: str) -> str:
    """Terraform's explanation, without its frame and the place in our expression."""
    text = _BOX.sub("", message)
    return " ".join(text.rpartition("(source code not available)")[2].split())
