"""A tree as Markdown: CommonMark, with the tables and ~~strikes~~ of GitHub's flavour.

What is text stays text: whatever has a meaning in Markdown or HTML is escaped. Where
Markdown's own marks cannot be read as such (within words, at punctuation), HTML's are
written.

DEV runs what looks like Liquid, ``{{ … }}`` and ``{% … %}``, after it has made HTML of
the Markdown and has decoded its entities: a backslash or ``&#123;`` is gone by then. An
empty ``<span>`` between the two characters is still there, and is nothing to a reader,
on DEV or elsewhere; where it is copied, the text is as it was. Code needs none: there
DEV takes Liquid as text, as long as it finds the code. It looks for backticks and for
``~~~`` before it reads Markdown, escaped or not and in addresses, too: so those of a
text are entities. Code that would end what DEV puts around it is an element, with
entities and spans as in a text: a row of three backticks within a line or beside one of
tildes, Liquid's ``endraw`` in other spellings than the usual one, and a line
``<code>``, which DEV makes a fence of. Source: ``MarkdownProcessor::Parser`` of DEV's
software, Forem, and ``Liquid::Raw``. Lines end with ``<br>`` alone, since to DEV a line
end is one more.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape as escape_html

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

_SPECIAL = re.compile(
    r"[\\`*\[\]~|]"
    # Within a word an underscore is one.
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|&(?=#|\w)|<|\{(?=[{%])"
    # DEV refuses an article with these, as an attempt at scripting.
    r"|(?i:(?<=src=)[\"']|(?<=data:text)/(?=html))"
)
_NOT_WITH_BACKSLASH = {
    "&": "&amp;",
    "<": "&lt;",
    "`": "&#96;",
    "{": "{<span></span>",
    "~": "&#126;",
    '"': "&quot;",
    "'": "&#39;",
    "/": "&#47;",
}
_REFUSED_IN_URL = re.compile(r"(?i)(?<=src=)'|(?<=data):(?=text/html)")
# Beginnings of a line that make it something else than a paragraph. Three hyphens
# would begin front matter, which overrides an article's title and tags on DEV.
_AT_LINE_START = re.compile(r"^(?=[#+>=-])|^(\d{1,9})(?=[.)])")
_LIQUID = re.compile(r"\{(?=[{%])")
# Texts that end code on DEV too early; Liquid's word as it is mostly spelled does not.
_ENDS_CODE = re.compile(r"\{%(?! endraw %\})-?\s*endraw|^</?code>$", re.MULTILINE)
_CLOSING_HASHES = re.compile(r"(#+)$")
# A fence to DEV, and with the Liquid that DEV puts around code, more of it.
_NOT_TOGETHER = frozenset({"~~", "{`"})
_DELIMITERS = {"strong": "**", "strike": "~~", "em": "_"}
# Where elements are, Markdown is not: what DEV looks for, it looks for there, too.
_ENTITIES = str.maketrans({"`": "&#96;", "~": "&#126;", "/": "&#47;"})
_TAGS = {"strong": "strong", "strike": "del", "em": "em", "underline": "u"}


def render(blocks: list[Block]) -> str:
    """The document, with a line end at its end; nothing for nothing."""
    text = _blocks(blocks)
    return f"{text}\n" if text else ""


def escape(text: str) -> str:
    """One line of text that stays text wherever in a paragraph it is."""
    return _line(_escape(text))


def _blocks(blocks: list[Block]) -> str:
    return "\n\n".join(text for text in map(_block, blocks) if text)


def _block(block: Block) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph():
            return _line(_inlines(block.children))
        case Heading():
            return _heading(block)
        case Quote():
            text = _blocks(block.blocks)
            return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        case CodeBlock():
            return _code_block(block)
        case Image():
            return _image(block)
        case List():
            return "\n".join(
                _item(item, f"{number}." if block.is_numbered else "-")
                for number, item in enumerate(block.items, 1)
            )
        case Table():
            return _table(block)
        case Rule():
            # Not ---, which begins front matter where it is the first line.
            return "***"


def _heading(heading: Heading) -> str:
    text = _CLOSING_HASHES.sub(r"\\\1", _inlines(heading.children))
    return "#" * heading.level + " " + text


def _image(image: Image) -> str:
    # No element can be within it, so that a space keeps Liquid's characters apart.
    alt = _LIQUID.sub("{ ", image.alt)
    text = f"![{_escape(alt)}]({_url(image.url)})"
    if image.caption:
        text += "\n\n" + _block(Paragraph([Mark("em", [Text(image.caption)])]))
    return text


def _item(item: Item, marker: str) -> str:
    # A marker with nothing behind it is a heading's underline to the line above it.
    first = _line(_inlines(item.children)) or "&nbsp;"
    text = "\n".join([first, *map(_block, item.lists)])
    indent = "\n" + " " * (len(marker) + 1)
    return f"{marker} " + text.replace("\n", indent)


def _table(table: Table) -> str:
    header, *rows = table.rows
    lines = [_row(header), "|" + " --- |" * len(header), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: list[list[Inline]]) -> str:
    # A pipe ends a cell even within code.
    texts = (re.sub(r"(?<!\\)\|", r"\\|", _inlines(cell)) for cell in cells)
    return "|" + "".join(f" {text} |" for text in texts)


def _line(text: str) -> str:
    """Inlines as a paragraph: they begin nothing else."""
    return _AT_LINE_START.sub(lambda found: f"{found[0]}\\", text.strip(" \t"))


def _inlines(children: list[Inline], before: str = "", after: str = "") -> str:
    """``before`` and ``after`` are the characters around, empty at an edge."""
    if len(children) == 1 and isinstance(children[0], Text):
        # Most are no more than that.
        return _escape(children[0].text)
    plain = [text_of([child]) for child in children]
    following = [after]
    for text in reversed(plain):
        following.append(text[:1] or following[-1])
    texts: list[str] = []
    left = before
    for child, text, right in zip(children, plain, following[-2::-1], strict=True):
        written = _inline(child, left, right)
        if texts and texts[-1].endswith("!") and written.startswith("["):
            # Not a picture.
            texts[-1] = texts[-1][:-1] + "\\!"
        if texts and (texts[-1][-1:] + written[:1]) in _NOT_TOGETHER:
            texts.append("<span></span>")
        texts.append(written)
        left = text[-1:] or left
    return "".join(texts)


def _inline(node: Inline, left: str, right: str) -> str:
    match node:
        case Text():
            return _escape(node.text)
        case Break():
            return "<br>"
        case Code():
            return _code(node.text)
        case Link():
            return f"[{_inlines(node.children)}]({_url(node.url)})"
        case Mark():
            return _mark(node, left, right)


def _mark(mark: Mark, left: str, right: str) -> str:
    inner = _inlines(mark.children, left, right)
    delimiter = _DELIMITERS.get(mark.kind)
    if delimiter and _is_readable(delimiter, inner, left, right):
        return f"{delimiter}{inner}{delimiter}"
    tag = _TAGS[mark.kind]
    return f"<{tag}>{inner}</{tag}>"


def _is_readable(delimiter: str, inner: str, left: str, right: str) -> bool:
    """CommonMark's rules of what can open and close emphasis, on the safe side."""
    if delimiter == "_":
        return not _is_word(left) and not _is_word(right)
    return not (
        (_is_punctuation(inner[0]) and _is_word(left))
        or (_is_punctuation(inner[-1]) and _is_word(right))
    )


def _is_word(character: str) -> bool:
    return bool(character) and not (character.isspace() or _is_punctuation(character))


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _code(text: str) -> str:
    line = text.replace("\n", " ")
    # A link whose text has "]:" would be the definition of a reference.
    if "``" in line or "]:" in line or _ENDS_CODE.search(line):
        return f"<code>{_escape(line)}</code>"
    ticks = "``" if "`" in line else "`"
    # One space on each side is not part of the code; ticks at an edge need it.
    is_bare = line.strip() and line[0] not in " `" and line[-1] not in " `"
    pad = "" if is_bare or not line.strip() else " "
    return f"{ticks}{pad}{line}{pad}{ticks}"


def _code_block(block: CodeBlock) -> str:
    has_both = "```" in block.text and "~~~" in block.text
    if has_both or _ENDS_CODE.search(block.text):
        return _code_element(block)
    fence = "~~~" if "```" in block.text else "```"
    return f"{fence}{block.language}\n{block.text}\n{fence}"


def _code_element(block: CodeBlock) -> str:
    text = escape_html(block.text).translate(_ENTITIES)
    text = _LIQUID.sub(_NOT_WITH_BACKSLASH["{"], text)
    named = f' class="language-{escape_html(block.language)}"'
    return f"<pre><code{named if block.language else ''}>{text}\n</code></pre>"


def _url(url: str) -> str:
    encoded = _REFUSED_IN_URL.sub(lambda found: f"%{ord(found[0]):X}", url)
    return re.sub(r"&(?=#|\w)", "&amp;", encoded).replace("~", "%7E")


def _escape(text: str) -> str:
    return _SPECIAL.sub(
        lambda found: _NOT_WITH_BACKSLASH.get(found[0]) or f"\\{found[0]}", text
    )
