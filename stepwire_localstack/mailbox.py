"""`/_aws/ses`, where the e-mails are, from the start.

Stock answers there once SES has been used, and 404 before that.
"""

from __future__ import annotations

import sys
from typing import Any, Final

_PATH: Final = "/_aws/ses"
# It takes a second to load; a look at an empty mailbox need not wait for that.
_PROVIDER: Final = "localstack.services.ses.provider"


def install() -> None:
    """Adds the address; stock's, which comes later, is never asked."""
    # Here, so that the mailbox can be read without LocalStack's environment.
    from localstack.http import Resource  # noqa: PLC0415
    from localstack.services.edge import ROUTER  # noqa: PLC0415

    ROUTER.add(Resource(_PATH, Mailbox()))


class Mailbox:
    """Answers as stock does: GET with all e-mails, DELETE when they are gone."""

    def on_get(self, request: Any) -> dict[str, list[Any]]:
        """The e-mails, the oldest first; ``id`` and ``email`` choose some."""
        wanted = {"Id": request.args.get("id"), "Source": request.args.get("email")}
        # A copy: others may be sent meanwhile.
        messages = list(_emails().values())
        return {
            "messages": [
                message
                for message in messages
                if all(
                    value in (message.get(name), None, "")
                    for name, value in wanted.items()
                )
            ]
        }

    def on_delete(self, request: Any) -> Any:
        """Removes the e-mail ``id``, or all of them."""
        from localstack.http import Response  # noqa: PLC0415

        wanted = request.args.get("id")
        if wanted is None:
            _emails().clear()
        else:
            _emails().pop(wanted, None)
        return Response(status=204)


def _emails() -> dict[str, Any]:
    """Those that stock keeps; while it is being loaded, it has none yet."""
    emails: dict[str, Any] = getattr(sys.modules.get(_PROVIDER), "EMAILS", {})
    return emails
