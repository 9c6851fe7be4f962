"""Resources of an API, as GetResource and GetResources list them.

The methods are in them with `embed=methods` alone; without, each verb is an empty
object. Stock has all of every method always.
"""

from __future__ import annotations

import json
from typing import Any

from localstack.aws.connect import INTERNAL_REQUEST_PARAMS_HEADER
from localstack.utils.patch import patch
from moto.apigateway.responses import APIGatewayResponse


def install() -> None:
    @patch(APIGatewayResponse.get_resource)  # type: ignore[untyped-decorator]
    def get_resource(fn: Any, self: Any) -> str:
        return _listed(self, fn(self))

    @patch(APIGatewayResponse.get_resources)  # type: ignore[untyped-decorator]
    def get_resources(fn: Any, self: Any) -> str:
        return _listed(self, fn(self))


def _listed(request: Any, answer: str) -> str:
    # LocalStack's export asks without `embed` and needs them.
    if (
        "methods" in request.querystring.get("embed", ())
        or INTERNAL_REQUEST_PARAMS_HEADER in request.headers
    ):
        return answer
    found = json.loads(answer)
    for resource in found.get("item", [found]):
        if "resourceMethods" in resource:
            resource["resourceMethods"] = {
                verb: {} for verb in resource["resourceMethods"]
            }
    return json.dumps(found)
