"""Cross-origin requests, by the URL's own settings.

"Cross-origin resource sharing (CORS)" of function URLs in the Lambda Developer Guide:
with settings Lambda answers preflight requests itself and adds the headers to the
function's responses; without them OPTIONS is a method like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Settings = Mapping[str, Any]


def is_preflight(request: Any, settings: Settings | None) -> bool:
    return (
        settings is not None
        and request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def preflight(request: Any, settings: Settings) -> dict[str, str]:
    """The headers that answer a preflight request."""
    found = headers(request, settings)
    if found:
        found |= {
            f"Access-Control-{name}": value
            for name, value in {
                "Allow-Methods": ",".join(settings.get("AllowMethods") or ()),
                "Allow-Headers": ",".join(settings.get("AllowHeaders") or ()),
                "Max-Age": str(settings.get("MaxAge") or ""),
            }.items()
            if value
        }
    return found


def headers(request: Any, settings: Settings | None) -> dict[str, str]:
    """The headers of a response to a page of an allowed origin; none for others."""
    origin = request.headers.get("Origin")
    if settings is None or origin is None:
        return {}
    allowed = settings.get("AllowOrigins") or ()
    if "*" in allowed:
        found = {"Access-Control-Allow-Origin": "*"}
    elif origin in allowed:
        found = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    else:
        return {}
    if settings.get("AllowCredentials"):
        found["Access-Control-Allow-Credentials"] = "true"
    if exposed := settings.get("ExposeHeaders"):
        found["Access-Control-Expose-Headers"] = ",".join(exposed)
    return found
