"""Makes Lambda functions of source text, for the tests of the emulator."""

from __future__ import annotations

import io
import zipfile
from typing import Any

ROLE = "arn:aws:iam::000000000000:role/function"


def zipped(source: str) -> bytes:
    """A package whose module ``app`` is ``source``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", source)
    return buffer.getvalue()


def create(client: Any, name: str, source: str, **options: Any) -> None:
    """Creates a function, and returns when it can be invoked.

    ``options`` are those of CreateFunction; the handler is ``app.handler``.
    """
    client.create_function(
        **{
            "FunctionName": name,
            "Runtime": "python3.13",
            "Role": ROLE,
            "Handler": "app.handler",
            "Code": {"ZipFile": zipped(source)},
            **options,
        }
    )
    wait_until(client, "function_active_v2", name)


def wait_until(client: Any, waiter: str, name: str) -> None:
    """Waits with one of boto3's waiters, which by themselves look once a second."""
    client.get_waiter(waiter).wait(
        FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 600}
    )
