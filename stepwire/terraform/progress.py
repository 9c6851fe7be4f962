"""One short line per event of Terraform's machine-readable UI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

OnProgress = Callable[[str], None]
"""Called with one line, without a line end, as soon as Terraform reports it."""

_DOING = {
    "create": "creating",
    "update": "updating",
    "delete": "destroying",
    "read": "reading",
}
_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "destroyed",
    "read": "read",
}
_PLANNED = {
    "create": "to create",
    "update": "to update",
    "delete": "to destroy",
    "replace": "to replace",
    "move": "moved",
    "import": "to import",
    "forget": "to forget",
}
_EVENTS: dict[str, tuple[Mapping[str, str], str]] = {
    "apply_start": (_DOING, ""),
    "apply_progress": (_DOING, " for {elapsed_seconds:.0f} s"),
    "apply_complete": (_DONE, " in {elapsed_seconds:.0f} s"),
    "apply_errored": (_DOING, " failed"),
}


def describe(message: Mapping[str, Any]) -> str | None:
    """The line that a person wants to see for ``message``, or None for none.

    Shape: ``aws_sns_topic.orders: created in 2 s``. Refreshes and the changes of
    outputs are left out: a reader of an apply waits for resources.
    """
    kind = message["type"]
    if kind == "change_summary" or (
        kind == "log" and str(message["@message"]).startswith("Installing provider")
    ):
        return str(message["@message"])
    if kind == "planned_change":
        change = message["change"]
        address, more = change["resource"]["addr"], ""
        word = _PLANNED.get(change["action"])
    elif kind in _EVENTS:
        words, more = _EVENTS[kind]
        hook = message["hook"]
        address, word = hook["resource"]["addr"], words.get(hook["action"])
        more = more.format(**hook)
    else:
        return None
    return f"{address}: {word}{more}" if word else None
