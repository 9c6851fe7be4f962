"""Mermaid's flowcharts (https://mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepwire.graph import colors
from stepwire.graph.labels import lines, wrapped
from stepwire.graph.model import Arrow, Graph, Node

MAX_TEXT = 50_000
"""Characters of a diagram that Mermaid draws by its default settings (maxTextSize)."""
MAX_ARROWS = 500
"""Arrows of a diagram that Mermaid draws by its default settings (maxEdges)."""

WIDTH = 22
"""Characters in a line; Mermaid wraps what is wider than 200 pixels once more."""
TITLE = 60
"""Characters in the title of a box, which has one line."""

_SHAPES = {
    "Start": ("((", "))"),
    "End": ("(((", ")))"),
    "Choice": ("{", "}"),
    "Wait": ("{{", "}}"),
    "Succeed": ("([", "])"),
    "Fail": ("([", "])"),
}
_RECTANGLE = ("[", "]")
# Anything that Mermaid, or the HTML and Markdown in its labels, may take for its own.
_SPECIAL = re.compile(r"""[^\w .,:=+()≤≥≠…↻·-]""")


def render(graph: Graph) -> str:
    """The text of a ``flowchart``, without the fence around it."""
    kinds = sorted(
        {
            node.kind
            for inner in graph.walk()
            for node in inner.nodes
            if node.inside is None
        }
    )
    classes = [f"classDef {kind} {_style(kind)}" for kind in kinds]
    body = [*_lines(graph), *classes]
    return "\n".join(["flowchart TB", *(f"  {line}" for line in body), ""])


def fits(graph: Graph, text: str) -> bool:
    """Whether Mermaid draws it by its default settings."""
    arrows = sum(len(inner.arrows) for inner in graph.walk())
    return len(text) <= MAX_TEXT and arrows <= MAX_ARROWS


def _lines(graph: Graph) -> Iterator[str]:
    for node in graph.nodes:
        if node.inside is None:
            yield _node(node)
        else:
            # Without a direction the inside turns right.
            [title] = lines(" · ".join((_name(node), *node.details)), TITLE, 1)
            yield f'subgraph {node.id}["{_escaped(title)}"]'
            yield "  direction TB"
            yield from (f"  {line}" for line in _lines(node.inside))
            yield "end"
            # A class does not colour a box.
            yield f"style {node.id} {_style(node.kind)}"
    ends = _ends(graph)
    for arrow in graph.arrows:
        yield _arrow(arrow, ends[arrow.source][1], ends[arrow.target][0])


def _ends(graph: Graph) -> dict[str, tuple[str, str]]:
    """For each node, by its id: where arrows to it end, and those from it begin.

    They are the node itself, but for a box that the flow comes back to. Mermaid would
    put it on top of all others, and so its arrows join the marks within it.
    """
    found = {node.id: (node.id, node.id) for node in graph.nodes}
    for node in graph.nodes:
        if node.inside is not None and _comes_back(graph, node.id):
            first, last = node.inside.nodes[0], node.inside.nodes[-1]
            found[node.id] = first.id, last.id if last.kind == "End" else node.id
    return found


def _comes_back(graph: Graph, id_: str) -> bool:
    seen: set[str] = set()
    waiting = [id_]
    while waiting:
        source = waiting.pop()
        targets = {one.target for one in graph.arrows if one.source == source}
        waiting += targets - seen
        seen |= targets
    return id_ in seen


def _node(node: Node) -> str:
    opening, closing = _SHAPES.get(node.kind, _RECTANGLE)
    return f'{node.id}{opening}"{_text(node)}"{closing}:::{node.kind}'


def _arrow(arrow: Arrow, tail: str, head: str) -> str:
    line = "-.->" if arrow.is_catch else "-->"
    label = f'|"{_joined(*arrow.labels)}"|' if arrow.labels else ""
    return f"{tail} {line}{label} {head}"


def _style(kind: str) -> str:
    fill, line = colors.of(kind)
    # Mermaid fills the outer circle, too.
    fill = "none" if kind == "End" else fill
    return f"fill:{fill},stroke:{line},color:{colors.TEXT}"


def _text(node: Node) -> str:
    return _joined(_name(node), *node.details)


def _name(node: Node) -> str:
    return f"{node.name} ↻" if node.retries else node.name


def _joined(*texts: str) -> str:
    # A label without any character is an error of syntax.
    return "<br/>".join(map(_escaped, wrapped(texts, WIDTH))) or " "


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)
