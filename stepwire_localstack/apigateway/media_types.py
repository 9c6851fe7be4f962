"""Media types of bodies: their parameters, such as the charset, select nothing."""

from __future__ import annotations

from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.handlers.integration_request import (  # noqa: E501
    IntegrationRequestHandler,
)
from localstack.utils.patch import patch

JSON: Final = "application/json"


def install() -> None:
    @patch(IntegrationRequestHandler.get_request_template)  # type: ignore[untyped-decorator]
    def template(fn: Any, *_: Any, integration: Any, request: Any) -> Any:
        # Stock looks a template up by the whole header, and where nothing passes
        # through it refuses JSON that says which charset it has.
        headers = request["headers"]
        content_type = headers.get("Content-Type")
        templates = integration.get("requestTemplates") or {}
        if content_type and content_type not in templates:
            headers = {"Content-Type": media_type(content_type)}
            templates = {media_type(name): each for name, each in templates.items()}
        return fn(
            integration=dict(integration) | {"requestTemplates": templates},
            request={"headers": headers},
        )


def media_type(content_type: str) -> str:
    """`application/json` of `Application/JSON; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()
