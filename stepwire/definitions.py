"""Finds state machine definitions (Amazon States Language), and what is wrong in them.

For tests: statelint, which ``problems`` needs, is no dependency of the package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TYPE = "aws_sfn_state_machine."
_JSONATA_SECONDS = re.compile(r'\.Seconds is "\{%.*%\}" but should be an Integer$')


def definitions(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The definitions (JSON) of the state machines among resources, by address.

    ``resources`` are ``Plan.values`` or ``Deployment.resources()``. A definition
    that holds something unknown until apply is not in a plan.
    """
    return {
        address: values["definition"]
        for address, values in resources.items()
        if f".{address}".rpartition("." + _TYPE)[1] and values.get("definition")
    }


def problems(definition: str) -> list[str]:
    """The problems of a definition (JSON), as statelint finds them."""
    from statelint.config import Config  # noqa: PLC0415
    from statelint.linter import Linter  # noqa: PLC0415
    from statelint.problem import ProblemType  # noqa: PLC0415

    # False alarms: an ARN is no URI to it, and a BackoffRate of 2 is to be written
    # 2.0, which jsonencode cannot. Step Functions takes both.
    ignored = {ProblemType.URI, ProblemType.FLOAT}
    found = map(str, Linter.validate(definition, Config(ignored)))
    # Nor does it know that the Seconds of a Wait may be a JSONata expression.
    return [one for one in found if not _JSONATA_SECONDS.search(one)]
