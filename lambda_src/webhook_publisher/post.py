"""A Sanity document as a post: made once, for all platforms.

    id                the document's id
    version           a whole number that every change makes greater, see ``initiate``
    revision          its revision, which every change changes
    title             plain text, one line
    title_html        the same for where HTML is expected, title_markdown for Markdown
    slug              of the document, or made of the title
    canonical_url     URL of the post on its site; null where there is none
    excerpt           plain text, one line: the document's, or its first 200 characters
    markdown          the body; html and text are the same, and null where all three
                      are more than an execution's input can hold (245,760 bytes): html
                      is given up first
    cover_image       {url, alt, width, height} (pixels, null when unknown), or null
    tags              [{name, slug}], each once, categories first
    author            a name, or null
    language          as the document has it ("ar"), or null
    published_at, updated_at    ISO 8601, or null
    reading_minutes   a whole number, 0 for an empty body

Of the document count: ``title``, ``slug``, ``body`` (or ``content``: Portable Text, or
a text), ``excerpt``, ``mainImage``, ``categories`` (titles, or objects with one),
``tags``, ``author``, ``language``, ``canonicalUrl``, ``publishedAt``, and of a query
``links``: [{_key, slug}], where annotations that refer to other posts lead.
"""

from __future__ import annotations

import os
import re
import unicodedata
from math import ceil
from typing import Any
from urllib.parse import quote

from shared import sanitize
from webhook_publisher import (
    addresses,
    as_html,
    as_markdown,
    as_text,
    portable_text,
)

_LONGEST_EXCERPT = 200
_LONGEST_SLUG = 100
# "estimatedReadingTime" of Sanity's GROQ examples: by characters, since not all
# scripts have spaces between words.
_CHARACTERS_A_WORD = 5
_WORDS_A_MINUTE = 180
_SPELLINGS = (
    (re.compile(r"(?<=\w)\+\+"), "pp"),
    (re.compile(r"(?<=\w)\+"), "plus"),
    # Not of a hashtag.
    (re.compile(r"(?<=\w)[#\u266f]"), "sharp"),
    (re.compile(r"(?<!\S)\.(?=\w)"), "dot"),
)


def from_document(document: dict[str, Any], version: int) -> dict[str, Any]:
    """The post; whatever is missing or of another type is as if it were not there."""
    title = sanitize.single_line(document.get("title"))
    slug = _slug_of(document, title)
    canonical_url = _canonical_url(document, slug)
    assets = addresses.Assets(
        os.environ["SANITY_PROJECT_ID"], os.environ["SANITY_DATASET"]
    )
    reader = portable_text.Reader(
        canonical_url or "", _links(document.get("links")), assets
    )
    blocks = reader.blocks(document.get("body") or document.get("content"))
    text = as_text.render(blocks)
    excerpt = as_text.render(reader.blocks(document.get("excerpt")))
    return {
        "id": document.get("_id"),
        "version": version,
        "revision": document.get("_rev"),
        "title": title,
        "title_html": as_html.escape(title),
        "title_markdown": as_markdown.escape(title),
        "slug": slug,
        "canonical_url": canonical_url,
        "excerpt": _shortened(sanitize.single_line(excerpt or text)),
        "markdown": as_markdown.render(blocks),
        "html": as_html.render(blocks),
        "text": text,
        "cover_image": _cover_image(document.get("mainImage"), reader),
        "tags": _tags(document),
        "author": _first_text(document.get("author"), "name") or None,
        "language": sanitize.single_line(document.get("language")) or None,
        "published_at": sanitize.single_line(document.get("publishedAt")) or None,
        "updated_at": sanitize.single_line(document.get("_updatedAt")) or None,
        "reading_minutes": ceil(len(text) / _CHARACTERS_A_WORD / _WORDS_A_MINUTE),
    }


def _slug_of(document: dict[str, Any], title: str) -> str:
    given = document.get("slug")
    if isinstance(given, dict):
        given = given.get("current")
    return (
        sanitize.single_line(given)
        or _slug(title)
        or sanitize.single_line(document.get("_id")).replace(".", "-")
    )


def _slug(text: str) -> str:
    """Words in lower case with hyphens; in their own script where it is not Latin."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    latin = _hyphenated(folded.encode("ascii", "ignore").decode())
    is_latin = sum(c.isalnum() for c in latin) * 2 >= sum(c.isalnum() for c in folded)
    return latin if is_latin else _hyphenated(unicodedata.normalize("NFKC", folded))


def _hyphenated(text: str) -> str:
    words = "".join(
        c if c.isalnum() or unicodedata.combining(c) else " " for c in text
    ).split()
    return "-".join(words)[:_LONGEST_SLUG].strip("-")


def _address(slug: str) -> str:
    return os.environ["CANONICAL_URL"].replace("{slug}", quote(slug, safe="/"))


def _canonical_url(document: dict[str, Any], slug: str) -> str | None:
    own = addresses.web(document.get("canonicalUrl"))
    return own or _address(slug) or None


def _links(value: Any) -> dict[str, str]:
    """Addresses of internal links; a query may give lists of lists."""
    if not os.environ["CANONICAL_URL"] or not isinstance(value, list):
        return {}
    found: dict[str, str] = {}
    for entry in value:
        if isinstance(entry, list):
            found |= _links(entry)
        elif isinstance(entry, dict) and (
            slug := sanitize.single_line(entry.get("slug"))
        ):
            found[str(entry.get("_key"))] = _address(slug)
    return found


def _shortened(text: str) -> str:
    """Whole words, up to the limit."""
    if len(text) <= _LONGEST_EXCERPT:
        return text
    start = text[:_LONGEST_EXCERPT]
    words = start.rpartition(" ")[0] or start[:-1]
    return words.rstrip(" ,;:.-\u2013\u2014") + "…"


def _cover_image(value: Any, reader: portable_text.Reader) -> dict[str, Any] | None:
    image = reader.image(value)
    if image is None:
        return None
    width, height = addresses.size(value) or (None, None)
    return {"url": image.url, "alt": image.alt, "width": width, "height": height}


def _tags(document: dict[str, Any]) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for field in ("categories", "tags"):
        values = document.get(field)
        for value in values if isinstance(values, list) else []:
            name = _first_text(value, "title", "label", "name")
            if slug := _slug(_spelled(name)):
                found.setdefault(slug, {"name": name, "slug": slug})
    return list(found.values())


def _spelled(tag: str) -> str:
    """The names on platforms of C++, C# and .NET, which are more than their letters."""
    spelled = unicodedata.normalize("NFKC", tag)
    for pattern, word in _SPELLINGS:
        spelled = pattern.sub(word, spelled)
    return spelled


def _first_text(value: Any, *keys: str) -> str:
    """A text, or the first that an object has under one of ``keys``."""
    if isinstance(value, dict):
        value = next((value[key] for key in keys if value.get(key)), None)
    return sanitize.single_line(value)
