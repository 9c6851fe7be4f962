"""Untrusted text, sanitized for pages, messages, logs and posts."""

from __future__ import annotations

# Control characters, and those that turn the direction of all that follows them, which
# can make one text look like another. Tabulators and line ends stay, and so do the
# marks and joiners that Arabic, Hebrew, Persian and emoji are written with.
_CHANGED: dict[int, str | None] = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0B, 0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
    ]
)
_CHANGED |= {0x2028: "\n", 0x2029: "\n"}


def is_well_formed(text: str) -> bool:
    """Whether it can be stored: JSON can say half of a surrogate pair (``\\ud800``)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def multiline(text: object) -> str:
    """``text`` without unwanted characters, with one kind of line end.

    Nothing, when it is no text.
    """
    if not isinstance(text, str):
        return ""
    # Most texts: none of what is changed is printable.
    if text.isprintable():
        return text
    # Halves of characters can be written in JSON, and nowhere else.
    whole = text.encode(errors="replace").decode()
    ended = whole.replace("\r\n", "\n").replace("\r", "\n")
    return ended.translate(_CHANGED)


def single_line(text: object) -> str:
    """``text`` as one line."""
    return " ".join(multiline(text).split())
