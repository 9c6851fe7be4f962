"""Routing of the emulator's HTTP Tasks and OAuth connections to stubs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import urllib3

from stepwire.errors import StepwireError

_PATH = "/_stepwire/http-calls"


def settings(endpoint_url: str) -> dict[str, Any]:
    """The settings of the emulator there: ``hosts``, ``certificates``,
    ``limit_seconds``. Raises StepwireError where it has none."""
    return _request(endpoint_url, "GET", None)


def change(
    endpoint_url: str,
    *,
    hosts: Mapping[str, str | None] | None = None,
    certificates: str | None = None,
    limit_seconds: float | None = None,
) -> None:
    """Changes the settings of the emulator there; None leaves one as it is.

    ``hosts``: what calls of a host go to instead, ``{"hooks.slack.com":
    "https://127.0.0.1:8443"}``; ``http://`` for a stub without TLS, None to refuse
    them. A pattern, ``*.example.com`` or ``*``, names many hosts, but those of the
    loopback interface only by their exact names. They are added to those that were
    set before; the first pattern that fits counts.
    ``certificates``: certificate authorities to trust beside the system's, PEM.
    ``limit_seconds``: how long a call may take; AWS's 60 unless changed.

    Raises StepwireError where the emulator refuses them, or has no such settings.
    """
    changes = {
        "hosts": dict(hosts) if hosts is not None else None,
        "certificates": certificates,
        "limit_seconds": limit_seconds,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    _request(endpoint_url, "PATCH", given)


def reset(endpoint_url: str) -> None:
    """Calls go where they say again, as when the emulator was started.

    Raises StepwireError where the emulator has no such settings.
    """
    _request(endpoint_url, "DELETE", None)


def _request(
    endpoint_url: str, method: str, body: dict[str, Any] | None
) -> dict[str, Any]:
    # By number: Python's resolver may take "localhost" for ::1 first.
    url = endpoint_url.replace("//localhost:", "//127.0.0.1:") + _PATH
    try:
        answer = urllib3.request(method, url, json=body, retries=False)
    except urllib3.exceptions.HTTPError as error:
        raise StepwireError(
            f"{endpoint_url} does not answer: {error}.",
            hint="AWS_ENDPOINT_URL names a running emulator, or is unset.",
        ) from error
    if answer.status != 200:
        raise StepwireError(
            f"{url} answered {answer.status}: {answer.data.decode(errors='replace')}",
            hint="Only an emulator with Stepwire's plugins has these settings: see "
            "docs/emulators.md.",
        )
    settings: dict[str, Any] = answer.json()
    return settings
