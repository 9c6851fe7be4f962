"""Fixtures of the unit tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from link_approval import aws
from shared import secrets
from tests.unit.approvals import HOST, KEY, TOKEN, World

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SECRET_ARN": "link-key",
    "TABLE_NAME": "requests",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:requests",
}


@pytest.fixture(autouse=True, scope="session")
def _nothing_frozen() -> Iterator[None]:
    """What a function freezes is its own; here Hypothesis would miss its objects."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.aws.gc.freeze", lambda: None)
        yield


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may enter; tmp_path is closed to all but one."""
    with tempfile.TemporaryDirectory(prefix="stepwire-test-") as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="module")
def mocked_aws() -> Iterator[None]:
    """AWS by moto, once for a module: clients cost more than their calls."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(aws._aws, "_session", None)
        patch.setattr(aws._aws, "_clients", {})
        yield


@pytest.fixture
def world(
    mocked_aws: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """A link approval's table, secret and topic; checks what was logged at the end."""
    monkeypatch.setattr(secrets, "_known", {})
    world = World(aws.call)
    monkeypatch.setattr(aws, "call", world.call)
    world.create()
    yield world
    world.delete()
    logged = "".join(capsys.readouterr())
    for message in world.published:
        assert message["Message"].partition(HOST)[2][1:97] not in logged
    assert TOKEN not in logged
    assert KEY not in logged
