"""Reads Terraform's files into python-hcl2's syntax tree, which knows its lines.

A ``.tf.json`` file is read as what it stands for: its text is an expression of HCL.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import hcl2
from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedInput

from stepwire.errors import StepwireError

Node = Tree[Token]

# How many labels the blocks have that Stepwire looks into.
_LABELS = {
    "module": 1,
    "output": 1,
    "provider": 1,
    "run": 1,
    "variable": 1,
    "mock_provider": 1,
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
}
_OVERRIDE = re.compile(r"(?:^|_)override\.tf(?:\.json)?$")
# Where JSON has white space that an object of HCL has not.
_JSON_SPACE = re.compile(r'("(?:[^"\\]|\\.)*")|\s*(:)\s*|\s+(,)')


@dataclass(frozen=True)
class Named:
    """An attribute of a block, or an element of an object."""

    name: str
    value: Node
    line: int
    file: Path | None = None
    """Of an attribute of a block: an override file has its part of one."""


@dataclass(frozen=True)
class Block:
    """A block such as ``module "orders" { … }``."""

    kind: str
    labels: tuple[str, ...]
    attributes: tuple[Named, ...]
    file: Path
    line: int
    node: Node
    """The whole of it, for ``source_of``; of a JSON file its object."""

    def get(self, name: str) -> Node | None:
        """The value of an attribute."""
        return next((one.value for one in self.attributes if one.name == name), None)

    def text(self, name: str) -> str | None:
        """The text of an attribute; None where it is missing, or not known here."""
        value = self.get(name)
        return None if value is None else text_of(unwrapped(value))

    def is_true(self, name: str) -> bool:
        """Whether an attribute is the literal ``true``."""
        value = self.get(name)
        return value is not None and str(unwrapped(value).children[0]) == "true"


def called_folder(call: Block) -> Path | None:
    """The folder that a ``module`` block names; None where its source is no folder."""
    source = call.text("source") or ""
    if not source.startswith(("./", "../")):
        return None
    return (call.file.parent / source).resolve()


def configuration_files(folder: Path) -> list[Path]:
    """The files of a module, those that override others last, as Terraform reads."""
    found = [
        file
        for file in (*folder.glob("*.tf"), *folder.glob("*.tf.json"))
        if not file.name.startswith(".")
    ]
    return sorted(found, key=lambda file: (bool(_OVERRIDE.search(file.name)), file))


def blocks(folder: Path) -> list[Block]:
    """The top-level blocks of a module, with what its override files say instead.

    Raises StepwireError where a file is no HCL.
    """
    found: list[Block] = []
    for file in configuration_files(folder):
        overrides = bool(_OVERRIDE.search(file.name))
        for block in blocks_in(file):
            base = next(
                (
                    index
                    for index, one in enumerate(found)
                    if overrides and _is_overridden(one, block)
                ),
                None,
            )
            if base is None:
                found.append(block)
            else:
                found[base] = _overridden(found[base], block)
    return found


def blocks_in(file: Path) -> list[Block]:
    """The top-level blocks of one file. Raises StepwireError where it is no HCL."""
    if file.name.endswith(".json"):
        [document] = _document(file)
        return [
            block
            for one in elements(unwrapped(document.value))
            for block in _json_blocks(file, one, (), _LABELS.get(one.name, 0))
        ]
    return [block for body in _bodies(file) for block in _body_blocks(file, body)]


def assignments(file: Path) -> list[Named]:
    """The values in a ``.tfvars`` file. Raises StepwireError where it is no HCL."""
    if file.name.endswith(".json"):
        return [
            one
            for document in _document(file)
            for one in elements(unwrapped(document.value))
        ]
    return [one for body in _bodies(file) for one in attributes(body)]


def expression(text: str) -> Node:
    """An expression that JSON has as text. Raises LarkError where it is none."""
    [body] = _nodes(_read(f"expression = {text}"), "body")
    return next(attributes(body)).value


def source_of(file: Path, node: Node) -> str:
    """The text of an expression or a block in a file."""
    text = _document_text(file) if file.name.endswith(".json") else _text(file)
    return text[node.meta.start_pos : node.meta.end_pos]


def _is_overridden(base: Block, block: Block) -> bool:
    # Each local is a thing by itself: the last one of its name counts.
    return block.kind != "locals" and (base.kind, base.labels) == (
        block.kind,
        block.labels,
    )


def _overridden(base: Block, block: Block) -> Block:
    names = {one.name for one in block.attributes}
    kept = [one for one in base.attributes if one.name not in names]
    return replace(base, attributes=(*kept, *block.attributes))


def _body_blocks(file: Path, body: Node) -> Iterator[Block]:
    for node in _nodes(body, "block"):
        labels = [text_of(child) for child in _nodes(node, "identifier", "string")]
        [inner] = _nodes(node, "body")
        yield Block(
            labels[0] or "",
            tuple(label or "" for label in labels[1:]),
            tuple(replace(one, file=file) for one in attributes(inner)),
            file,
            node.meta.line,
            node,
        )


def _json_blocks(
    file: Path, one: Named, labels: tuple[str, ...], missing: int
) -> Iterator[Block]:
    """The blocks below a key, whose values are objects or lists of them."""
    node = unwrapped(one.value)
    bodies = map(unwrapped, parts(node)) if node.data == "tuple" else [node]
    for body in bodies:
        inner = [
            replace(each, file=file) for each in elements(body) if each.name != "//"
        ]
        if missing:
            for each in inner:
                yield from _json_blocks(
                    file,
                    replace(each, name=one.name),
                    (*labels, each.name),
                    missing - 1,
                )
        else:
            yield Block(one.name, labels, tuple(inner), file, one.line, body)


def _document(file: Path) -> list[Named]:
    bodies = _parsed(file, _document_text(file))
    return [one for body in bodies for one in attributes(body)]


def _document_text(file: Path) -> str:
    text = _JSON_SPACE.sub(
        lambda match: match[1] or (": " if match[2] else ","), _text(file)
    )
    return f"document = {text.lstrip()}"


def _bodies(file: Path) -> list[Node]:
    return _parsed(file, _text(file))


def _text(file: Path) -> str:
    try:
        # A byte order mark is no part of the text.
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StepwireError(f"{file} cannot be read: {error}") from error


def _parsed(file: Path, text: str) -> list[Node]:
    try:
        return _nodes(_read(text), "body")
    except LarkError as error:
        location, found = f"{file}", str(error).strip().splitlines()[0]
        if isinstance(error, UnexpectedInput):
            last = text.rstrip().count("\n") + 1
            location = f"{file}:{min(error.line, last)}"
            token = getattr(error, "token", None)
            at_end = token is None or token.type == "$END"
            found = "the end of the file" if at_end else repr(str(token).split("\n")[0])
            found = f"{found} is not expected"
        raise StepwireError(
            f"{location}: cannot be read: {found}",
            hint="`terraform validate` shows whether Terraform reads it.",
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
    """An expression without the parentheses, the terms and the ``"${…}"`` around it."""
    while node.data in ("expr_term", "string"):
        inner = [one for one in _nodes(node) if one.data != "new_line_or_comment"]
        if len(inner) != 1:
            return node
        if node.data == "string":
            inner = [
                one for part in _nodes(inner[0], "interpolation") for one in parts(part)
            ]
            if len(inner) != 1:
                return node
        node = inner[0]
    return node


def text_of(node: Node) -> str | None:
    """The text of an identifier, a string or a heredoc; None where it is not known
    here. Escapes stay as they are written."""
    if node.data in ("identifier", "keyword"):
        return str(node.children[0])
    if node.data in ("heredoc_template", "heredoc_template_trim"):
        _, *lines, _ = str(node.children[0]).rstrip().split("\n")
        text = "\n".join([*lines, ""])
        if "${" in text:
            return None
        return textwrap.dedent(text) if node.data.endswith("trim") else text
    if node.data == "string":
        parts = _nodes(node, "string_part")
        tokens = [part.children[0] for part in parts]
        if all(isinstance(one, Token) for one in tokens):
            return "".join(map(str, tokens))
    return None


def literal(node: Node) -> Any:
    """The value of an expression that is made of literals, as JSON has it.

    Raises ValueError for any other expression.
    """
    node = unwrapped(node)
    match node.data:
        case "object":
            return {one.name: literal(one.value) for one in elements(node)}
        case "tuple":
            return [literal(one) for one in parts(node)]
        case "int_lit" | "float_lit" | "literal_value":
            return json.loads(str(node.children[0]))
        case "string" if (text := text_of(node)) is not None:
            return json.loads(f'"{text}"')
        case _:
            raise ValueError(f"{node.data} is no literal")


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
