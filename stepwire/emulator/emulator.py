"""A LocalStack for as long as a ``with`` block lasts."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from stepwire.emulator import install, server
from stepwire.emulator.install import OnProgress
from stepwire.errors import StepwireError

REGION = "us-east-1"
# A refusal comes at once; the first packet to another machine may have to be repeated,
# which the system does after a second.
_ANSWERS_WITHIN = 3.0


def client_environment(endpoint_url: str) -> dict[str, str]:
    """The variables that direct AWS's SDKs, its CLI and Terraform to an emulator."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        # By address: with a name SDKs ask for http://BUCKET.localhost, which not
        # every system resolves; with an address the bucket is part of the path.
        "AWS_ENDPOINT_URL_S3": endpoint_url.replace("//localhost:", "//127.0.0.1:"),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        # What an emulator answers once it answers again: the provider's 25 attempts
        # at a request that fails would take a quarter of an hour.
        "AWS_MAX_ATTEMPTS": "4",
    }


def unset_command(endpoint_url: str) -> str:
    """The shell's command that undoes ``eval "$(stepwire up)"``, as far as it was.

    Of the variables that have another value by now nothing is said.
    """
    names = [
        name
        for name, value in client_environment(endpoint_url).items()
        if os.environ.get(name) == value
    ]
    return " ".join(["unset", *names])


def _require_answer(endpoint_url: str) -> None:
    """Raises StepwireError where nothing listens at AWS_ENDPOINT_URL.

    A connection is made and nothing is sent: it may be AWS, or slow.
    """
    try:
        url = urllib.parse.urlsplit(endpoint_url)
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        host = url.hostname or ""
    except (KeyError, ValueError):
        host = ""
    if not host:
        raise StepwireError(
            f"AWS_ENDPOINT_URL is no URL: {endpoint_url}",
            hint="One is http://localhost:4566",
        )
    if url.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(
        host
    ):
        return
    try:
        socket.create_connection((host, port), _ANSWERS_WITHIN).close()
    except OSError as error:
        raise StepwireError(
            f"Nothing answers at AWS_ENDPOINT_URL, which is {endpoint_url} "
            f"({error.strerror or error}).",
            hint=f"If that emulator is down, forget it: "
            f"{unset_command(os.environ['AWS_ENDPOINT_URL'])}",
        ) from error


class Emulator:
    """LocalStack as a child of this process.

    Several can run at once. However this process ends, nothing of an emulator is
    left: no process and, unless ``directory`` is given, no file.

    ``port``: where to listen on the loopback address; None for a free one.
    ``directory``: where its data and its log go, and stay; None for a temporary
    folder. ``ready_within``: seconds that a start may take. ``on_progress``: called
    with one line before each step that takes seconds.
    """

    def __init__(
        self,
        port: int | None = None,
        directory: Path | None = None,
        *,
        ready_within: float = 60,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._port = port
        self._directory = directory
        self._ready_within = ready_within
        self._on_progress = on_progress or (lambda _line: None)
        self._server: server.Server | None = None
        self._endpoint_url: str | None = None

    @classmethod
    def connect(cls, *, on_progress: OnProgress | None = None) -> Emulator:
        """The emulator at AWS_ENDPOINT_URL; where that is unset, one to be started.

        Of the former nothing is started or stopped: it is not ours. Raises
        StepwireError where nothing answers there.
        """
        endpoint_url = os.environ.get("AWS_ENDPOINT_URL")
        if not endpoint_url:
            return cls(on_progress=on_progress)
        _require_answer(endpoint_url)
        emulator = cls()
        emulator._endpoint_url = endpoint_url.rstrip("/")
        return emulator

    @property
    def endpoint_url(self) -> str:
        """The AWS_ENDPOINT_URL of clients: ``http://localhost:PORT``.

        Raises StepwireError before the start.
        """
        if self._endpoint_url is None:
            raise StepwireError(
                "The emulator is not running.", hint="Call start(), or use `with`."
            )
        return self._endpoint_url

    @property
    def log_file(self) -> Path | None:
        """LocalStack's log; None before the start, and of an emulator of others."""
        return self._server.log_file if self._server else None

    def environment(self) -> dict[str, str]:
        """The AWS_* variables for programs that are to use this emulator.

        Credentials that are set stay for an emulator of others, which may care.
        """
        variables = client_environment(self.endpoint_url)
        if self._server is None:
            # With temporary credentials a token belongs to them.
            for name in (*list(variables)[1:], "AWS_SESSION_TOKEN"):
                if name in os.environ:
                    variables[name] = os.environ[name]
        return variables

    def start(self) -> None:
        """Starts LocalStack and returns when it answers.

        Installs it first where that has not been done. Raises StepwireError, with the
        end of its log, when it ends or does not answer in time; does nothing when it
        is running.
        """
        if self._endpoint_url is not None:
            return
        installation = install.ensure(self._on_progress)
        directory = self._directory or Path(tempfile.mkdtemp(prefix="stepwire-"))
        try:
            self._server = server.start(
                installation, directory, self._port, remove=self._directory is None
            )
        except BaseException:
            if self._directory is None:
                shutil.rmtree(directory, ignore_errors=True)
            raise
        try:
            self._server.wait_until_ready(self._ready_within)
        except StepwireError:
            # Killed, it leaves the log that the message names.
            self._server.kill()
            self._server = None
            server.remove_data(directory)
            raise
        except BaseException:
            self.stop()
            raise
        self._endpoint_url = self._server.endpoint_url

    def stop(self) -> None:
        """Ends LocalStack and all that it started; does nothing when it is not running.

        An emulator of others stays as it is.
        """
        if self._server is None:
            return
        self._server.end()
        if self._directory is None:
            # LocalStack does that, unless it was killed.
            shutil.rmtree(self._server.directory, ignore_errors=True)
        self._server = None
        self._endpoint_url = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
