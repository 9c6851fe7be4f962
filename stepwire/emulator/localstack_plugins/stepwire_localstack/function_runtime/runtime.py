"""Runs the function, with AWS's runtime interface client where it has a wheel.

Usage: ``python runtime.py``, with Lambda's environment variables.
"""

import os
import runpy
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Works on events for as long as the process lives."""
    # Where Lambda's own runtimes look for the function's modules, too.
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    handler, address = os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"]
    try:
        import awslambdaric.bootstrap  # noqa: PLC0415
        import runtime_client  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        loop = runpy.run_path(str(Path(__file__).with_name("loop.py")))
        loop["run"](handler, address)
    else:
        awslambdaric.bootstrap.run(handler, _aws_client(address))


def _aws_client(address: str) -> Any:
    """AWS's client of a Runtime API whose address has a path.

    Its native part, which does all but report a failed initialisation, takes such an
    address as it is; its Python part takes host and port alone.
    """
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # noqa: PLC0415

    host, slash, path = address.partition("/")

    class Client(LambdaRuntimeClient):  # type: ignore[misc]
        def call_rapid(self, http_method: str, endpoint: str, *more: Any) -> None:
            super().call_rapid(http_method, slash + path + endpoint, *more)

    return Client(host)


if __name__ == "__main__":
    main()
