"""Makes text of strangers harmless to a terminal."""

from __future__ import annotations

import re

# Control characters (C0, DEL, C1: colours, titles, the clipboard), lone surrogates,
# which no encoding has, and what turns the direction of text or breaks its lines.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str, keep: str = "\n\t") -> str:
    """``text`` with its control characters as escapes, such as ``\\x1b``.

    A name, an error or a cause may be whatever somebody sent, and a terminal carries
    out what is in it. ``keep`` are the characters that stay.
    """
    return _UNPRINTABLE.sub(
        lambda found: (
            found[0]
            if found[0] in keep
            else found[0].encode("unicode_escape").decode("ascii")
        ),
        text,
    )
