"""The parts of an Amazon Resource Name."""

from __future__ import annotations


def region_of(arn: str) -> str:
    """The region in an ARN, whose resource no other region knows; "" without one."""
    parts = arn.split(":", 5)
    return parts[3] if len(parts) == 6 else ""
