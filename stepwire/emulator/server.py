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
from dataclasses import dataclass
from pathlib import Path

from stepwire.emulator.install import Installation
from stepwire.errors import StepwireError

_PLUGINS = Path(__file__).parent / "localstack_plugins"
_LOOPBACK = "127.0.0.1"
# What a child keeps of this process's environment. Proxies, certificate bundles, pip's
# and Terraform's settings, credentials and an AWS_ENDPOINT_URL are not for it.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "USER", "LOGNAME", "TZ")


@dataclass(frozen=True)
class Server:
    """A LocalStack process that has been started."""

    process: subprocess.Popen[bytes]
    port: int
    directory: Path

    @property
    def endpoint_url(self) -> str:
        """Where clients reach it. LocalStack makes names below ``localhost``, too."""
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
        deadline = time.monotonic() + seconds
        while not is_answering(self.port):
            status = self.process.poll()
            if status is not None:
                self._fail(f"LocalStack ended while it started ({_describe(status)}).")
            if time.monotonic() > deadline:
                self._fail(f"LocalStack did not answer within {seconds:g} s.")
            time.sleep(0.02)

    def end(self) -> None:
        """Ends it with everything that it started, and returns when that is done."""
        assert self.process.stdin is not None
        # The same as what follows when this process dies.
        self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            # Its function processes notice by themselves.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _fail(self, message: str) -> None:
        lines = self.log_file.read_text(errors="replace").splitlines()
        raise StepwireError(
            "\n".join([message, *lines[-20:]]), hint=f"Its log is {self.log_file}"
        )


def log_file(directory: Path) -> Path:
    """The log of the server that has its files in ``directory``."""
    return directory / "localstack.log"


def start(
    installation: Installation,
    directory: Path,
    port: int | None,
    *,
    detached: bool = False,
    remove: bool = False,
) -> Server:
    """Starts LocalStack on ``port`` (None: a free one) of the loopback address.

    Its files go into ``directory``. It ends with this process, and with ``remove``
    the directory does, too; ``detached`` it stays. Raises StepwireError when the port
    is taken.
    """
    for folder in ("data", "tmp"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    # The parent makes the socket: LocalStack listens on every address of the machine,
    # and a free port found beforehand could be taken by the time that it does.
    with _listen(port) as listener, log_file(directory).open("wb") as log:
        port = int(listener.getsockname()[1])
        command = [str(installation.python), "-P", "-m", "stepwire_localstack"]
        if not detached:
            command.append("--end-with-standard-input")
        if remove:
            command += ["--remove", str(directory)]
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
        )
    return Server(process, port, directory)


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
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PYTHONPATH": str(_PLUGINS),
        "PYTHONUNBUFFERED": "1",
        # Not the user's: it has an index of entry points that is not written safely.
        "XDG_CACHE_HOME": str(installation.cache),
        # Python's second choice: LocalStack has a meaning of its own for TMPDIR.
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
        "EAGER_SERVICE_LOADING": "0",
        # Read by the plugins loopback and lambda_functions.
        "STEPWIRE_GATEWAY_SOCKET": str(listener.fileno()),
        "STEPWIRE_FUNCTION_RUNTIMES": json.dumps(runtimes),
    }


def _describe(status: int) -> str:
    if status < 0:
        return f"signal {signal.Signals(-status).name}"
    return f"status {status}"
