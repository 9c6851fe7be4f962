"""Refuses what a web page could make the developer's browser send.

Functions run here as the developer, without a container, so nobody but the developer's
own programs may call the emulator. Every request is looked at before anything of
LocalStack sees it, websockets included: the name it was sent to (``hosts``), the page
it comes from (``sources``), and whether a page could have sent it at all
(``simple_requests``). APIs and function URLs are open to every page, as on AWS, and
what is sent to one goes nowhere else (``destinations``). A page that is opened on the
emulator's own origin cannot act for it (``sandbox``).

Stock looks at Origin and Referer alone, and lets hosted pages in.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from . import destinations, hosts, sandbox, simple_requests, sources
from .hosts import AllowedHosts
from .refusals import Refused

_LOG = logging.getLogger(__name__)


def install() -> None:
    """Puts the guard in front of LocalStack's gateway."""
    # Here, so that the rules can be read without LocalStack's environment.
    from localstack.aws import handlers  # noqa: PLC0415
    from localstack.aws.app import LocalstackAwsGateway  # noqa: PLC0415
    from localstack.aws.handlers import cors  # noqa: PLC0415
    from rolo.gateway import Gateway  # noqa: PLC0415

    allowed_hosts = hosts.from_environment(os.environ)
    # Stock's own list has pages that its maker hosts; what the user adds, stays.
    allowed_origins = frozenset(_origins_of_the_user())
    cors.ALLOWED_CORS_ORIGINS[:] = sorted(allowed_origins)
    cors.DYNAMIC_INTERNAL_ORIGINS = ()
    cors.CorsEnforcer.is_cors_origin_allowed = staticmethod(lambda _headers: True)
    cors.should_enforce_self_managed_service = lambda context: (
        not (destinations.is_open(context.request) or _is_s3(context))
    )

    def process(self: Any, request: Any, response: Any) -> None:
        try:
            _check(request, allowed_hosts, allowed_origins)
        except Refused as refused:
            _LOG.warning("%s %s", refused.reason, refused.hint)
            refused.write_to(response)
            return
        Gateway.process(self, request, response)
        sandbox.add_to(request, response)

    LocalstackAwsGateway.process = process
    handlers.preprocess_request.handlers.insert(0, _keep_to_the_destination)


def _check(
    request: Any, allowed_hosts: AllowedHosts, allowed_origins: frozenset[str]
) -> None:
    hosts.check(request, allowed_hosts)
    if not destinations.is_open(request):
        sources.check(request, allowed_origins)
        simple_requests.check(request)


def _keep_to_the_destination(chain: Any, context: Any, response: Any) -> None:
    try:
        destinations.check(context.request)
    except Refused as refused:
        refused.write_to(response)
        chain.terminate()


def _is_s3(context: Any) -> bool:
    """Whether S3 answers, by the bucket's own CORS rules."""
    return context.service is not None and context.service.service_name == "s3"


def _origins_of_the_user() -> list[str]:
    from localstack import config  # noqa: PLC0415

    origins = [
        origin.strip().lower()
        for origin in config.EXTRA_CORS_ALLOWED_ORIGINS.split(",")
    ]
    return [origin for origin in origins if origin.startswith(("http://", "https://"))]
