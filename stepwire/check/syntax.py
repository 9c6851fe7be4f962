"""Reads ``.tf`` files into python-hcl2's syntax tree, which knows its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import hcl2
from lark import Token, Tree
from lark.exceptions import LarkError

from stepwire.errors import StepwireError

Node = Tree[Token]


@dataclass(frozen=True)
class Named:
    """An attribute of a block, or an element of an object."""

    name: str
    value: Node
    line: int


@dataclass(frozen=True)
class Block:
    """A block such as ``module "orders" { … }``."""

    kind: str
    labels: tuple[str, ...]
    attributes: tuple[Named, ...]
    file: Path
    line: int

    def get(self, name: str) -> Node | None:
        """The value of an attribute."""
        return next((one.value for one in self.attributes if one.name == name), None)


def blocks(folder: Path) -> list[Block]:
    """The top-level blocks of a folder's ``.tf`` files.

    Raises StepwireError where a file is no HCL.
    """
    return [block for file in sorted(folder.glob("*.tf")) for block in _blocks(file)]


def assignments(file: Path) -> list[Named]:
    """The values in a ``.tfvars`` file. Raises StepwireError where it is no HCL."""
    return [one for body in _bodies(file) for one in attributes(body)]


def _blocks(file: Path) -> Iterator[Block]:
    for body in _bodies(file):
        for node in _nodes(body, "block"):
            labels = [text_of(child) for child in _nodes(node, "identifier", "string")]
            [inner] = _nodes(node, "body")
            yield Block(
                labels[0] or "",
                tuple(label or "" for label in labels[1:]),
                tuple(attributes(inner)),
                file,
                node.meta.line,
            )


def _bodies(file: Path) -> list[Node]:
    try:
        return _nodes(_read(file.read_text(encoding="utf-8")), "body")
    except (LarkError, UnicodeDecodeError) as error:
        first = str(error).strip().splitlines()[0]
        raise StepwireError(
            f"{file} cannot be read: {first}", hint="Does `terraform validate` take it?"
        ) from error


# A module is read again for each of its callers.
@lru_cache(maxsize=512)
def _read(text: str) -> Node:
    tree: Node = hcl2.parses_to_tree(text + "\n")
    return tree


def attributes(body: Node) -> Iterator[Named]:
    """The attributes in a block's body."""
    for node in _nodes(body, "attribute"):
        name = text_of(child(node, 0))
        yield Named(name or "", child(node, -1), node.meta.line)


def elements(node: Node) -> Iterator[Named]:
    """The elements of an object; one whose key is an expression has no name."""
    for element in _nodes(node, "object_elem"):
        [key] = _nodes(element, "object_elem_key")
        name = text_of(unwrapped(child(key, 0)))
        yield Named(name or "", child(element, -1), element.meta.line)


def arguments(node: Node) -> tuple[str, list[Node]]:
    """A function call's name and arguments."""
    name = text_of(child(node, 0)) or ""
    given = [one for group in _nodes(node, "arguments") for one in _nodes(group)]
    return name, [one for one in given if one.data != "new_line_or_comment"]


def unwrapped(node: Node) -> Node:
    """An expression without the parentheses and the terms around it."""
    while node.data == "expr_term":
        inner = [one for one in _nodes(node) if one.data != "new_line_or_comment"]
        if len(inner) != 1:
            return node
        node = inner[0]
    return node


def text_of(node: Node) -> str | None:
    """What an identifier or a string says; None where it is not known here."""
    if node.data in ("identifier", "keyword"):
        return str(node.children[0])
    if node.data == "string":
        parts = _nodes(node, "string_part")
        tokens = [part.children[0] for part in parts]
        if all(isinstance(one, Token) for one in tokens):
            return "".join(map(str, tokens))
    return None


def parts(node: Node) -> list[Node]:
    """The expressions among a node's children."""
    return [
        one
        for one in _nodes(node)
        if one.data not in ("new_line_or_comment", "for_intro", "for_cond")
    ]


def child(node: Node, index: int) -> Node:
    """A child that is no token and no white space."""
    return parts(node)[index]


def _nodes(node: Node | Token, *kinds: str) -> list[Node]:
    if isinstance(node, Token):
        return []
    return [
        one
        for one in node.children
        if isinstance(one, Tree) and (not kinds or one.data in kinds)
    ]
