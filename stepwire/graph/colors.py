"""The colours of the kinds of nodes, with dark text on a light ground in any theme."""

from __future__ import annotations

TEXT = "#1f2933"
LINE = "#52606d"
CATCH = "#b02a1e"

_COLORS = {
    "Start": ("#52606d", "#52606d"),
    "End": ("#52606d", "#52606d"),
    "Task": ("#e3eefb", "#2f6db5"),
    "Pass": ("#f0f1f3", "#7b8794"),
    "Choice": ("#fff3d1", "#b7791f"),
    "Wait": ("#efe7fb", "#7048b0"),
    "Succeed": ("#ddf4e4", "#2b8a4b"),
    "Fail": ("#fde4e1", "#b02a1e"),
    "Parallel": ("#fafbfc", "#52606d"),
    "Map": ("#fafbfc", "#2b7a78"),
}


def of(kind: str) -> tuple[str, str]:
    """The colours of a kind's ground and of its border."""
    return _COLORS[kind]
