"""Starts the runtime of one function; runs in the function's virtual environment.

Usage: ``python bootstrap.py``, with Lambda's environment variables, in the folder of
the function's code, as the leader of a process group. Standard input is a pipe of
LocalStack's.
"""

import os
import runpy
import signal
import sys
from pathlib import Path


def leave_watcher() -> None:
    """Leaves a process that kills this process group as soon as LocalStack is gone.

    It is not a thread: a runtime whose Runtime API is gone ends by itself, its threads
    do not get another turn, and what the function has started would stay. It is not a
    child either, so that a function which waits for all of its children ends.
    """
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            _watch()
        os._exit(0)
    os.waitpid(child, 0)
    # Standard input is empty on AWS.
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)


def _watch() -> None:
    # Signals to the group are the function's.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def run_wrapper(path: str, runtime: Path) -> None:
    """Becomes the wrapper script, which gets the runtime's command line.

    "Wrapper scripts" in the Lambda Developer Guide; the messages and statuses are those
    of AWS's runtimes.
    """
    wrapper = path
    if path.startswith("/var/task/"):
        wrapper = os.environ["LAMBDA_TASK_ROOT"] + path.removeprefix("/var/task")
    if not os.path.isfile(wrapper):
        print(f"{path}: does not exist")
        sys.exit(127)
    if not os.access(wrapper, os.X_OK):
        print(f"{path}: is not an executable")
        sys.exit(126)
    command = [wrapper, sys.executable, "-P", "-B", str(runtime)]
    os.execv(wrapper, command)  # noqa: S606 (a shell would read the arguments)


def main() -> None:
    """Leaves the watcher, and becomes the runtime."""
    # Before there is code of the function's that could start anything.
    leave_watcher()
    runtime = Path(__file__).with_name("runtime.py")
    if wrapper := os.environ.get("AWS_LAMBDA_EXEC_WRAPPER"):
        run_wrapper(wrapper, runtime)
    runpy.run_path(str(runtime), run_name="__main__")


main()
