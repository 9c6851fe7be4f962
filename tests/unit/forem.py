"""What DEV does with Markdown, as far as Liquid goes: a small model of its software.

In the order of Forem's ``MarkdownProcessor::Parser``: refuse what looks like scripting,
make fences of lines ``<code>``, put ``raw`` around what looks like code, render, decode
entities, run Liquid. Liquid's part is that of its ``Tokenizer`` and its tag ``raw``.
The Markdown is CommonMark's, where DEV has Redcarpet.
"""

from __future__ import annotations

import html
import re

from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])

_CODE = re.compile(r"\s*~{3}.*?~{3}|\s*`{3}.*?`{3}|`{2}.+?`{2}|`.+?`", re.DOTALL)
_FENCE_OR_TICKS = re.compile(r"(~{3}|`{3}|`{2}|`).*?\1", re.DOTALL)
_SCRIPTING = re.compile(r"src=[\"'](data|&)|data:text/html[,;]", re.IGNORECASE)
_TOKEN = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}?)", re.DOTALL)
_TAG = re.compile(r"\{%-?\s*(\w*)\s*(.*?)-?%\}", re.DOTALL)
_LAST_TAG = re.compile(r".*\{%-?\s*(\w+).*%\}", re.DOTALL)


def is_refused(markdown: str) -> bool:
    """Whether DEV takes it for an attempt at scripting, and no article."""
    return bool(_SCRIPTING.search(_FENCE_OR_TICKS.sub("", markdown)))


def runs(markdown: str) -> list[str]:
    """What Liquid finds to run, or to complain of, in an article of ``markdown``."""
    return _run(html.unescape(_markdown.render(_with_raw(_with_fences(markdown)))))


def _with_fences(markdown: str) -> str:
    has_element = "<code>" in markdown and "<pre>" in markdown
    if has_element or not re.search("^<code>$", markdown, re.MULTILINE):
        return markdown
    return re.sub("^</?code>$", "\n```\n", markdown, flags=re.MULTILINE)


def _with_raw(markdown: str) -> str:
    def wrapped(found: re.Match[str]) -> str:
        code = found[0].replace("{% endraw %}", "{----% endraw %----}")
        code = code.replace("{% raw %}", "{----% raw %----}")
        if re.search(r"\s*`{3}", code):
            return f"\n{{% raw %}}\n{code}\n{{% endraw %}}\n"
        return f"{{% raw %}}{code}{{% endraw %}}"

    return _CODE.sub(wrapped, markdown)


def _run(text: str) -> list[str]:
    found = []
    is_raw = False
    for token in _TOKEN.split(text):
        if is_raw:
            last = _LAST_TAG.fullmatch(token)
            is_raw = last is None or last[1] != "endraw"
            continue
        tag = _TAG.fullmatch(token)
        is_raw = tag is not None and (tag[1], tag[2]) == ("raw", "")
        # What nothing closes is an error, which is then all of the article.
        if not is_raw and re.search(r"\{[{%]", token):
            found.append(token)
    return [*found, "raw without an end"] if is_raw else found
