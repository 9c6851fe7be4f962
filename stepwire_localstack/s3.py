"""Keeps S3's objects in the temporary folder of this LocalStack.

Stock has one folder below /tmp for all of a machine: when one LocalStack deletes a
bucket, the objects of another's are gone, and of two users only one can store any.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from localstack.services.s3 import provider as stock


def install() -> None:
    """Changes the folder before the first bucket is made."""
    stock.DEFAULT_S3_TMP_DIR = str(Path(tempfile.gettempdir()) / "s3")
