"""modules/http-connection with a secret from Secrets Manager, through its life.

CloudFormation's waits make it a test of `make test-slow`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwire.pytest_plugin import ApplyFactory
from stepwire.testing import Executions
from tests.scale import SLOW
from tests.stub_api import Answer, StubApi

FIXTURE = Path(__file__).parent / "fixtures" / "connection-from-secret"
HOST = "from-secret.example.com"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SLOW, reason="CloudFormation waits: make test-slow"),
]


def test_a_secret_from_secrets_manager_is_sent_and_is_in_no_state(
    stepwire_apply: ApplyFactory, stepwire_executions: Executions, stub_api: StubApi
) -> None:
    first = {"token": "t0ken-1", "token_version": 1}
    deployed = stepwire_apply(FIXTURE, first)
    stub_api.on(HOST, Answer(204))
    start_arn = deployed.outputs["start_arn"]
    stepwire_executions.start(start_arn, {}).assert_status("SUCCEEDED")
    assert deployed.plan().is_empty
    second = {"token": "t0ken-2", "token_version": 2}
    outputs = deployed.terraform.apply(second)
    assert outputs == deployed.outputs
    stepwire_executions.start(start_arn, {}).assert_status("SUCCEEDED")
    sent = [one.header("Authorization") for one in stub_api.received(HOST)]
    assert sent == ["Bearer t0ken-1", "Bearer t0ken-2"]
    assert "t0ken" not in deployed.terraform.state_file.read_text("utf-8")
