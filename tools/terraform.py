"""Checks for Terraform before a target of make begins; one line where it is missing.

``python -m tools.terraform``
"""

from __future__ import annotations

import sys

from stepwire.errors import StepwireError
from stepwire.terraform.program import find_terraform


def main() -> None:
    try:
        find_terraform()
    except StepwireError as error:
        sys.exit(f"stepwire: {error}".replace("\n", " "))


if __name__ == "__main__":
    main()
