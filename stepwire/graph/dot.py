"""The DOT language of Graphviz (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stepwire.graph import colors
from stepwire.graph.labels import wrapped
from stepwire.graph.model import Arrow, Graph, Node

_SHAPES = {"Choice": "diamond", "Wait": "hexagon"}
_FONT = 'fontname="Helvetica"'


def render(graph: Graph) -> str:
    """The text of a ``digraph``; a box is a cluster, whose arrows end at its border."""
    body = "\n".join(f"  {line}" for line in _lines(graph))
    return f"""digraph {{
  graph [compound=true, rankdir=TB, nodesep=0.35, ranksep=0.4, {_FONT}, fontsize=11]
  node [shape=box, style="rounded,filled", {_FONT}, fontsize=11, margin="0.15,0.08"]
  edge [{_FONT}, fontsize=10, color="{colors.LINE}", arrowsize=0.7]
{body}
}}
"""


def _lines(graph: Graph) -> Iterator[str]:
    for node in graph.nodes:
        if node.inside is None:
            yield f'"{node.id}" [{_attributes(node)}]'
        else:
            yield from _cluster(node, node.inside)
    nodes = {node.id: node for node in graph.nodes}
    returns = _returns(graph)
    for arrow in graph.arrows:
        is_return = (arrow.source, arrow.target) in returns
        yield _arrow(arrow, nodes, is_return=is_return)


def _attributes(node: Node) -> str:
    fill, line = colors.of(node.kind)
    style = f'fillcolor="{fill}", color="{line}", class="{node.kind}"'
    if node.kind == "Start":
        return f'shape=circle, style=filled, width=0.16, label="", {style}'
    if node.kind == "End":
        return f'shape=doublecircle, style=filled, width=0.12, label="", {style}'
    shape = f", shape={_SHAPES[node.kind]}" if node.kind in _SHAPES else ""
    margin = ', style=filled, margin="0.02,0.02"' if shape else ""
    return f'label="{_text(node)}"{shape}{margin}, {style}'


def _cluster(node: Node, inside: Graph) -> Iterator[str]:
    fill, line = colors.of(node.kind)
    yield f'subgraph "cluster_{node.id}" {{'
    yield f'  label="{_text(node)}"'
    yield f'  style="rounded,filled"; fillcolor="{fill}"; color="{line}"'
    yield f'  class="{node.kind}"'
    yield from (f"  {one}" for one in _lines(inside))
    yield "}"


def _arrow(arrow: Arrow, nodes: Mapping[str, Node], *, is_return: bool) -> str:
    upper, lower = nodes[arrow.source], nodes[arrow.target]
    attributes = []
    if is_return:
        # Graphviz puts the tail above the head, and what begins first belongs above.
        upper, lower = lower, upper
        attributes.append("dir=back")
    if upper.kind == "Start":
        # Branches begin side by side, however long the ways from there to their end.
        attributes.append("weight=20")
    if upper.inside is not None:
        attributes.append(f'ltail="cluster_{upper.id}"')
    if lower.inside is not None:
        attributes.append(f'lhead="cluster_{lower.id}"')
    if arrow.labels:
        # Graphviz puts a label right beside the line.
        label = "\\n".join(f" {line} " for line in _lines_of(*arrow.labels))
        attributes.append(f'label="{label}"')
    if arrow.is_catch:
        attributes.append(
            f'style=dashed, color="{colors.CATCH}", fontcolor="{colors.CATCH}"'
        )
    tail, head = _anchor(upper, last=True), _anchor(lower, last=False)
    return f'"{tail}" -> "{head}" [{", ".join(attributes)}]'


def _returns(graph: Graph) -> set[tuple[str, str]]:
    """The arrows that lead back to where the way to them has come through."""
    targets: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    for arrow in graph.arrows:
        targets[arrow.source].append(arrow.target)
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for first, next_ones in targets.items():
        if first in seen:
            continue
        way = {first: iter(next_ones)}
        while way:
            id_, rest = next(reversed(way.items()))
            seen.add(id_)
            target = next(rest, None)
            if target is None:
                del way[id_]
            elif target in way:
                found.add((id_, target))
            elif target not in seen:
                way[target] = iter(targets[target])
    return found


def _anchor(node: Node, *, last: bool) -> str:
    """The node that stands for a box, since an arrow of DOT joins nodes only."""
    if node.inside is None:
        return node.id
    return _anchor(node.inside.nodes[-1 if last else 0], last=last)


def _text(node: Node) -> str:
    name = f"{node.name} ↻" if node.retries else node.name
    return "\\n".join(_lines_of(name, *node.details))


def _lines_of(*texts: str) -> list[str]:
    return list(map(_escaped, wrapped(texts)))


def _escaped(text: str) -> str:
    # Graphviz reads HTML's entities in any label.
    text = text.replace("&", "&amp;")
    return text.replace("\\", "\\\\").replace('"', '\\"')
