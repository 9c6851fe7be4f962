"""Calls to HTTPS APIs: for HTTP Tasks, and to the token endpoints of connections.

``GET /_stepwire/http-calls`` answers with the settings, ``PATCH`` changes those that
it is sent, ``DELETE`` all to what they were at the start (see ``settings``).
"""

from __future__ import annotations

import json
from typing import Any, Final

from .settings import Settings

PATH: Final = "/_stepwire/http-calls"

settings: Final = Settings()
"""The settings of this LocalStack; kept while it runs."""


def install() -> None:
    """Adds the address of the settings to LocalStack's own."""
    # Here, so that the settings can be read without LocalStack's environment.
    from localstack.services.edge import ROUTER  # noqa: PLC0415

    ROUTER.add(
        PATH,
        lambda request, **_path: _answer(request),
        methods=["GET", "PATCH", "DELETE"],
    )


def _answer(request: Any) -> Any:
    try:
        if request.method == "PATCH":
            settings.change(json.loads(request.get_data()))
        elif request.method == "DELETE":
            settings.reset()
    except (TypeError, ValueError) as error:
        return _response({"message": str(error)}, 400)
    return _response(settings.as_dict(), 200)


def _response(body: dict[str, Any], status: int) -> Any:
    from localstack.http import Response  # noqa: PLC0415

    return Response(json.dumps(body), status=status, content_type="application/json")
