"""Requests that a page sends without a header that tells: links, images, forms.

Older browsers send nothing that says where a GET or a form comes from; and an address
that a person opens comes from nowhere. AWS's own clients sign: in a header that no
page can set for another site without asking first (a preflight request).
"""

from __future__ import annotations

import re
from typing import Any, Final

from .refusals import Refused

# Actions of the query protocol (SNS, SQS, STS, IAM, CloudFormation, …).
_READING: Final = re.compile(r"(Describe|Get|List)[A-Z]\w*")
# In links that SNS itself sends, with an identifier that cannot be guessed.
_LINKED: Final = frozenset({"ConfirmSubscription", "Unsubscribe"})
_FORMS: Final = frozenset(
    {"", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
)


def check(request: Any) -> None:
    """Raises Refused for what changes something and could be a link or a form."""
    if _is_beyond_pages(request):
        return
    if request.method == "POST":
        if request.mimetype in _FORMS and not _is_s3_upload(request):
            raise Refused(
                "A POST without a signature and with the content type "
                f"{request.mimetype or 'of nothing'} could be a form of any web page.",
                "Sign the request, as AWS's clients do, or send Content-Type: "
                "application/json.",
            )
        return
    for action in request.args.getlist("Action"):
        if not _READING.fullmatch(action) and action not in _LINKED:
            raise Refused(
                f"The action {action[:200]!a} changes something, and an unsigned "
                f"{request.method} could be a link or an image of any web page.",
                "Send a signed POST, as AWS's clients do.",
            )


def _is_beyond_pages(request: Any) -> bool:
    """Whether the request has a header that pages cannot send to other sites."""
    return request.headers.get("Authorization", "").startswith("AWS") or any(
        name.lower().startswith(("x-amz-", "amz-sdk-")) for name, _ in request.headers
    )


def _is_s3_upload(request: Any) -> bool:
    """Whether it is a form with a signed policy, as `generate_presigned_post` makes.

    Programs send it, too. The query protocol's forms have an Action.
    """
    return (
        request.mimetype == "multipart/form-data"
        and "key" in request.form
        and "Action" not in request.form
    )
