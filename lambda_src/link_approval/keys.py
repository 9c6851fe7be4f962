"""The keys that sign links: the current one, and the one before it.

They are two versions of one secret, so that links which were signed before a rotation
go on working after it.
"""

from __future__ import annotations

import os

from link_approval import aws
from link_approval.link import Link, key_id
from shared import secrets


def current() -> bytes:
    """The key that signs new links, asked for anew; raises aws.Unavailable."""
    return secrets.Secret(os.environ["SECRET_ARN"], aws.call).current().encode()


def verifies(link: Link) -> bool:
    """Whether one of the two keys signed ``link``; raises aws.Unavailable."""
    secret = secrets.secret(os.environ["SECRET_ARN"], aws.call)
    key = secret.find(lambda text: key_id(text.encode()) == link.key_id)
    return key is not None and link.is_signed_with(key.encode())
