"""The keys that sign links: the current one, and the one before a rotation.

They are two versions of one secret, so that links which were signed before a rotation
go on working after it.
"""

from __future__ import annotations

import os
import time

from link_approval import aws
from link_approval.link import Link, key_id
from shared import secrets

# IAM takes a while until a new role may do what its policy says.
_DENIED_SECONDS = 40
_PAUSE_SECONDS = 2


def make(version: int) -> None:
    """Put a key into the secret, once for each ``version``; raises aws.Unavailable."""
    from secrets import token_hex  # noqa: PLC0415

    deadline = time.monotonic() + _DENIED_SECONDS
    while True:
        try:
            aws.call(
                "secretsmanager",
                "put_secret_value",
                SecretId=os.environ["SECRET_ARN"],
                # A version that was put with this token stays as it is.
                ClientRequestToken=f"link-key-{version:023}",
                SecretString=token_hex(32),
            )
        except aws.Unavailable as error:
            if error.code == "ResourceExistsException":
                return
            if error.code != "AccessDeniedException" or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def current() -> bytes:
    """The key that signs new links, read from the secret; raises aws.Unavailable."""
    return secrets.Secret(os.environ["SECRET_ARN"], aws.call).current().encode()


def verifies(link: Link) -> bool:
    """Whether one of the two keys signed ``link``; raises aws.Unavailable."""
    secret = secrets.secret(os.environ["SECRET_ARN"], aws.call)
    key = secret.find(lambda text: key_id(text.encode()) == link.key_id)
    return key is not None and link.is_signed_with(key.encode())
