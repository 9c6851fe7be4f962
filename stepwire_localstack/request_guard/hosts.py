"""The names that the emulator goes by.

A page can be served under a name of its maker's that then resolves to 127.0.0.1 (DNS
rebinding): to the browser the emulator is that page's own site. Names below
``localhost`` resolve to this machine everywhere, other names where somebody says so.
``localhost.localstack.cloud`` is a public name of somebody else's; it is allowed only
where LocalStack writes it into its URLs itself (``LOCALSTACK_HOST``, whose default in
stock it is; the embedded emulator's is ``localhost``).
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from .. import localhost_names
from .refusals import Refused

VARIABLE: Final = "STEPWIRE_ALLOWED_HOSTS"
"""Names for the emulator beside its own, with commas between them; ``*.example.test``
is every name below ``example.test``."""

_LOG = logging.getLogger(__name__)
_NAME: Final = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"
_HOST: Final = re.compile(rf"(\[[0-9a-f:.]+\]|{_NAME})(?::\d{{1,5}})?", re.ASCII)
_PATTERN: Final = re.compile(rf"(?:\*\.)?{_NAME}", re.ASCII)


@dataclass(frozen=True)
class AllowedHosts:
    """Names and addresses of this machine, and what fits one of ``patterns``.

    A pattern is a name, an IP address, or ``*.`` and a name for all below it.
    """

    patterns: tuple[str, ...]

    def __contains__(self, host: str) -> bool:
        """Whether the value of a Host header, with or without a port, is allowed."""
        match = _HOST.fullmatch(host.lower())
        if match is None:
            return False
        name = match[1]
        return localhost_names.is_loopback(name) or any(
            name == pattern or (pattern[:2] == "*." and name.endswith(pattern[1:]))
            for pattern in self.patterns
        )


def from_environment(environment: Mapping[str, str]) -> AllowedHosts:
    """The emulator's own names and those that the user adds."""
    # Here, so that the rules can be read without LocalStack's environment.
    from localstack import config  # noqa: PLC0415

    own = config.LOCALSTACK_HOST.host.lower()
    names = [own, f"*.{own}"]
    if config.is_in_docker:
        # Functions in other containers have the address of this one, if it has any.
        with contextlib.suppress(OSError):
            names += socket.gethostbyname_ex(socket.gethostname())[2]
    return AllowedHosts((*names, *added(environment.get(VARIABLE, ""))))


def added(setting: str) -> list[str]:
    """The names in the value of ``STEPWIRE_ALLOWED_HOSTS``."""
    names = [name.strip().lower() for name in setting.split(",") if name.strip()]
    for name in names:
        if not _PATTERN.fullmatch(name):
            _LOG.error(
                "%s: %s is no host name (a name without port, as in "
                "emulator.test,*.emulator.test): it is ignored.",
                VARIABLE,
                name,
            )
    return [name for name in names if _PATTERN.fullmatch(name)]


def check(request: Any, allowed: AllowedHosts) -> None:
    """Raises Refused for a request to a name that is not the emulator's."""
    values = request.headers.getlist("Host")
    if len(values) != 1:
        raise Refused(
            f"The request has {len(values)} Host headers.", "Send exactly one."
        )
    [host] = values
    if host not in allowed:
        raise Refused(
            f"The request was sent to the host {host[:200]!a}, which is not a name of "
            "this emulator.",
            "If it is one of yours, start the emulator with it in the environment "
            f"variable {VARIABLE} (names without ports, with commas between them).",
        )
    target = request.environ.get("RAW_URI", "")
    # As to a proxy: http://host/path.
    if not target.startswith("/") and urlsplit(target).netloc.lower() != host.lower():
        raise Refused(
            "The request's target and its Host header name different hosts.",
            "Send a path as the target.",
        )
