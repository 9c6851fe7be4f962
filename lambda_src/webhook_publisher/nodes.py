"""A text as a tree, between Portable Text and what it is written as."""

from __future__ import annotations

from typing import NamedTuple

type Inline = Text | Break | Code | Mark | Link
type Block = Paragraph | Heading | Quote | CodeBlock | Image | List | Table | Rule


class Text(NamedTuple):
    """Characters, without line ends."""

    text: str


class Break(NamedTuple):
    """The end of a line within a paragraph."""


class Code(NamedTuple):
    """Characters of a program, within a line."""

    text: str


class Mark(NamedTuple):
    """``kind`` is strong, em, underline or strike."""

    kind: str
    children: list[Inline]


class Link(NamedTuple):
    """``url`` is absolute, and of a scheme that does nothing but lead somewhere."""

    url: str
    children: list[Inline]


class Paragraph(NamedTuple):
    """Lines."""

    children: list[Inline]


class Heading(NamedTuple):
    """``level`` is 1 to 6."""

    level: int
    children: list[Inline]


class Quote(NamedTuple):
    """A quotation."""

    blocks: list[Block]


class CodeBlock(NamedTuple):
    """Lines of a program; ``language`` may be empty."""

    text: str
    language: str


class Image(NamedTuple):
    """A picture by its URL; ``alt`` and ``caption`` may be empty."""

    url: str
    alt: str
    caption: str


class Item(NamedTuple):
    """An item of a list, with the lists below it."""

    children: list[Inline]
    lists: list[List]


class List(NamedTuple):
    """Bullets, or numbers from 1."""

    is_numbered: bool
    items: list[Item]


class Table(NamedTuple):
    """Rows of cells, all of the same width; the first one is the header."""

    rows: list[list[list[Inline]]]


class Rule(NamedTuple):
    """A line across."""


def text_of(children: list[Inline]) -> str:
    """The characters, with line ends."""
    return "".join(map(_text_of, children))


def _text_of(node: Inline) -> str:
    match node:
        case Text() | Code():
            return node.text
        case Break():
            return "\n"
        case Mark() | Link():
            return text_of(node.children)
