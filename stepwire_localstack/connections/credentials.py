"""The parts that a connection adds to a request."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .secrets import API_KEY, BASIC, pairs


@dataclass(frozen=True)
class Credentials:
    """Headers, query and body parameters; the later header of a name wins."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)
    body: list[tuple[str, str]] = field(default_factory=list)


def credentials(
    authorization_type: str, secret: Mapping[str, Any], token: str | None
) -> Credentials:
    """The credentials in a secret; ``token`` is the value of an OAuth header."""
    invocation = secret.get("invocation_http_parameters") or {}
    headers = pairs(invocation, "header_parameters")
    if authorization_type == API_KEY:
        headers.append((secret["api_key_name"], secret["api_key_value"]))
    elif authorization_type == BASIC:
        user = f"{secret['username']}:{secret['password']}"
        encoded = base64.b64encode(user.encode()).decode()
        headers.append(("Authorization", f"Basic {encoded}"))
    elif token is not None:
        headers.append(("Authorization", token))
    return Credentials(
        headers=headers,
        query=pairs(invocation, "query_string_parameters"),
        body=pairs(invocation, "body_parameters"),
    )
