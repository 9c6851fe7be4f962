"""`/_aws/ses`, where the e-mails are, from the start.

Stock answers there once SES has been used, and 404 before that.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from localstack.http import Resource, Response
from localstack.services.edge import ROUTER

_PATH: Final = "/_aws/ses"
# It takes a second to load, which nobody waits for who only looks.
_PROVIDER: Final = "localstack.services.ses.provider"


def install() -> None:
    """Adds the address; stock's, which comes later, is never asked."""
    ROUTER.add(Resource(_PATH, _Mailbox()))


class _Mailbox:
    def on_get(self, request: Any) -> Any:
        stock = sys.modules.get(_PROVIDER)
        if stock is None:
            return {"messages": []}
        return stock.SesServiceApiResource().on_get(request)

    def on_delete(self, request: Any) -> Any:
        stock = sys.modules.get(_PROVIDER)
        if stock is None:
            return Response(status=204)
        return stock.SesServiceApiResource().on_delete(request)
