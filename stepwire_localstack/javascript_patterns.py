"""JavaScript's regular expressions, which JSONata's are, in Python's words."""

from __future__ import annotations

import re
from typing import Final

from jsonata.jexception import JException
from jsonata.regex_engine import RegexFlags

# JavaScript's meaning of these, where Python means any script's digits, letters.
_CLASSES: Final = {
    "d": "0-9",
    "w": "A-Za-z0-9_",
    "s": (
        " \\t\\n\\v\\f\\r\\u00a0\\u1680\\u2000-\\u200a"
        "\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
    ),
}
_WORD: Final = "[A-Za-z0-9_]"
_EDGE: Final = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_NO_EDGE: Final = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"


def compile_pattern(pattern: str, flags: RegexFlags) -> re.Pattern[str]:
    """Compiles what stands between the slashes of a JSONata regular expression.

    Raises JException S0301 for a pattern that Python cannot express.
    """
    options = re.IGNORECASE if flags.case_insensitive else 0
    if flags.multiline:
        options |= re.MULTILINE
    try:
        return re.compile(_translated(pattern, bool(flags.multiline)), options)
    except re.error as error:
        raise JException("S0301", -1, pattern) from error


def _translated(pattern: str, multiline: bool) -> str:
    parts: list[str] = []
    in_class = False
    index = 0
    while index < len(pattern):
        character = pattern[index]
        if character == "\\" and index + 1 < len(pattern):
            parts.append(_escape(pattern[index + 1], in_class))
            index += 2
            continue
        if in_class:
            # Python reads "[" in a class as the start of one to come.
            parts.append("\\[" if character == "[" else character)
            in_class = character != "]"
        elif character == "[":
            if pattern.startswith("[^]", index):  # any character at all
                parts.append("[\\s\\S]")
                index += 3
                continue
            in_class = True
            parts.append(character)
        elif pattern.startswith(("(?<=", "(?<!"), index):
            parts.append(pattern[index : index + 4])
            index += 4
            continue
        elif pattern.startswith("(?<", index):
            parts.append("(?P<")
            index += 3
            continue
        elif character == "$" and not multiline:
            # Python's "$" also matches before a line feed that ends the text.
            parts.append("\\Z")
        elif character == ".":
            parts.append("[^\\n\\r\\u2028\\u2029]")
        else:
            parts.append(character)
        index += 1
    return "".join(parts)


def _escape(letter: str, in_class: bool) -> str:
    if letter in _CLASSES:
        return _CLASSES[letter] if in_class else f"[{_CLASSES[letter]}]"
    if letter.lower() in _CLASSES and not in_class:
        return f"[^{_CLASSES[letter.lower()]}]"
    if letter in "bB" and not in_class:
        return _EDGE if letter == "b" else _NO_EDGE
    if letter == "k":
        return "(?P="
    if letter in "nrtfv0ux123456789DWSbB":
        return f"\\{letter}"
    return re.escape(letter)
