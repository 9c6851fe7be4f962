"""The owners of access keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from localstack.aws.accounts import get_account_id_from_access_key_id
from localstack.services.iam.models import iam_stores
from localstack.services.sts.models import sts_stores

# The secret that goes with LocalStack's usual access key, "test".
ROOT_ACCESS_KEY_ID: Final = "test"
ROOT_SECRET: Final = "test"  # noqa: S105 - as public as the key


@dataclass(frozen=True)
class Identity:
    """The owner of an access key, in the words of `$context.identity`.

    `caller` is the principal identifier: an account id for the root user, "AIDA…" for
    a user, "AROA…:session" for an assumed role. `secret_access_key` is None where
    nobody knows it: LocalStack takes any access key as its account's root user.
    """

    account_id: str
    caller: str
    arn: str
    secret_access_key: str | None
    session_token: str | None = None
    expires_at: datetime | None = None

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at < datetime.now(UTC)


def of(access_key_id: str) -> Identity:
    return _session(access_key_id) or _user(access_key_id) or _root(access_key_id)


def _session(access_key_id: str) -> Identity | None:
    for _, _, store in sts_stores.iter_stores():
        found = store.credentials.get(access_key_id)
        if found is not None:
            return Identity(
                account_id=found.account_id,
                caller=found.user_id,
                arn=found.arn,
                secret_access_key=found.secret_access_key,
                session_token=found.session_token,
                expires_at=found.expiration,
            )
    return None


def _user(access_key_id: str) -> Identity | None:
    for account_id, _, store in iam_stores.iter_stores():
        name = store.ACCESS_KEY_INDEX.get(access_key_id)
        if name is not None:
            entity = store.USERS[name]
            key = entity.access_keys[access_key_id].access_key
            return Identity(
                account_id=account_id,
                caller=entity.user["UserId"],
                arn=entity.user["Arn"],
                secret_access_key=key["SecretAccessKey"],
            )
    return None


def _root(access_key_id: str) -> Identity:
    account_id = get_account_id_from_access_key_id(access_key_id)
    return Identity(
        account_id=account_id,
        caller=account_id,
        arn=f"arn:aws:iam::{account_id}:root",
        secret_access_key=ROOT_SECRET if access_key_id == ROOT_ACCESS_KEY_ID else None,
    )
