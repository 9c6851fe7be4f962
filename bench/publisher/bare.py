"""The smallest possible function."""

from typing import Any


def handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answers."""
    return {"statusCode": 200, "body": ""}
