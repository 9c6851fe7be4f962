"""Mermaid's own parser, which npm installs into ``.stepwire/mermaid`` once."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from stepwire.locks import locked

ROOT = Path(__file__).parents[1]
_SOURCES = ROOT / "tools" / "mermaid"
_INSTALLED = ROOT / ".stepwire" / "mermaid"
_SECONDS = 300
# npm's codes for a registry that it does not reach.
_OFFLINE = re.compile(
    r"\b(E(NOTFOUND|CONNREFUSED|CONNRESET|NETUNREACH|TIMEDOUT)|EAI_AGAIN)\b"
)


def refusals(diagrams: Sequence[str]) -> list[str | None]:
    """Why Mermaid refuses each diagram, or None; skips the test without Node.js."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node.js and npm, for Mermaid's parser, are not on PATH")
    _install()
    ran = subprocess.run(
        ["node", _INSTALLED / "parse.mjs"],
        input=json.dumps(diagrams),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    found: list[str | None] = json.loads(ran.stdout)
    return found


def _install() -> None:
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    with locked(_INSTALLED / "lock"):
        lock = "package-lock.json"
        is_current = (_INSTALLED / "node_modules").is_dir() and (
            _SOURCES / lock
        ).read_bytes() == (_INSTALLED / lock).read_bytes()
        for file in _SOURCES.iterdir():
            shutil.copy(file, _INSTALLED)
        if is_current:
            return
        ran = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=_INSTALLED,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if ran.returncode:
            shutil.rmtree(_INSTALLED / "node_modules", ignore_errors=True)
            if _OFFLINE.search(ran.stderr):
                pytest.skip("npm does not reach a registry to install Mermaid's parser")
            pytest.fail(f"npm cannot install Mermaid's parser:\n{ran.stderr}")
