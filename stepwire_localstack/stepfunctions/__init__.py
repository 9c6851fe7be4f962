"""LocalStack's Step Functions, made to agree with AWS's."""

from __future__ import annotations

from . import (
    activities,
    aliases,
    callbacks,
    calls,
    definitions,
    encoding,
    errors,
    executions,
    express_maps,
    item_readers,
    logs,
    machines,
    programs,
    progress,
    protocol,
    redrives,
    reuse,
    stops,
)


def install() -> None:
    """Patches LocalStack's Step Functions, in process. Call it before it starts."""
    protocol.install()
    activities.install()
    encoding.install()
    definitions.install()
    express_maps.install()
    item_readers.install()
    machines.install()
    aliases.install()
    executions.install()
    callbacks.install()
    errors.install()
    programs.install()
    progress.install()
    redrives.install()
    reuse.install()
    logs.install()
    calls.install()
    stops.install()
