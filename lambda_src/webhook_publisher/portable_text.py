"""Portable Text, Sanity's format of rich text, read into a tree.

Source: the Portable Text specification, and the shapes of Sanity's own plugins for code
(``code``) and tables (``table``).

Why no library does it: PyPI has one, portabletext-html (Apache 2.0, 600 lines). Its
last release is 1.1.3 of June 2022, and of what is needed here it has a third. It writes
HTML only, no Markdown. An unknown style, mark or block raises, and so does a list item
without a level; addresses of links are neither escaped nor looked at, so that
``javascript:`` and a quotation mark go through. Patched and vendored it would have been
most of this module, without its tree, which three writers share.

What is unknown is kept: blocks and objects as their text, styles as paragraphs, marks
as nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, NamedTuple

from shared import sanitize
from webhook_publisher import addresses
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
    text_of,
)

# The limit of Studio's editor; more only makes trees deep.
_DEEPEST_LIST = 10
_DECORATORS = {
    "strong": "strong",
    "em": "em",
    "underline": "underline",
    "strike-through": "strike",
}
_HEADING = re.compile(r"h([1-6])")
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}", re.ASCII)
_RULES = frozenset({"break", "divider", "horizontalRule", "hr"})
# Where people put what is meant to be read. Beside them are settings and the like; all
# of an object that has none of them is taken, rather than lost.
_READABLE = frozenset(
    {
        "alt", "answer", "author", "body", "caption", "children", "cite", "content",
        "description", "heading", "href", "items", "label", "message", "name", "note",
        "question", "quote", "rows", "subtitle", "summary", "text", "title", "url",
        "value",
    }
)  # fmt: skip


class Reader:
    """Reads the blocks of one document.

    ``site`` is where relative links start, ``links`` the addresses of internal links
    by the keys of their annotations.
    """

    def __init__(
        self, site: str, links: dict[str, str], assets: addresses.Assets
    ) -> None:
        self._site = site
        self._links = links
        self._assets = assets

    def blocks(self, value: Any) -> list[Block]:
        """``value`` as blocks: Portable Text, one of its blocks, or a plain text."""
        found: list[Block] = []
        items: list[_FlatItem] = []
        for block in value if isinstance(value, list) else [value]:
            if _is_list_item(block):
                items.append(self._flat_item(block))
                continue
            found += _nested(items)
            items = []
            found += self._block(block)
        return _merged(found + _nested(items))

    def _block(self, block: Any) -> list[Block]:  # noqa: PLR0911 - one for each kind
        if isinstance(block, str):
            return _paragraphs(block)
        if not isinstance(block, dict):
            return []
        kind = sanitize.single_line(block.get("_type"))
        if kind == "block" and isinstance(block.get("children"), list):
            return self._text_block(block)
        if kind == "code" and isinstance(block.get("code"), str):
            return _code(block)
        if kind == "image" and (image := self.image(block)):
            return [image]
        if kind in _RULES:
            return [Rule()]
        if table := self._table(block):
            return [*self._unknown(_readable(block, without="rows")), table]
        return self._unknown(block)

    def _text_block(self, block: dict[str, Any]) -> list[Block]:
        style = sanitize.single_line(block.get("style"))
        heading = _HEADING.fullmatch(style)
        children = self._inlines(block, is_one_line=heading is not None)
        if not children:
            return []
        if heading:
            return [Heading(int(heading[1]), children)]
        if style == "blockquote":
            return [Quote([Paragraph(children)])]
        return [Paragraph(children)]

    def _flat_item(self, block: dict[str, Any]) -> _FlatItem:
        level = block.get("level")
        return _FlatItem(
            level if isinstance(level, int) else 1,
            block["listItem"] == "number",
            self._inlines(block),
        )

    def image(self, value: Any) -> Image | None:
        """The picture of an image field; None without one."""
        url = self._assets.image_url(value)
        if not url:
            return None
        return Image(
            url,
            sanitize.single_line(value.get("alt")),
            sanitize.single_line(value.get("caption")),
        )

    def _table(self, block: dict[str, Any]) -> Table | None:
        """@sanity/table's: rows of cells, which hold a text, or Portable Text."""
        value = block.get("table", block)
        rows = value.get("rows") if isinstance(value, dict) else None
        if not isinstance(rows, list) or not all(
            isinstance(row, dict) and isinstance(row.get("cells"), list) for row in rows
        ):
            return None
        cells = [[self._cell(cell) for cell in row["cells"]] for row in rows]
        width = max(map(len, cells), default=0)
        if not width:
            return None
        return Table([row + [[]] * (width - len(row)) for row in cells])

    def _cell(self, cell: Any) -> list[Inline]:
        lines: list[Inline] = []
        for block in self.blocks(cell):
            if lines:
                lines.append(Break())
            lines += _inlines_of(block)
        return lines

    def _unknown(self, block: dict[str, Any]) -> list[Block]:
        """Its readable text."""
        keys = [key for key in block if not key.startswith("_")]
        readable = [key for key in keys if key in _READABLE]
        found: list[Block] = []
        for key in readable or keys:
            value = block[key]
            if key in ("href", "url"):
                if url := addresses.safe(value, self._site):
                    found.append(Paragraph([Link(url, [Text(url)])]))
            else:
                found += self.blocks(value)
        return found

    def _inlines(
        self, block: dict[str, Any], *, is_one_line: bool = False
    ) -> list[Inline]:
        definitions = block.get("markDefs")
        annotations = {
            definition["_key"]: definition
            for definition in (definitions if isinstance(definitions, list) else [])
            if isinstance(definition, dict) and isinstance(definition.get("_key"), str)
        }
        children = [child for child in block["children"] if isinstance(child, dict)]
        runs = [
            run
            for child, following in pairwise([*children, {}])
            for run in self._runs(child, annotations, _marks(following))
            if run.text
        ]
        if is_one_line:
            runs = [run._replace(text=run.text.replace("\n", " ")) for run in runs]
        return _tree(_trimmed(runs))

    def _runs(
        self,
        child: dict[str, Any],
        annotations: dict[str, dict[str, Any]],
        continued: list[str],
    ) -> list[_Run]:
        if child.get("_type", "span") != "span":
            # An object within a line, such as a footnote: beside the text, not in it.
            note = self._note(child)
            return [_Run(f" ({note})", [], is_code=False)] if note else []
        kinds: list[_Kind] = []
        notes = []
        marks = _marks(child)
        for mark in marks:
            if mark in _DECORATORS:
                kinds.append((_DECORATORS[mark], ""))
            elif mark not in annotations:
                continue
            elif url := self._url(mark, annotations[mark]):
                kinds.append(("link", url))
            elif mark not in continued and (
                note := self._note(_readable(annotations[mark]))
            ):
                notes.append(f" ({note})")
        is_code = "code" in marks
        runs = [_Run(sanitize.multiline(child.get("text")), kinds, is_code=is_code)]
        return runs + [_Run(note, [], is_code=False) for note in notes]

    def _url(self, key: str, annotation: dict[str, Any]) -> str:
        if key in self._links:
            return self._links[key]
        for name in ("href", "url"):
            if name in annotation:
                return addresses.safe(annotation[name], self._site)
        return ""

    def _note(self, value: dict[str, Any]) -> str:
        # An address that may not be linked to is nothing to read, either.
        if value.get("_type") in ("link", "internalLink"):
            return ""
        texts = (text_of(_inlines_of(block)) for block in self._unknown(value))
        return sanitize.single_line(" ".join(texts))


def _marks(child: dict[str, Any]) -> list[str]:
    marks = child.get("marks")
    values = marks if isinstance(marks, list) else []
    return [mark for mark in values if isinstance(mark, str)]


type _Kind = tuple[str, str]


class _Run(NamedTuple):
    """Characters, and what they are marked as; a line end may be in them."""

    text: str
    kinds: list[_Kind]
    is_code: bool


class _FlatItem(NamedTuple):
    level: int
    is_numbered: bool
    children: list[Inline]


def _tree(runs: list[_Run], around: tuple[str, ...] = ()) -> list[Inline]:
    """Marks that overlap, as a tree: the one that goes on longest is outside."""
    found: list[Inline] = []
    start = 0
    while start < len(runs):
        kinds = [kind for kind in runs[start].kinds if kind[0] not in around]
        if not kinds:
            _append(found, runs[start])
            start += 1
            continue
        ends = [_end(runs, start, kind) for kind in kinds]
        end = max(ends)
        kind = kinds[ends.index(end)]
        before, inner, after = _split(runs[start:end])
        _append_text(found, before)
        children = _tree(inner, (*around, kind[0]))
        if children:
            is_link = kind[0] == "link"
            found.append(
                Link(kind[1], children) if is_link else Mark(kind[0], children)
            )
        _append_text(found, after)
        start = end
    return found


def _end(runs: list[_Run], start: int, kind: _Kind) -> int:
    end = start
    while end < len(runs) and kind in runs[end].kinds:
        end += 1
    return end


def _append(found: list[Inline], run: _Run) -> None:
    if not run.is_code:
        _append_text(found, run.text)
    elif found and isinstance(found[-1], Code):
        found[-1] = Code(found[-1].text + run.text)
    else:
        found.append(Code(run.text))


def _append_text(found: list[Inline], text: str) -> None:
    """In one piece with the text before it: what is escaped depends on neighbours."""
    texts = _texts(text)
    match found[-1:], texts[:1]:
        case [Text(before)], [Text(after)]:
            found[-1] = Text(before + after)
            del texts[0]
    found += texts


def _texts(text: str) -> list[Inline]:
    found: list[Inline] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append(Break())
        if line:
            found.append(Text(line))
    return found


def _split(runs: list[_Run]) -> tuple[str, list[_Run], str]:
    """Runs without the white space around them, which cannot be marked in Markdown."""
    inner = list(runs)
    before = after = ""
    while inner and not inner[0].is_code:
        text = inner[0].text.lstrip()
        before += inner[0].text[: len(inner[0].text) - len(text)]
        if text:
            inner[0] = _with(inner[0], text)
            break
        del inner[0]
    while inner and not inner[-1].is_code:
        text = inner[-1].text.rstrip()
        after = inner[-1].text[len(text) :] + after
        if text:
            inner[-1] = _with(inner[-1], text)
            break
        del inner[-1]
    return before, inner, after


def _with(run: _Run, text: str) -> _Run:
    # Most have no white space around them, and another tuple takes time.
    return run if text == run.text else run._replace(text=text)


def _trimmed(runs: list[_Run]) -> list[_Run]:
    return _split(runs)[1]


def _readable(value: dict[str, Any], without: str = "") -> dict[str, Any]:
    """``value`` without its settings, but still knowing what it is."""
    kept = _READABLE - {without} | {"_type"}
    return {key: inner for key, inner in value.items() if key in kept}


def _is_list_item(block: Any) -> bool:
    return (
        isinstance(block, dict)
        and block.get("_type") == "block"
        and isinstance(block.get("listItem"), str)
        and isinstance(block.get("children"), list)
    )


def _nested(items: list[_FlatItem]) -> list[Block]:
    return [*_lists(items, 1)]


def _lists(items: list[_FlatItem], depth: int) -> list[List]:
    """Items by their levels, as lists within lists; levels that are skipped are not."""
    found: list[List] = []
    place = 0
    while place < len(items):
        item = items[place]
        end = place + 1
        while (
            end < len(items) and items[end].level > item.level and depth < _DEEPEST_LIST
        ):
            end += 1
        nested = Item(item.children, _lists(items[place + 1 : end], depth + 1))
        if nested.children or nested.lists:
            if not found or found[-1].is_numbered != item.is_numbered:
                found.append(List(item.is_numbered, []))
            found[-1].items.append(nested)
        place = end
    return found


def _merged(blocks: list[Block]) -> list[Block]:
    """Quotes and lists that nothing separates any more are one."""
    merged: list[Block] = []
    for block in blocks:
        match merged[-1:], block:
            case [Quote() as before], Quote():
                merged[-1] = Quote([*before.blocks, *block.blocks])
            case [List() as before], List() if before.is_numbered == block.is_numbered:
                merged[-1] = List(before.is_numbered, [*before.items, *block.items])
            case _:
                merged.append(block)
    return merged


def _paragraphs(text: str) -> list[Block]:
    parts = re.split(r"\n\s*\n", sanitize.multiline(text).strip())
    return [Paragraph(_texts(part.strip())) for part in parts if part.strip()]


def _code(block: dict[str, Any]) -> list[Block]:
    language = block.get("language")
    is_known = isinstance(language, str) and _LANGUAGE.fullmatch(language)
    code = sanitize.multiline(block["code"]).rstrip("\n")
    found: list[Block] = []
    if filename := sanitize.single_line(block.get("filename")):
        found.append(Paragraph([Code(filename)]))
    return [*found, CodeBlock(code, str(language) if is_known else "")]


def _inlines_of(block: Block) -> list[Inline]:  # noqa: PLR0911 - one for each kind
    """A block within a line."""
    match block:
        case Paragraph() | Heading():
            return block.children
        case Quote():
            return _joined([_inlines_of(inner) for inner in block.blocks])
        case CodeBlock():
            return [Code(block.text)] if block.text else []
        case Image():
            return [Link(block.url, [Text(block.alt or block.caption or block.url)])]
        case List():
            return _joined([_item_inlines(item) for item in block.items])
        case Table():
            return _joined([cell for row in block.rows for cell in row if cell])
        case Rule():
            return []


def _item_inlines(item: Item) -> list[Inline]:
    return _joined([item.children, *map(_inlines_of, item.lists)])


def _joined(parts: list[list[Inline]]) -> list[Inline]:
    found: list[Inline] = []
    for part in parts:
        if found and part:
            found.append(Break())
        found += part
    return found
