"""Runs one Terraform command after another and turns failures into errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stepwire.terraform.command import FLAG, Command, Finished
from stepwire.terraform.diagnostics import Diagnostic, TerraformError
from stepwire.terraform.progress import OnProgress, describe
from stepwire.terraform.provider_mirror import REGISTRY, SETTING

_NO_REGISTRY = "Failed to query available provider packages"
_NO_REGISTRY_HINT = (
    f"Without a way to the registry, set {SETTING} to a folder that holds "
    f"{REGISTRY}/hashicorp/aws (terraform providers mirror makes one)."
)


class Run:
    """Runs commands in ``root`` and judges how they ended.

    ``directory`` is what the user calls the root module, for messages; ``root`` is
    the folder of links to it.
    """

    def __init__(
        self,
        directory: Path,
        command: Command,
        root: Path,
        environment: dict[str, str],
        on_progress: OnProgress | None,
    ) -> None:
        self.root = root
        self.environment = environment
        self._directory = directory
        self._command = command
        self._on_progress = on_progress

    def raw(self, name: str, *arguments: str, **options: Any) -> Finished:
        return self._command.cmd(
            name, *arguments, environment=self.environment, no_color=FLAG, **options
        )

    def text(self, name: str, *arguments: str, **options: Any) -> str:
        finished = self.raw(name, *arguments, **options)
        if finished.status:
            raise self.failed(name, finished, ())
        return finished.stdout

    def json(self, name: str, *arguments: str) -> Mapping[str, Any]:
        document: Mapping[str, Any] = json.loads(self.text(name, *arguments, json=FLAG))
        return document

    def streamed(
        self, name: str, *, accepted: Sequence[int] = (0,), **options: Any
    ) -> tuple[int, tuple[Diagnostic, ...]]:
        """Run a command that reports as it goes; its exit status and warnings."""
        diagnostics: list[Diagnostic] = []
        on_progress = self._on_progress

        def on_line(line: str) -> None:
            try:
                message = json.loads(line)
            except ValueError:
                return
            if message.get("diagnostic"):
                one = Diagnostic.from_json(message["diagnostic"], self.root)
                diagnostics.append(one)
            elif on_progress is not None and (shown := describe(message)) is not None:
                on_progress(shown)

        finished = self.raw(name, json=FLAG, input=False, on_line=on_line, **options)
        if finished.status not in accepted:
            raise self.failed(name, finished, diagnostics)
        return finished.status, tuple(diagnostics)

    def failed(
        self, name: str, finished: Finished, diagnostics: Sequence[Diagnostic]
    ) -> TerraformError:
        if not any(one.severity == "error" for one in diagnostics):
            # It said why in words only: a crash, or a command without -json.
            diagnostics = [
                *diagnostics,
                Diagnostic(
                    "error",
                    f"exit status {finished.status}",
                    _without_box(finished.stderr or finished.stdout),
                ),
            ]
        return TerraformError(
            f"terraform {name} failed in {self._directory}",
            diagnostics,
            hint=_NO_REGISTRY_HINT
            if any(one.summary.startswith(_NO_REGISTRY) for one in diagnostics)
            else None,
        )


def _without_box(text: str) -> str:
    """Terraform's words without the lines that it draws around them."""
    lines = (re.sub(r"^[╷│╵]\s?", "", line).rstrip() for line in text.splitlines())
    return "\n".join(lines).strip()
