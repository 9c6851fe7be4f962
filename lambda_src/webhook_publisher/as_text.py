"""A tree as plain text, for search and for excerpts."""

from __future__ import annotations

from webhook_publisher.nodes import (
    Block,
    CodeBlock,
    Heading,
    Image,
    Item,
    List,
    Paragraph,
    Quote,
    Rule,
    Table,
    text_of,
)


def render(blocks: list[Block]) -> str:
    """The document: its blocks with an empty line between them, its rows in lines."""
    return "\n\n".join(text for text in map(_block, blocks) if text)


def _block(block: Block) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph() | Heading():
            return text_of(block.children)
        case Quote():
            return render(block.blocks)
        case CodeBlock():
            return block.text
        case Image():
            return "\n".join(text for text in (block.alt, block.caption) if text)
        case List():
            return "\n".join(map(_item, block.items))
        case Table():
            return "\n".join(" ".join(map(text_of, row)).strip() for row in block.rows)
        case Rule():
            return ""


def _item(item: Item) -> str:
    return "\n".join(filter(None, [text_of(item.children), *map(_block, item.lists)]))
