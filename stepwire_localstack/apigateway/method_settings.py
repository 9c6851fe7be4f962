"""Settings of single methods of a stage (UpdateStage), such as their own throttling.

Stock knows settings of all methods (`*/*`) and of methods of paths with one part, and
cannot remove the settings of one method.
"""

from __future__ import annotations

import re
from typing import Any, Final

from localstack.aws.api.apigateway import BadRequestException
from localstack.services.apigateway.helpers import get_moto_rest_api
from localstack.services.apigateway.next_gen.provider import ApigatewayNextGenProvider
from localstack.utils.patch import patch

_METHOD: Final = r"/(?P<method>.+/(?:\*|[A-Z]+))"
_ALL_OF_METHOD: Final = re.compile(_METHOD)
_ONE_OF_METHOD: Final = re.compile(
    _METHOD + r"/(?P<key>(?:metrics|logging|throttling|caching)/[A-Za-z]+)"
)


def install() -> None:
    @patch(ApigatewayNextGenProvider.update_stage)  # type: ignore[untyped-decorator]
    def update_stage(
        fn: Any,
        self: Any,
        context: Any,
        rest_api_id: str,
        stage_name: str,
        patch_operations: Any = None,
        **kwargs: Any,
    ) -> Any:
        stage = get_moto_rest_api(context, rest_api_id).stages.get(stage_name)
        others = [
            operation
            for operation in patch_operations or []
            if stage is None or not _applied(stage, operation)
        ]
        return fn(self, context, rest_api_id, stage_name, others, **kwargs)


def _applied(stage: Any, operation: Any) -> bool:
    """Applies a patch operation if it is about the settings of a method."""
    path = operation["path"]
    if operation["op"] == "replace" and (one := _ONE_OF_METHOD.fullmatch(path)):
        stage._patch_method_setting(one["method"], one["key"], operation["value"])
        return True
    if operation["op"] == "remove" and (all_of := _ALL_OF_METHOD.fullmatch(path)):
        method = all_of["method"]
        if stage.method_settings.pop(method, None) is None:
            raise BadRequestException(
                f"Cannot remove method setting {method} because there is no method "
                "setting for this method "
            )
        return True
    return False
