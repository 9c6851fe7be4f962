"""Features of AWS's REST APIs that stock LocalStack lacks."""

from __future__ import annotations

from . import (
    access_logs,
    authorization,
    authorizers,
    gateway_responses,
    imports,
    integrations,
    media_types,
    method_settings,
    proxy_events,
    requests,
    resource_policies,
    resources,
    siblings,
    tags,
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
    media_types.install()
    integrations.install()
    proxy_events.install()
    imports.install()
    siblings.install()
    resources.install()
    tags.install()
    method_settings.install()
    templates.install()
    access_logs.install()
