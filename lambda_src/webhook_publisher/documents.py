"""JSON of others, read so that what follows can rely on its shape."""

from __future__ import annotations

import json

from shared import sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Far more than documents have, far less than what reads them recursively can take.
DEEPEST = 100
# Enough to find it; names are the sender's, and may be of any length.
_LONGEST_PLACE = 100


class Malformed(ValueError):
    """It is no JSON, or none that is taken here."""


class NotWhole(Malformed):
    """A text has half of a surrogate pair, which JSON alone can say; says where."""


def read(body: bytes) -> Any:
    """The value that ``body`` holds; raises Malformed.

    Without what JSON has no word for (NaN and infinities), at most DEEPEST levels, and
    without keys ``__proto__``: they mean nothing here, and are a trap wherever a
    JavaScript program copies the object.
    """
    # To look at every object takes longer than to read it, and few need it.
    may_hide = b"__proto__" in body or b"\\u" in body
    hook = _object if may_hide else None
    try:
        # json.loads would take bytes of UTF-16, too, which hide more than that.
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse, object_pairs_hook=hook)
    except (ValueError, RecursionError):
        raise Malformed from None
    _check_depth(value)
    return value


def write(value: Any) -> str:
    """``value`` as JSON in as few bytes as UTF-8 takes.

    Raises Malformed, and NotWhole with the place of the first such text.
    """
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    except ValueError:
        raise Malformed from None
    if not sanitize.is_well_formed(text):
        raise NotWhole(next(_halves(value, "")).lstrip(".")[:_LONGEST_PLACE])
    return text


def _halves(value: Any, place: str) -> Iterator[str]:
    """Where texts and names have half of a surrogate pair: ``.commits[0].message``."""
    if isinstance(value, str) and not sanitize.is_well_formed(value):
        yield place
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _halves(inner, f"{place}[{number}]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if sanitize.is_well_formed(name):
                yield from _halves(inner, f"{place}.{name}")
            else:
                yield f"{place} (a name in it)"


def _refuse(_constant: str) -> None:
    raise ValueError


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if key != "__proto__"}


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        below: list[Any] = []
        for parent in level:
            below += parent.values() if isinstance(parent, dict) else parent
        level = [child for child in below if isinstance(child, (dict, list))]
        if not level:
            return
    raise Malformed
