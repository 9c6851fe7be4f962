"""The LocalStack process: how it is started, when it is ready, how it ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stepwire import files
from stepwire.emulator import settings
from stepwire.emulator.install import Installation
from stepwire.errors import StepwireError

_LOOPBACK = "127.0.0.1"
LAUNCHER = Path(__file__).parents[2] / "stepwire_localstack" / "launch.py"
"""The program that is LocalStack, in the package beside ``stepwire``. Its name, with
the next, tells a project's emulator from other processes."""
DETACHED = "--detached"
"""The launcher's option that goes before the port of an emulator that stays."""
# Folders that LocalStack writes into, beside its log.
_DATA = ("data", "tmp")
# Variables of this process that LocalStack gets, beside its settings.
# Proxies, certificate bundles, pip's and Terraform's settings, credentials and an
# AWS_ENDPOINT_URL are not for it.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "USER", "LOGNAME", "TZ")


@dataclass(frozen=True)
class Server:
    """A LocalStack process that has been started."""

    process: subprocess.Popen[bytes]
    port: int
    directory: Path

    @property
    def endpoint_url(self) -> str:
        """The address for clients. LocalStack makes names below ``localhost``, too."""
        return f"http://localhost:{self.port}"

    @property
    def log_file(self) -> Path:
        """Its standard output and standard error."""
        return log_file(self.directory)

    def wait_until_ready(self, seconds: float) -> None:
        """Returns when it answers.

        Raises StepwireError, with the end of its log, when it ends before, or does
        not answer within ``seconds``.
        """
        wait_until_ready(self.port, self.log_file, seconds, self._ended)

    def _ended(self) -> str | None:
        status = self.process.poll()
        return None if status is None else _describe(status)

    def end(self) -> None:
        """Ends it with everything that it started, and returns when that is done."""
        assert self.process.stdin is not None
        # The same as what follows when this process dies.
        self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it at once and leaves its files; function processes notice it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def log_file(directory: Path) -> Path:
    """The log of the server that has its files in ``directory``."""
    return directory / "localstack.log"


def remove_data(directory: Path) -> None:
    """Removes what a server has left there, but for its log. Raises OSError."""
    for name in _DATA:
        files.remove(directory / name)


def start(
    installation: Installation,
    directory: Path,
    port: int | None,
    *,
    detached: bool = False,
    remove: bool = False,
) -> Server:
    """Starts LocalStack on ``port`` (None: a free one) of the loopback address.

    Its files go into ``directory``, for the user alone. It ends with this process, and
    with ``remove`` the directory does, too; ``detached`` it stays. Raises StepwireError
    when the port is taken, or a file cannot be written.
    """
    # The parent makes the socket: LocalStack listens on every address of the machine,
    # and a free port found beforehand could be taken by the time that it does.
    with files.translate_os_errors(directory), _listen(port) as listener:
        port = int(listener.getsockname()[1])
        directory.mkdir(parents=True, exist_ok=True)
        for name in _DATA:
            files.make_private_folder(directory / name)
        command = [str(installation.python), "-P", str(LAUNCHER)]
        command += [DETACHED, str(port)] if detached else ["--end-with-standard-input"]
        if remove:
            command += ["--remove", str(directory)]
        with files.open_private_file(log_file(directory)) as log:
            process = subprocess.Popen(
                command,
                env=_environment(installation, directory, port, listener),
                cwd=directory,
                stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                # A Ctrl-C is for this process, which then ends the other.
                start_new_session=True,
                umask=0o077,
            )
    return Server(process, port, directory)


def wait_until_ready(
    port: int, log: Path, seconds: float, ended: Callable[[], str | None]
) -> None:
    """Returns when LocalStack answers at the port.

    ``ended`` says how it ended, once it has. Raises StepwireError, with the end of its
    log, when it ends before, or does not answer within ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while not is_answering(port):
        how = ended()
        if how is not None:
            raise _failure(f"LocalStack ended while it started ({how}).", log)
        if time.monotonic() > deadline:
            raise _failure(f"LocalStack did not answer within {seconds:g} s.", log)
        time.sleep(0.02)


def is_answering(port: int) -> bool:
    """Whether LocalStack answers at the port, at once or within a second."""
    connection = http.client.HTTPConnection(_LOOPBACK, port, timeout=1)
    try:
        connection.request("GET", "/_localstack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _failure(message: str, log: Path) -> StepwireError:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    hint = f"Its log is {log}"
    if files.is_full(log.parent):
        hint = f"{files.full_hint(log.parent)}\n{hint}"
    return StepwireError("\n".join([message, *lines[-20:]]), hint=hint)


def _listen(port: int | None) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port is free again as soon as its last owner is gone.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port or 0))
        listener.listen(socket.SOMAXCONN)
    except OSError as error:
        listener.close()
        raise StepwireError(
            f"LocalStack cannot listen on port {port}: {error.strerror}.",
            hint="Leave out the port for a free one.",
        ) from error
    return listener


def _environment(
    installation: Installation, directory: Path, port: int, listener: socket.socket
) -> dict[str, str]:
    runtimes = {name: str(path) for name, path in installation.runtimes.items()}
    return {
        # First: what follows is not for the user to change.
        "EAGER_SERVICE_LOADING": "0",
        **settings.accepted(installation.python),
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        # Nothing of the user's is read there, such as ~/.aws, and nothing written.
        "HOME": str(directory / "data"),
        "PYTHONUNBUFFERED": "1",
        # Not the user's: it has an index of entry points that is not written safely.
        "XDG_CACHE_HOME": str(installation.cache),
        # Python's second choice: TMPDIR means something else to LocalStack.
        "TEMP": str(directory / "tmp"),
        "GATEWAY_LISTEN": f"{_LOOPBACK}:{port}",
        "LOCALSTACK_HOST": f"localhost:{port}",
        "FILESYSTEM_ROOT": str(directory / "data"),
        # Settings of the user's own LocalStack are not for this one.
        "CONFIG_DIR": str(directory / "data"),
        "OVERRIDE_IN_DOCKER": "0",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        # Read by the plugins loopback and lambda_functions.
        "STEPWIRE_GATEWAY_SOCKET": str(listener.fileno()),
        "STEPWIRE_FUNCTION_RUNTIMES": json.dumps(runtimes),
    }


def _describe(status: int) -> str:
    if status < 0:
        return f"signal {signal.Signals(-status).name}"
    return f"status {status}"
