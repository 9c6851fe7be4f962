"""Runs the function, with AWS's runtime interface client where it has a wheel.

Usage: ``python runtime.py``, with Lambda's environment variables.
"""

import os
import runpy
import sys
from collections.abc import Callable
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from pathlib import Path
from types import CodeType
from typing import Any


def main() -> None:
    """Works on events for as long as the process lives."""
    folder = os.environ["LAMBDA_TASK_ROOT"]
    sys.path_hooks.insert(0, _path_hook(folder))
    # Where Lambda's own runtimes look for the function's modules, too.
    sys.path.insert(0, folder)
    # Where a message of several lines stays one: in frames, among all other output.
    os.environ["_LAMBDA_TELEMETRY_LOG_FD"] = str(os.dup(1))
    handler, address = os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"]
    try:
        import awslambdaric.bootstrap  # noqa: PLC0415
        import runtime_client  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        loop = runpy.run_path(str(Path(__file__).with_name("loop.py")))
        loop["run"](handler, address)
    else:
        awslambdaric.bootstrap.run(handler, _aws_client(address))


def _path_hook(folder: str) -> Callable[[str], Any]:
    """Finds the modules of the function's folder; their code is that of /var/task.

    Stack traces then say what they say on AWS. ``__file__`` stays where the file is,
    for whatever lies beside it.
    """

    class Loader(SourceFileLoader):
        def source_to_code(  # type: ignore[override]
            self, data: Any, path: Any, *, _optimize: int = -1
        ) -> CodeType:
            name = "/var/task" + str(path).removeprefix(folder)
            return super().source_to_code(data, name, _optimize=_optimize)

        def path_stats(self, path: Any) -> Any:
            # Code that was compiled before has other names in it.
            raise OSError

    find = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (Loader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def hook(path: str) -> Any:
        if path != folder and not path.startswith(f"{folder}/"):
            raise ImportError
        return find(path)

    return hook


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
