"""Destinations open to every page: APIs and function URLs, by hosts or paths.

They have separate rules for other sites (CORS, authorization), as on AWS. Their
hosts are origins of pages, too, and those pages are strangers to AWS's services:
nothing else is served there. LocalStack itself would serve all of its addresses, and
every service, under any host name.
"""

from __future__ import annotations

import re
from typing import Any, Final

from .refusals import Refused

_OPEN_HOST: Final = re.compile(r"[^.]+\.(execute-api|lambda-url)\..+")
_WEBSITE_HOST: Final = re.compile(r".+\.s3-website\..+")
_API_PATH: Final = re.compile(
    r"/_aws/execute-api/[^/]+(/.*)?|/restapis/[^/]+/[^/]+/_user_request_(/.*)?"
)
# Parts of the patterns of LocalStack's rules for these hosts and paths.
_MARKS: Final = (".execute-api.", ".lambda-url.", ".s3-website.")
_API_PATHS: Final = ("/_aws/execute-api/", "/restapis/")


def is_open(request: Any) -> bool:
    """Whether the request is sent to an API or a function URL."""
    host = request.headers.get("Host", "").lower()
    return bool(_OPEN_HOST.fullmatch(host) or _API_PATH.fullmatch(_path(request)))


def is_origin_of_pages(request: Any) -> bool:
    """Whether the request's host serves an API, a function or a website, no service."""
    host = request.headers.get("Host", "").lower()
    return bool(_OPEN_HOST.fullmatch(host) or _WEBSITE_HOST.fullmatch(host))


def check(request: Any) -> None:
    """Raises Refused where LocalStack would hand the request to anything else.

    To be called when the service behind the host has been loaded.
    """
    if not is_open(request) and not is_origin_of_pages(request):
        return
    from localstack.services.edge import ROUTER  # noqa: PLC0415
    from localstack.services.internal import get_internal_apis  # noqa: PLC0415

    if _rule(get_internal_apis(), request) is None and _is_for_pages(
        _rule(ROUTER, request)
    ):
        return
    raise Refused(
        "The request's host or path is an API's, a function URL's or a website's, and "
        "none of these answers it.",
        "AWS's services and the emulator's own addresses are at the endpoint URL only.",
    )


def _is_for_pages(rule: Any) -> bool:
    return rule is not None and (
        any(mark in (rule.host or "") for mark in _MARKS)
        or rule.rule.startswith(_API_PATHS)
    )


def _rule(router: Any, request: Any) -> Any:
    """The rule that serves the request; None for none."""
    from werkzeug.exceptions import NotFound  # noqa: PLC0415

    routes = router.url_map.bind(server_name=request.headers["Host"])
    try:
        rule, _ = routes.match(_path(request), method=request.method, return_rule=True)
    except NotFound:
        return None
    return rule


def _path(request: Any) -> str:
    """The path as it was sent, which is what LocalStack's rules are matched with."""
    from rolo.request import get_raw_path  # noqa: PLC0415

    return str(get_raw_path(request))
