"""Locations in a definition, as AWS names them."""

from __future__ import annotations

import json
from typing import Any

from antlr4.tree.Tree import TerminalNode
from localstack.services.stepfunctions.asl.antlr.runtime.ASLParser import ASLParser


def of(context: Any) -> tuple[str, str]:
    """Names the location of a node of the parse tree.

    Returns the pointer into the definition ("/States/Pay/Output/items[0]") and the
    field within the state ("Output/items[0]").
    """
    steps: list[str] = []
    field: list[str] | None = None
    node = context
    while (parent := node.parentCtx) is not None:
        if isinstance(parent, ASLParser.State_declContext) and field is None:
            field = list(steps)
        steps.extend(_step(parent, node))
        node = parent
    pointer = _joined(steps)
    return pointer, _joined(steps if field is None else field).removeprefix("/")


def _step(parent: Any, child: Any) -> list[str]:
    children = parent.children
    if _is(children[0], "["):
        index = children.index(child)
        commas = sum(_is(each, ",") for each in children[:index])
        return [f"[{commas}]"]
    if len(children) >= 3 and _is(children[1], ":"):
        key = json.loads(children[0].getText())
        return [f"/{key.removesuffix('.$')}"]
    return []


def _is(node: Any, token: str) -> bool:
    """Whether a node is this token. A rule's text is put together of all below it."""
    return isinstance(node, TerminalNode) and node.getText() == token


def _joined(steps: list[str]) -> str:
    return "".join(reversed(steps))
