"""Resources of CloudFormation stacks that stock LocalStack makes unlike AWS."""

from __future__ import annotations

from . import connections, permissions


def install() -> None:
    """Changes how stacks make them. Call it before the first stack is made."""
    connections.install()
    permissions.install()
