"""Pages on the emulator's own origin: an API by its path, an HTML file in a bucket.

A script in such a page would be of the same origin as AWS's services. In a sandbox
it has an origin of none ("null"), and is refused like any stranger.
"""

from __future__ import annotations

from typing import Any, Final

from . import destinations

_POLICY: Final = "sandbox allow-downloads allow-forms allow-popups allow-scripts"


def add_to(request: Any, response: Any) -> None:
    """Tells a browser that opens the response to put it into a sandbox."""
    if _is_opened(request) and not destinations.is_origin_of_pages(request):
        response.headers.add("Content-Security-Policy", _POLICY)


def _is_opened(request: Any) -> bool:
    """Whether it becomes a page, in a window or in a frame."""
    return (
        request.headers.get("Sec-Fetch-Mode") == "navigate"
        # Browsers before 2023.
        or "text/html" in request.headers.get("Accept", "")
    )
