"""Refuses Lambda runtimes that are not installed, where they are asked for.

Otherwise such a function would be created and then fail, with a hint about Docker.
"""

from __future__ import annotations

import os
from typing import Any

from localstack.aws.api.lambda_ import InvalidParameterValueException, PackageType
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import patch

from .lambda_functions import RUNTIMES_VARIABLE, runtimes


def install() -> None:
    """Changes CreateFunction and UpdateFunctionConfiguration."""
    if RUNTIMES_VARIABLE not in os.environ:
        return

    @patch(LambdaProvider.create_function)  # type: ignore[untyped-decorator]
    def create(fn: Any, self: Any, context: Any, request: Any) -> Any:
        if request.get("PackageType") == PackageType.Image:
            raise InvalidParameterValueException(
                "A container image needs Docker; use a .zip package.", Type="User"
            )
        _require_installed(request.get("Runtime"))
        return fn(self, context, request)

    @patch(LambdaProvider.update_function_configuration)  # type: ignore[untyped-decorator]
    def update(fn: Any, self: Any, context: Any, request: Any) -> Any:
        _require_installed(request.get("Runtime"))
        return fn(self, context, request)


def _require_installed(runtime: str | None) -> None:
    # Without one, stock has its own words.
    if runtime is not None and runtime not in runtimes():
        raise InvalidParameterValueException(
            f"Runtime {runtime} is not available without Docker; available: "
            f"{', '.join(sorted(runtimes()))}.",
            Type="User",
        )
