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

# Values reach Terraform through a pipe, so that no file ever holds them. It reads a
# file as JSON when its name says so, hence a link.
_VARIABLES = "variables.tfvars.json"
# A command that was killed with its parent goes on for a while, and has the state.
_LOCK_SECONDS = 60
_HINTS = {
    "Failed to query available provider packages": (
        f"Without a way to the registry, set {SETTING} to a folder that holds "
        f"{REGISTRY}/hashicorp/aws (terraform providers mirror makes one)."
    ),
    "Error acquiring the state lock": (
        f"Another Terraform has been at work on it for {_LOCK_SECONDS} s: "
        "wait for its end, or end it (pgrep -a terraform)."
    ),
}


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
        """Run a command to its end, however it ends."""
        return self._command.cmd(
            name, *arguments, environment=self.environment, no_color=FLAG, **options
        )

    def text(self, name: str, *arguments: str, **options: Any) -> str:
        """The output of a command. Raises TerraformError where it fails."""
        finished = self.raw(name, *arguments, **options)
        if finished.status:
            raise self.failed(name, finished, ())
        return finished.stdout

    def json(self, name: str, *arguments: str) -> Mapping[str, Any]:
        """The output of a command that writes JSON, read."""
        document: Mapping[str, Any] = json.loads(self.text(name, *arguments, json=FLAG))
        return document

    def streamed(
        self,
        name: str,
        *,
        variables: Mapping[str, Any] | None = None,
        accepted: Sequence[int] = (0,),
        **options: Any,
    ) -> tuple[int, tuple[Diagnostic, ...]]:
        """Run a command that reports as it goes; its exit status and warnings.

        Raises TerraformError for a status that is not ``accepted``.
        """
        diagnostics: list[Diagnostic] = []
        shows_value = False
        if variables:
            options["standard_input"] = json.dumps(variables)
            # After those of the user: the last one wins.
            options["var_file"] = [
                *options.get("var_file", []),
                self._variables_link(),
            ]
        on_progress = self._on_progress

        def on_line(line: str) -> None:
            nonlocal shows_value
            try:
                message = json.loads(line)
            except ValueError:
                return
            if message.get("diagnostic"):
                one = message["diagnostic"]
                if _shows_value(one):
                    shows_value = True
                    one = _without_value(one)
                diagnostics.append(Diagnostic.from_json(one, self.root))
            elif on_progress is not None and (shown := describe(message)) is not None:
                on_progress(shown)

        finished = self.raw(
            name,
            json=FLAG,
            input=False,
            lock_timeout=f"{_LOCK_SECONDS}s",
            on_line=on_line,
            **options,
        )
        if shows_value:
            self._command.forget(name)
        if finished.status not in accepted:
            raise self.failed(name, finished, diagnostics)
        return finished.status, tuple(diagnostics)

    def _variables_link(self) -> Path:
        link = self._command.logs / _VARIABLES
        if not link.is_symlink():
            link.unlink(missing_ok=True)
            link.symlink_to("/dev/stdin")
        return link

    def failed(
        self, name: str, finished: Finished, diagnostics: Sequence[Diagnostic]
    ) -> TerraformError:
        """The error for a command that failed: its diagnostics, or else its words."""
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
        summaries = tuple(one.summary for one in diagnostics)
        hints = [
            hint
            for summary, hint in _HINTS.items()
            if any(one.startswith(summary) for one in summaries)
        ]
        return TerraformError(
            f"terraform {name} failed in {self._directory}",
            diagnostics,
            hint=next(iter(hints), None),
        )


def _shows_value(diagnostic: Mapping[str, Any]) -> bool:
    source_range = diagnostic.get("range") or {}
    return Path(source_range.get("filename", "")).name == _VARIABLES


def _without_value(diagnostic: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the line of a value that Stepwire passed: it is in no file."""
    values = (diagnostic.get("snippet") or {}).get("values")
    return {**diagnostic, "range": None, "snippet": {"values": values}}


def _without_box(text: str) -> str:
    """Terraform's words without the lines that it draws around them."""
    lines = (re.sub(r"^[╷│╵]\s?", "", line).rstrip() for line in text.splitlines())
    return "\n".join(lines).strip()
