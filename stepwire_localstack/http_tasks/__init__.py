"""HTTP Tasks, ``arn:aws:states:::http:invoke``, which stock LocalStack refuses.

"Call HTTPS APIs in Step Functions workflows" of the Step Functions guide.
"""

from __future__ import annotations


def install() -> None:
    """Patches LocalStack's Step Functions, in process. Call it before it starts."""
    # Here, so that the rest can be read without LocalStack's environment.
    from . import definitions, service  # noqa: PLC0415

    service.install()
    definitions.install()
