"""Starts the runtime of one function; runs in the function's virtual environment.

Usage: ``python bootstrap.py``, with Lambda's environment variables, in the folder of
the function's code. Standard input is a pipe of LocalStack's.
"""

import os
import runpy
import signal
import sys
import threading
from pathlib import Path


def end_with_standard_input() -> None:
    """Kills the function's process group as soon as LocalStack is gone."""
    pipe = os.dup(0)
    # Standard input is empty on AWS.
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="stepwire-lifetime", daemon=True).start()


def main() -> None:
    """Runs AWS's runtime interface client, or ours where it has no wheel."""
    end_with_standard_input()
    handler, address = os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"]
    # Where Lambda's own runtimes look for the function's modules, too.
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    try:
        import awslambdaric.bootstrap  # noqa: PLC0415
        import awslambdaric.lambda_runtime_client  # noqa: PLC0415
        import runtime_client  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        loop = runpy.run_path(str(Path(__file__).with_name("loop.py")))
        loop["run"](handler, address)
    else:
        awslambdaric.bootstrap.run(
            handler, awslambdaric.lambda_runtime_client.LambdaRuntimeClient(address)
        )


main()
