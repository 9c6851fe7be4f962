"""What stock LocalStack's REST APIs do not do, and AWS's do."""

from __future__ import annotations

from . import (
    access_logs,
    authorization,
    authorizers,
    gateway_responses,
    imports,
    integrations,
    method_settings,
    requests,
    resource_policies,
    templates,
    throttling,
    validation,
)


def install() -> None:
    """Patches LocalStack's API Gateway, in process. Call it before it starts."""
    gateway_responses.install()
    requests.install()
    authorization.install()
    authorizers.install()
    resource_policies.install()
    throttling.install()
    validation.install()
    integrations.install()
    imports.install()
    method_settings.install()
    templates.install()
    access_logs.install()
