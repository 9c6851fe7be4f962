"""One AWS provider process for all commands that configure it in the same way.

Terraform starts a provider for every command, which costs a second and 600
MB each time. A provider that runs on its own (``-debug``) is attached to instead
(``TF_REATTACH_PROVIDERS``). A provider holds the configuration of the command that
spoke to it last, so commands share one only when their environment and their
provider blocks are the same. It opens files relative to the folder that it was started
in, so a configuration that has it open some shares one with itself only.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import re
import selectors
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.terraform import provider_keeper
from stepwire.terraform.working_tree import Source

Key = tuple[object, ...]

_REATTACH = re.compile(rb"TF_REATTACH_PROVIDERS='(.+)'")
# var.region, a resource's attribute, a function's call; too often is only slower.
_REFERENCE = re.compile(r"\b[A-Za-z_]\w*\.[A-Za-z_]|\(")
# Variables that the provider reads from its environment. Not everything else: pytest,
# for one, sets a variable that differs from test to test.
_SETTING = re.compile(r"AWS_|HOME$|SSL_CERT_|(?:HTTPS?|ALL|NO)_PROXY$", re.IGNORECASE)
# Resources and arguments whose value is the path of a file that the provider opens.
_OPENS = re.compile(
    r"\b(?:aws_s3_(?:bucket_)?object|filename|zip_file|\w+_files?|custom_ca_bundle)\b"
)
# The address of a provider; a module elsewhere has more parts.
_PROVIDER = re.compile(r"[\w-]+/[\w-]+")
_START_SECONDS = 30.0
_MOST_IDLE = 2


def sharing_key(
    source: Source,
    variables: Mapping[str, Any] | None,
    environment: Mapping[str, str],
    folder: Path | None,
) -> Key | None:
    """A key that is equal for commands that may share a provider; None for never.

    ``folder`` is where Terraform runs, None where no file is opened. Each alias of a
    configuration needs a process by itself, so such a configuration is left to
    Terraform.
    """
    try:
        blocks = source.providers("aws")
    except StepwireError:  # Terraform says what is wrong
        return None
    if len(blocks) > 1:
        return None
    block = blocks[0] if blocks else ""
    values = None
    if _REFERENCE.search(block):
        # Only Terraform knows the value.
        values = (source.digest(), json.dumps(variables or {}, sort_keys=True))
    settings = frozenset(
        (name, value) for name, value in environment.items() if _SETTING.match(name)
    )
    return (settings, block, values, folder if _opens_files(source) else None)


def _opens_files(source: Source) -> bool:
    """Whether the provider may open a file by its path; what is elsewhere may."""
    return any(_OPENS.search(text) for text in source.files.values()) or not all(
        _PROVIDER.fullmatch(one) for one in source.sources_elsewhere
    )


class SharedProvider:
    """A provider process; ``reattach`` is the value of TF_REATTACH_PROVIDERS.

    ``folder`` is where it looks for files, as Terraform's own would. Raises OSError or
    TimeoutError when the program does not become a provider.
    """

    def __init__(
        self, program: Path, environment: Mapping[str, str], folder: Path
    ) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", provider_keeper.__file__, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd=folder,
            process_group=0,
        )
        try:
            self.reattach = self._read_reattach()
        except BaseException:
            self.stop()
            raise

    def _read_reattach(self) -> str:
        assert self._keeper.stdout is not None
        said = b""
        deadline = time.monotonic() + _START_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self._keeper.stdout, selectors.EVENT_READ)
            while (match := _REATTACH.search(said)) is None:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError("the provider did not say where it listens")
                chunk = self._keeper.stdout.read1(65_536)  # type: ignore[attr-defined]
                if not chunk:
                    raise OSError("the provider ended at once")
                said += chunk
        return match[1].decode()

    @property
    def is_running(self) -> bool:
        return self._keeper.poll() is None

    def stop(self) -> None:
        """End the provider; returns when it has ended."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        with contextlib.suppress(OSError):
            self._keeper.stdin.close()
        self._keeper.stdout.close()
        try:
            self._keeper.wait(10)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()


class SharedProviders:
    """The providers of this process; they end with it.

    At most two stay up that no command uses: each takes some 600 MB.
    """

    def __init__(self) -> None:
        self._providers: dict[Key, SharedProvider] = {}
        self._users: Counter[Key] = Counter()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lend(
        self, key: Key, program: Path, environment: Mapping[str, str], folder: Path
    ) -> Iterator[str | None]:
        """The value of TF_REATTACH_PROVIDERS for one command of configuration ``key``.

        None when ``program`` cannot be shared; the command then starts its own.
        """
        with self._lock:
            provider = self._ready(key, program, environment, folder)
            self._users[key] += 1
        try:
            yield provider.reattach if provider is not None else None
        finally:
            with self._lock:
                self._users[key] -= 1
                self._end_idle(most=_MOST_IDLE)

    def _ready(
        self, key: Key, program: Path, environment: Mapping[str, str], folder: Path
    ) -> SharedProvider | None:
        provider = self._providers.pop(key, None)
        if provider is not None and not provider.is_running:
            provider.stop()
            provider = None
        if provider is None:
            try:
                provider = SharedProvider(program, environment, folder)
            except (OSError, TimeoutError):
                return None
        # Last in order: the first is the one that was used longest ago.
        self._providers[key] = provider
        return provider

    def _end_idle(self, most: int) -> None:
        idle = [key for key in self._providers if not self._users[key]]
        for key in idle[: max(0, len(idle) - most)]:
            self._providers.pop(key).stop()

    def stop(self) -> None:
        """End every provider, in use or not."""
        with self._lock:
            while self._providers:
                self._providers.popitem()[1].stop()


shared_providers = SharedProviders()
atexit.register(shared_providers.stop)
