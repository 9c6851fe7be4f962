"""A tree as HTML: elements that platforms keep, and no text that is not escaped."""

from __future__ import annotations

from html import escape

from webhook_publisher.nodes import (
    Block,
    Break,
    Code,
    CodeBlock,
    Heading,
    Image,
    Inline,
    Item,
    Link,
    List,
    Mark,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
)

__all__ = ["escape", "render"]

_TAGS = {"strong": "strong", "strike": "del", "em": "em", "underline": "u"}


def render(blocks: list[Block]) -> str:
    """The document, one block a line."""
    return "".join(f"{_block(block)}\n" for block in blocks)


def _block(block: Block) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph():
            return _element("p", _inlines(block.children))
        case Heading():
            return _element(f"h{block.level}", _inlines(block.children))
        case Quote():
            return _element("blockquote", "".join(map(_block, block.blocks)))
        case CodeBlock():
            named = f' class="language-{escape(block.language)}"'
            opening = f"<code{named if block.language else ''}>"
            return f"<pre>{opening}{escape(block.text)}\n</code></pre>"
        case Image():
            image = f'<img src="{escape(block.url)}" alt="{escape(block.alt)}">'
            caption = _element("figcaption", escape(block.caption))
            return _element("figure", image + (caption if block.caption else ""))
        case List():
            tag = "ol" if block.is_numbered else "ul"
            return _element(tag, "".join(map(_item, block.items)))
        case Table():
            header, *rows = block.rows
            head = _element("thead", _row("th", header))
            body = _element("tbody", "".join(_row("td", row) for row in rows))
            return _element("table", head + (body if rows else ""))
        case Rule():
            return "<hr>"


def _item(item: Item) -> str:
    return _element(
        "li", _inlines(item.children) + "".join(_block(inner) for inner in item.lists)
    )


def _row(tag: str, cells: list[list[Inline]]) -> str:
    return _element("tr", "".join(_element(tag, _inlines(cell)) for cell in cells))


def _inlines(children: list[Inline]) -> str:
    return "".join(map(_inline, children))


def _inline(node: Inline) -> str:
    match node:
        case Text():
            return escape(node.text, quote=False)
        case Break():
            return "<br>"
        case Code():
            return _element("code", escape(node.text, quote=False))
        case Link():
            return f'<a href="{escape(node.url)}">{_inlines(node.children)}</a>'
        case Mark():
            return _element(_TAGS[node.kind], _inlines(node.children))


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>"
