"""Function URLs as "Lambda function URLs" in the Lambda Developer Guide has them.

Stock invokes the function for every caller: it looks at neither signatures nor the
function's policy, answers no CORS request from the URL's own settings, and leaves
parts of the event and of the response out.
"""

from __future__ import annotations

from typing import Any

from localstack.services.lambda_ import urlrouter
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

from .. import request_bodies
from . import policies, requests


def install() -> None:
    """Changes what happens to a request to a function URL, and AddPermission."""
    urlrouter.restore_payload = request_bodies.sent

    @patch(urlrouter.FunctionUrlRouter.handle_lambda_url_invocation)  # type: ignore[untyped-decorator]
    def handle(
        _fn: Any, self: Any, request: Any, api_id: str, region: str, **_parts: str
    ) -> Any:
        return requests.answer(self.lambda_service, request, api_id, region)

    @patch(LambdaProvider.add_permission)  # type: ignore[untyped-decorator]
    def add_permission(fn: Any, self: Any, context: Any, request: Any) -> Any:
        return policies.with_condition(fn(self, context, request), context, request)
