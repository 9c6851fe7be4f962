"""EventBridge connections as AWS keeps them, for HTTP Tasks and for Terraform.

Stock makes the connection and its secret, but never authorises OAuth, forgets the
description and the key, and cannot deauthorise.
"""

from __future__ import annotations


def install() -> None:
    """Patches LocalStack's EventBridge, in process. Call it before it starts."""
    # Here, so that the rest can be read without LocalStack's environment.
    from . import api  # noqa: PLC0415

    api.install()
