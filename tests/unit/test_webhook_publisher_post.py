"""The post that is made of a Sanity document: its fields, its Markdown, its HTML."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.scale import at_scale
from tests.unit import forem
from tests.unit.webhooks import DOCUMENTS, ENVIRONMENT, document_of
from webhook_publisher import addresses, as_html, as_markdown, post
from webhook_publisher.nodes import Text
from webhook_publisher.portable_text import Reader

VERSION = 1_768_210_200_000
EXAMPLES = at_scale(100, 2000)
NAMES = sorted(path.stem for path in DOCUMENTS.glob("*.json"))
SCRIPT = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"
SITE = "https://blog.example.com/posts/here"

# What DEV, Hashnode, Medium and GitHub read.
_markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Keeps apart what DEV would run, and is nothing to a reader.
_NOTHING = "<span></span>"

type Event = tuple[str, object]


@pytest.fixture(autouse=True, scope="module")
def _settings() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


class _Reading(HTMLParser):
    """What a reader gets of HTML: texts, and the elements around them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[Event] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, {name: unquote(value or "") for name, value in attrs}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.events.append(("end", tag))

    def handle_data(self, data: str) -> None:
        self.events.append(("text", data))


# Written differently for the same, or without a meaning of their own.
_SAME = {"s": "del"}
_LEFT_OUT = frozenset({"figcaption", "figure", "tbody"})


def read(text: str) -> list[Event]:
    """The events of HTML; white space counts in blocks of code, and between words."""
    found: list[Event] = []
    is_verbatim = False
    for kind, value in _Reading(text).events:
        if kind in _LEFT_OUT or (kind == "end" and value in _LEFT_OUT):
            continue
        is_verbatim = kind == "pre" or (is_verbatim and (kind, value) != ("end", "pre"))
        if kind == "text":
            shown = str(value) if is_verbatim else " ".join(str(value).split())
            found += [(kind, shown)] if shown else []
        elif kind == "end":
            found.append((kind, _SAME.get(str(value), value)))
        else:
            found.append((_SAME.get(kind, kind), value))
    return found


def from_document(document: dict[str, Any]) -> dict[str, Any]:
    return post.from_document(document, VERSION)


def rendered(markdown: str) -> str:
    """The HTML of Markdown, as readers get it."""
    return str(_markdown.render(markdown)).replace(_NOTHING, "")


def blocks_of(body: Any) -> list[Any]:
    return Reader(SITE, {}, addresses.Assets("zp7mbokg", "production")).blocks(body)


def paragraph(*children: Any, **fields: Any) -> dict[str, Any]:
    return {
        "_type": "block",
        "style": "normal",
        "markDefs": [{"_key": "l", "_type": "link", "href": "https://example.com/a_b"}],
        "children": [
            {"_type": "span", "text": text, "marks": list(marks)}
            for text, *marks in children
        ],
        **fields,
    }


# The fixtures


def test_there_are_documents_of_real_variety() -> None:
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_document_becomes_this_markdown(name: str) -> None:
    expected = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")
    assert from_document(document_of(name))["markdown"] == expected


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"images", "markdown-characters"}))
def test_markdown_and_html_say_the_same(name: str) -> None:
    made = from_document(document_of(name))
    assert read(rendered(made["markdown"])) == read(made["html"])


@pytest.mark.parametrize("name", NAMES)
def test_a_post_can_be_an_executions_input(name: str) -> None:
    made = from_document(document_of(name))
    assert json.loads(json.dumps(made, allow_nan=False)) == made


# Fields


def test_a_post_has_what_platforms_ask_for() -> None:
    made = from_document(document_of("long-read"))
    assert made["id"] == "long-read"
    assert made["revision"] == "rev-long-read"
    assert made["title"] == "How we moved a ledger without stopping it"
    assert made["slug"] == "long-read"
    assert made["canonical_url"] == "https://blog.example.com/posts/long-read"
    assert made["excerpt"] == "Eleven thousand accounts, twelve weeks, no downtime."
    assert made["tags"] == [
        {"name": "Databases", "slug": "databases"},
        {"name": "War Stories", "slug": "war-stories"},
    ]
    assert made["author"] == "Ada Byron"
    assert made["published_at"] == "2026-01-11T10:00:00.000Z"
    assert made["updated_at"] == "2026-01-12T09:30:00Z"
    # 3,600 to 4,500 characters: 900 are read in a minute.
    assert 3600 < len(made["text"]) <= 4500
    assert made["reading_minutes"] == 5


def test_a_cover_image_is_on_sanitys_cdn_as_it_was_cropped() -> None:
    assert from_document(document_of("images"))["cover_image"] == {
        "url": "https://cdn.sanity.io/images/zp7mbokg/production/"
        "Tb9Ew8CXIwaY6R1kjMvI0uRR-1600x900.png?rect=160,0,1440,900",
        "alt": "A cover",
        "width": 1600,
        "height": 900,
    }


def test_an_empty_document_is_a_post_without_anything() -> None:
    assert from_document({}) == {
        "id": None,
        "version": VERSION,
        "revision": None,
        "title": "",
        "title_html": "",
        "title_markdown": "",
        "slug": "",
        "canonical_url": "https://blog.example.com/posts/",
        "excerpt": "",
        "markdown": "",
        "html": "",
        "text": "",
        "cover_image": None,
        "tags": [],
        "author": None,
        "language": None,
        "published_at": None,
        "updated_at": None,
        "reading_minutes": 0,
    }


def test_a_documents_own_canonical_url_counts() -> None:
    made = from_document(document_of("links"))
    assert made["canonical_url"] == "https://elsewhere.example/original"


def test_without_a_setting_there_is_no_canonical_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CANONICAL_URL", "")
    made = from_document(document_of("links") | {"canonicalUrl": "javascript:alert(1)"})
    assert made["canonical_url"] is None
    # What starts there leads nowhere, and is no link.
    assert "relative anchor" in made["markdown"]
    assert "Our other post" in made["markdown"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Crème brûlée — Straße", "creme-brulee-strasse"),
        ("مرحبًا بالعالم", "مرحبًا-بالعالم"),
        ("今すぐ", "今すぐ"),
        ("../../etc/passwd", "etc-passwd"),
        ("🚀", "the-id"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_title_makes_a_slug(title: str, slug: str) -> None:
    assert from_document({"_id": "the.id", "title": title})["slug"] == slug


def test_tags_are_there_once() -> None:
    made = from_document(
        {
            "categories": [{"title": "Web Dev"}, None, "C++"],
            "tags": ["web dev", "", "C"],
        }
    )
    assert [tag["name"] for tag in made["tags"]] == ["Web Dev", "C++", "C"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C++", "cpp"),
        ("C++20", "cpp20"),
        ("C#", "csharp"),
        ("F\u266f", "fsharp"),
        ("C", "c"),
        ("#python", "python"),
        (".NET", "dotnet"),
        ("Node.js", "node-js"),
        ("Canal+", "canalplus"),
    ],
)
def test_a_tag_has_a_slug_that_is_its_own(name: str, slug: str) -> None:
    assert from_document({"tags": [name]})["tags"] == [{"name": name, "slug": slug}]


def test_an_excerpt_ends_with_a_word() -> None:
    made = from_document({"body": "word " * 100})
    assert made["excerpt"].endswith(" word…")
    assert len(made["excerpt"]) <= 201


# Attacks


def test_a_script_in_a_title_is_text_wherever_it_is_shown() -> None:
    made = from_document({"title": SCRIPT})
    assert made["title"] == SCRIPT
    for shown in (made["title_html"], _markdown.renderInline(made["title_markdown"])):
        assert _Reading(shown).events == [("text", SCRIPT)]


def test_a_script_in_any_field_is_text() -> None:
    evil = {
        "title": SCRIPT,
        "excerpt": SCRIPT,
        "categories": [{"title": SCRIPT}],
        "mainImage": {"asset": {"url": f"https://x/{SCRIPT}"}, "alt": SCRIPT},
        "body": [
            paragraph((SCRIPT, SCRIPT, "strong"), style=SCRIPT),
            paragraph((SCRIPT, "code"), listItem=SCRIPT, level=1),
            {"_type": SCRIPT, "text": SCRIPT, "url": f"https://x/{SCRIPT}"},
            {"_type": "code", "code": SCRIPT, "language": SCRIPT, "filename": SCRIPT},
            {"_type": "table", "rows": [{"cells": [SCRIPT]}]},
            {
                "_type": "image",
                "asset": {"_ref": f"image-a-1x1-{SCRIPT}", "url": SCRIPT},
                "caption": SCRIPT,
            },
            {
                "_type": "image",
                "asset": {"_ref": "image-a-1x1-png"},
                "alt": SCRIPT,
                "caption": SCRIPT,
            },
        ],
    }
    made = from_document(evil)
    for shown in (made["html"], _markdown.render(made["markdown"])):
        tags = {kind for kind, _ in _Reading(shown).events}
        assert "script" not in tags
        images = [v for kind, v in _Reading(shown).events if kind == "img"]
        assert [image["src"] for image in images] == [
            "https://cdn.sanity.io/images/zp7mbokg/production/a-1x1.png"
        ]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " \tjava\nscript:alert(1)",
        "java\u0000script:alert(1)",
        "\ufeffjavascript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "https:",
        "https://[",
        "blob:https://x/y",
        None,
        7,
        {"x": "https://example.com"},
    ],
)
def test_an_unsafe_address_is_no_link(href: Any) -> None:
    assert addresses.safe(href, SITE) == ""


@pytest.mark.parametrize("address", ["mailto:a@example.com", "tel:+47", "data:x"])
def test_what_is_no_page_is_no_picture_and_no_canonical_url(address: str) -> None:
    picture = {"_type": "image", "asset": {"url": address}, "alt": "Ann"}
    made = from_document(
        {"canonicalUrl": address, "mainImage": picture, "body": [picture], "_id": "x"}
    )
    assert made["cover_image"] is None
    assert made["canonical_url"] == "https://blog.example.com/posts/x"
    assert "<img" not in made["html"]
    assert "![" not in made["markdown"]


def test_a_scheme_in_capitals_is_one() -> None:
    assert addresses.web("HTTPS://example.com/a.png") == "HTTPS://example.com/a.png"
    assert addresses.web("MAILTO:a@example.com") == ""


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://example.com/a?b=c&d#e", "https://example.com/a?b=c&d#e"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("tel:+47", "tel:+47"),
        ("/about", "https://blog.example.com/about"),
        ("other", "https://blog.example.com/posts/other"),
        ("#part", f"{SITE}#part"),
        ("//example.com/x", "https://example.com/x"),
        ("https://example.com/مقال", "https://example.com/مقال"),
        ("https://x.y/a b)<>\"'", "https://x.y/a%20b%29%3C%3E%22'"),
    ],
)
def test_a_safe_address_is_absolute(href: str, url: str) -> None:
    assert addresses.safe(href, SITE) == url


def test_depth_and_size_are_no_way_to_bring_it_down() -> None:
    items = [
        paragraph((f"item {level}",), listItem="bullet", level=level)
        for level in range(1, 2000)
    ]
    marks = [f"m{number}" for number in range(2000)] + ["strong", "em"] * 100
    made = from_document({"body": [*items, paragraph(("text", *marks))]})
    assert made["html"].count("<ul>") == 10
    assert made["html"].count("<li>") == 1999
    assert "<strong><em>text</em></strong>" in made["html"]


# Whatever people write

_CHARACTERS = st.sampled_from(
    [
        *"\\`*_{}[]()<>#+-=.!|~&:;$^%@\"'/ab1 \n",
        "é",
        "ش",
        "🚀",
        "「",
        "&amp;",
        "1.",
        "  ",
    ]
)
_TEXTS = st.lists(_CHARACTERS, max_size=12).map("".join)
_MARKS = st.lists(
    st.sampled_from(["strong", "em", "code", "strike-through", "underline", "l"]),
    max_size=4,
    unique=True,
)
_SPANS = st.tuples(_TEXTS, _MARKS).map(lambda pair: (pair[0], *pair[1]))
_PARAGRAPHS = st.lists(_SPANS, min_size=1, max_size=5).map(
    lambda spans: paragraph(*spans)
)
_BLOCKS = st.one_of(
    st.builds(
        lambda block, style: {**block, "style": style},
        _PARAGRAPHS,
        st.sampled_from(["normal", "h1", "h3", "blockquote", "lead"]),
    ),
    st.builds(
        lambda block, kind, level: {**block, "listItem": kind, "level": level},
        _PARAGRAPHS,
        st.sampled_from(["bullet", "number"]),
        st.integers(1, 4),
    ),
    st.builds(lambda text: {"_type": "code", "code": text, "language": "c++"}, _TEXTS),
    st.builds(
        lambda rows: {"_type": "table", "rows": [{"cells": row} for row in rows]},
        st.lists(st.lists(_TEXTS, max_size=3), max_size=3),
    ),
    st.just({"_type": "divider"}),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "_type",
                    "_key",
                    "_ref",
                    "asset",
                    "url",
                    "href",
                    "rows",
                    "cells",
                    "children",
                    "marks",
                    "markDefs",
                    "text",
                    "style",
                    "listItem",
                    "level",
                    "code",
                    "language",
                    "alt",
                    "crop",
                    "left",
                    "table",
                    "title",
                ]
            ),
            inner
            | st.sampled_from(
                ["block", "span", "image", "code", "table", "link", "h2"]
            ),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.slow
@given(_TEXTS)
@settings(max_examples=EXAMPLES)
def test_characters_of_markdown_are_text_in_a_title(text: str) -> None:
    line = " ".join(text.split())
    events = _Reading(rendered(as_markdown.escape(line))).events
    shown = "".join(str(value) for kind, value in events if kind == "text")
    assert {kind for kind, _ in events} <= {"p", "end", "text"}
    assert shown.strip() == line
    assert html.unescape(as_html.escape(text)) == text


LIKE_A_REFERENCE = {
    "_type": "block",
    "markDefs": [{"_key": "l", "_type": "link", "href": "https://example.com/"}],
    "children": [{"_type": "span", "text": "]:", "marks": ["l", "code"]}],
}


@pytest.mark.slow
@given(st.lists(_BLOCKS, max_size=6))
@example([LIKE_A_REFERENCE])
@settings(max_examples=EXAMPLES)
def test_any_document_reads_the_same_in_markdown_and_html(body: list[Any]) -> None:
    blocks = blocks_of(body)
    written = as_markdown.render(blocks)
    assert read(rendered(written)) == read(as_html.render(blocks)), written


@pytest.mark.slow
@given(_JSON)
@settings(max_examples=EXAMPLES)
def test_whatever_a_document_holds_there_is_a_post(value: Any) -> None:
    fields = [
        "title",
        "slug",
        "body",
        "excerpt",
        "mainImage",
        "categories",
        "tags",
        "author",
        "links",
    ]
    for document in (dict.fromkeys(fields, value), {"body": [value, value]}):
        made = from_document({"_id": "x", **document})
        assert isinstance(made["markdown"], str)
        json.dumps(made, allow_nan=False)


# What DEV does with Markdown


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_document_is_run_as_liquid(name: str) -> None:
    assert forem.runs(from_document(document_of(name))["markdown"]) == []


@pytest.mark.parametrize(
    "markdown",
    [
        "{{ a }}",
        "{% a %}",
        "&#123;{ a }}",
        r"\{\{ a }}",
        r"\` `{{ a }}`",
        "{&#37; a",
        "```\n{%endraw%}{{ a }}\n```",
        "```\n{%- endraw -%}{% a %}\n```",
        "`{% endraw x %}{{ a }}`",
        "```\n<code>\n{{ a }}\n</code>\n```",
        "[x](https://x.y/~~~)\n\n```\n~~~{{ a }}\n```",
        "~~x\\~~~\n\n~~~\n```{{ a }}\n~~~",
        "``\n\n```\n` {{ a }}\n```",
        "```\n{{ a }}",
    ],
)
def test_what_would_be_run_is_found(markdown: str) -> None:
    assert forem.runs(markdown)


_TICKS = {"_type": "code", "code": "```\n{{ a }}"}


@pytest.mark.parametrize(
    "body",
    [
        [{"_type": "code", "code": "{%endraw%}{{ a }}"}],
        [{"_type": "code", "code": "{%- endraw -%}\n\n{{ a }} ` ~ </pre>"}],
        [{"_type": "code", "code": "<code>\n{{ a }}\n</code>"}],
        [{"_type": "code", "code": "```\n~~~ {{ a }}"}],
        [paragraph(("{%endraw%}{{ a }}", "code"))],
        [
            paragraph(
                ("x", "l"),
                markDefs=[{"_key": "l", "_type": "link", "href": "https://x.y/~~~"}],
            ),
            _TICKS,
        ],
        [paragraph(("x~", "strike-through")), _TICKS],
        [paragraph(("{",), ("{ a }", "code"))],
        [
            {"_type": "table", "rows": [{"cells": [{"_type": "code", "code": ""}]}]},
            _TICKS,
        ],
    ],
)
def test_nothing_breaks_out_of_code_on_dev(body: list[Any]) -> None:
    blocks = blocks_of(body)
    written = as_markdown.render(blocks)
    assert forem.runs(written) == [], written
    assert read(rendered(written)) == read(as_html.render(blocks)), written


def test_what_dev_refuses_in_an_article_is_written_otherwise() -> None:
    text = "<img src=\"data:x\">, src='&', data:text/html,x"
    blocks = blocks_of([paragraph((text,), ("``" + text, "code"))])
    written = as_markdown.render(blocks)
    assert forem.is_refused(text)
    assert not forem.is_refused(written), written
    assert read(rendered(written)) == read(as_html.render(blocks))


def test_liquid_in_any_field_is_text() -> None:
    liquid = "{{ a }}{% b %}{{{%"
    made = from_document(
        {
            "title": liquid,
            "body": [
                paragraph(("{",), ("{ a }} {",), ("% b %}",)),
                paragraph(("{", "strong"), ("{ a }}", "em"), (liquid, "l")),
                paragraph((liquid,), listItem="bullet", level=1),
                {"_type": "table", "rows": [{"cells": [liquid, f"`{liquid}"]}]},
                {
                    "_type": "image",
                    "asset": {"_ref": "image-a-1x1-png"},
                    "alt": liquid,
                    "caption": liquid,
                },
            ],
        }
    )
    for text in (made["markdown"], made["title_markdown"]):
        assert forem.runs(text) == []
    assert _Reading(rendered(made["title_markdown"])).events[1] == ("text", liquid)
    assert made["title"] == liquid


# What DEV's software looks for, whole and in parts.
_LIQUID_TEXTS = st.lists(
    st.sampled_from(
        [
            *["{{ a }}", "{% a %}", "{", "{{", "{%", "%}", "}}", "raw", "endraw"],
            *["{%endraw%}", "{%- endraw -%}", "{% endraw %}", "{% endraw x %}"],
            *["{% raw %}", "{%raw%}", "`", "``", "```", "~", "~~", "~~~"],
            *["<code>", "</code>", "<pre>", "\n", "\n<code>\n", " ", "a", "\\", "|"],
            *['src="data', "SRC='DATA", "src='&", "data:text/html,", "!", "&#123;"],
        ]
    ),
    max_size=8,
).map("".join)
_LIQUID_PARAGRAPHS = st.builds(
    lambda spans, href, fields: paragraph(
        *spans,
        **fields,
        markDefs=[{"_key": "l", "_type": "link", "href": f"https://x.y/{href}"}],
    ),
    st.lists(
        st.tuples(_LIQUID_TEXTS, _MARKS).map(lambda pair: (pair[0], *pair[1])),
        min_size=1,
        max_size=4,
    ),
    _LIQUID_TEXTS,
    st.sampled_from([{}, {"style": "h2"}, {"listItem": "bullet", "level": 1}]),
)
_LIQUID_CODE = st.builds(
    lambda text: {"_type": "code", "code": text, "language": "c++"}, _LIQUID_TEXTS
)
_LIQUID_BLOCKS = st.one_of(
    _LIQUID_PARAGRAPHS,
    _LIQUID_CODE,
    st.builds(
        lambda cells: {"_type": "table", "rows": [{"cells": cells}]},
        st.lists(_LIQUID_TEXTS | _LIQUID_CODE, min_size=1, max_size=3),
    ),
    st.builds(
        lambda alt, caption: {
            "_type": "image",
            "asset": {"_ref": "image-a-1x1-png"},
            "alt": alt,
            "caption": caption,
        },
        _LIQUID_TEXTS,
        _LIQUID_TEXTS,
    ),
)


@pytest.mark.slow
@given(st.lists(_LIQUID_BLOCKS, min_size=1, max_size=5))
@settings(max_examples=EXAMPLES)
def test_of_no_document_dev_runs_or_refuses_anything(body: list[Any]) -> None:
    blocks = blocks_of(body)
    written = as_markdown.render(blocks)
    assert forem.runs(written) == [], written
    assert not forem.is_refused(written), written


@pytest.mark.slow
@given(st.lists(_LIQUID_PARAGRAPHS | _LIQUID_CODE, min_size=1, max_size=5))
@settings(max_examples=EXAMPLES)
def test_what_dev_looks_for_reads_the_same_everywhere(body: list[Any]) -> None:
    blocks = blocks_of(body)
    written = as_markdown.render(blocks)
    assert read(rendered(written)) == read(as_html.render(blocks)), written


@pytest.mark.slow
@given(st.lists(_BLOCKS, max_size=6))
@settings(max_examples=EXAMPLES)
def test_no_document_begins_with_front_matter(body: list[Any]) -> None:
    written = as_markdown.render(blocks_of(body))
    assert not re.match(r"\s*(---|\+\+\+)", written), written


@pytest.mark.parametrize(
    "first",
    [
        {"_type": "divider"},
        "---\ntitle: Another\npublished: false\n---",
        paragraph(("---\ntitle: Another\n---",)),
        paragraph(("---",), style="h1"),
        paragraph(("+++",)),
        paragraph(("- --",), listItem="bullet", level=1),
        paragraph(("--", "strong"), ("-",)),
        {"_type": "table", "rows": [{"cells": ["---"]}]},
    ],
)
def test_nothing_at_its_beginning_is_front_matter(first: Any) -> None:
    written = as_markdown.render(blocks_of([first, {"_type": "divider"}]))
    assert not re.match(r"\s*(---|\+\+\+)", written), written


def test_a_line_end_in_markdown_is_no_second_one() -> None:
    # DEV makes a break of each.
    assert as_markdown.render(blocks_of([paragraph(("a\nb",))])) == "a<br>b\n"


def test_a_picture_is_not_made_of_an_exclamation_mark_and_a_link() -> None:
    blocks = blocks_of([paragraph(("Wow!",), ("look", "l"))])
    assert "<img" not in _markdown.render(as_markdown.render(blocks))
    assert blocks[0].children[0] == Text("Wow!")
