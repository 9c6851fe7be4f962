"""What stock LocalStack's REST APIs do not do, and AWS's do."""

from __future__ import annotations

from . import (
    access_logs,
    authorization,
    gateway_responses,
    imports,
    integrations,
    method_settings,
    requests,
    templates,
    validation,
)


def install() -> None:
    """Patches LocalStack's API Gateway, in process. Call it before it starts."""
    gateway_responses.install()
    requests.install()
    authorization.install()
    validation.install()
    integrations.install()
    imports.install()
    method_settings.install()
    templates.install()
    access_logs.install()
