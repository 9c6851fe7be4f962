"""Markup in which everything is escaped unless it was made here."""

from __future__ import annotations

import os
from html import escape

from link_approval.texts import TEXTS

_VOID = frozenset({"input", "link", "meta"})
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'"
    "%3E%3Crect width='32' height='32' rx='8' fill='%233b46c4'/%3E%3Cpath d='M9 17l5 5"
    " 9-11' fill='none' stroke='white' stroke-width='3.5' stroke-linecap='round'"
    " stroke-linejoin='round'/%3E%3C/svg%3E"
)

with open(os.path.join(os.path.dirname(__file__), "style.css"), encoding="utf-8") as _f:
    _STYLE = _f.read()


type Page = tuple[str, list[Html]]


class Html(str):
    """Markup, to be put into a page as it is."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """``<name attributes>children</name>``.

    Children that are not Html, and values of attributes, are escaped. ``class_`` is
    ``class``, ``aria_label`` is ``aria-label``; an attribute that is True is written
    without a value, one that is False not at all.
    """
    written = [name]
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            written.append(attribute)
        elif value is not False:
            written.append(f'{attribute}="{escape(value)}"')
    start = f"<{' '.join(written)}>"
    if name in _VOID:
        return Html(start)
    inner = (
        child if isinstance(child, Html) else escape(child, quote=False)
        for child in children
    )
    return Html(f"{start}{''.join(inner)}</{name}>")


def document(page: Page, nonce: str) -> str:
    """The whole document of a page, whose style sheet has ``nonce``."""
    title, content = page
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", title),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href=_ICON),
        element("style", Html(_STYLE), nonce=nonce),
    )
    body = element("body", element("main", *content))
    return "<!doctype html>" + element("html", head, body, lang=TEXTS["language"])


def message_page(title: str, *paragraphs: str, tone: str = "plain") -> Page:
    """A page of a heading and sentences; ``tone`` is plain, good or bad."""
    return title, [
        element("div", class_=f"mark {tone}", aria_hidden="true"),
        element("h1", title),
        *(element("p", paragraph) for paragraph in paragraphs),
    ]
