"""The plugin as another repository uses it: its tests, run by pytest's pytester."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from stepwire.emulator import Emulator

# Before pytester changes it: what is installed there need not be installed again, and
# the provider that the session uses can be used here.
HOME = str(Path.home())

MODULE = """
variable "name" {
  type = string
}

variable "wait" {
  type    = number
  default = 0
}

resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
    }]
  })
}

resource "aws_sfn_state_machine" "this" {
  name     = var.name
  role_arn = aws_iam_role.this.arn
  definition = jsonencode({
    StartAt = "Wait"
    States = {
      Wait   = { Type = "Wait", Seconds = var.wait, Next = "Check" }
      Check  = {
        Type    = "Choice"
        Choices = [{ Variable = "$.good", BooleanEquals = true, Next = "Done" }]
        Default = "Refuse"
      }
      Done   = { Type = "Pass", End = true }
      Refuse = { Type = "Fail", Error = "Order.Refused", Cause = "not good" }
    }
  })
}

output "arn" {
  value = aws_sfn_state_machine.this.arn
}
"""


@pytest.fixture
def repository(
    pytester: pytest.Pytester,
    stepwire_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.Pytester:
    """Another repository, whose tests use the emulator of this session."""
    for name, value in stepwire_emulator.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", HOME)
    module = pytester.mkdir("module")
    (module / "main.tf").write_text(MODULE)
    return pytester


def machines(stepwire_client: Any) -> set[str]:
    listed = stepwire_client("stepfunctions").list_state_machines()["stateMachines"]
    return {machine["name"] for machine in listed}


def test_a_module_is_applied_once_shared_and_destroyed_at_the_end(
    repository: pytest.Pytester, stepwire_client: Any
) -> None:
    repository.makepyfile(
        """
        import pytest

        @pytest.fixture
        def deployment(stepwire_apply):
            return stepwire_apply("module", {"name": "applied-once"})

        first = []

        def test_apply_returns_the_outputs(deployment):
            first.append(deployment)
            assert deployment.outputs["arn"].endswith(":applied-once")
            assert "aws_iam_role.this" in deployment.resources()

        def test_the_next_test_gets_the_same(deployment):
            assert first == [deployment]

        def test_a_second_plan_is_empty(deployment):
            assert deployment.plan().is_empty, deployment.plan()

        def test_executions(deployment, stepwire_executions):
            good = stepwire_executions.start(deployment.outputs["arn"], {"good": True})
            assert good.assert_status("SUCCEEDED").output == {"good": True}
            named = stepwire_executions.start(
                deployment.outputs["arn"], {"good": False}, name="named"
            )
            assert named.arn.endswith(":named")
            assert named.wait().status == "FAILED"
            assert stepwire_executions.get(named.arn).history()[-1]["type"] == (
                "ExecutionFailed"
            )

        def test_start_sync_execution_finds_its_host(stepwire_client):
            client = stepwire_client("stepfunctions")
            assert client is stepwire_client("stepfunctions")
            with pytest.raises(client.exceptions.StateMachineDoesNotExist):
                client.start_sync_execution(
                    stateMachineArn="arn:aws:states:us-east-1:000000000000:"
                    "stateMachine:none"
                )
        """
    )
    repository.runpytest_inprocess().assert_outcomes(passed=5)
    assert "applied-once" not in machines(stepwire_client)


def test_a_plan_creates_nothing_and_is_made_once_for_each_configuration(
    repository: pytest.Pytester, stepwire_client: Any
) -> None:
    repository.makepyfile(
        """
        from pathlib import Path

        def test_plans(stepwire_plan):
            plan = stepwire_plan("module", {"name": "planned"})
            machine = plan.changes["aws_sfn_state_machine.this"]
            assert machine.actions == ("create",)
            assert machine.after_unknown["role_arn"] is True
            assert stepwire_plan(Path("module"), {"name": "planned"}) is plan
            with open("module/main.tf", "a") as file:
                file.write('output "more" { value = 1 }')
            assert stepwire_plan("module", {"name": "planned"}) is not plan
        """
    )
    repository.runpytest_inprocess().assert_outcomes(passed=1)
    assert "planned" not in machines(stepwire_client)


def test_an_execution_that_fails_or_does_not_end_prints_its_history(
    repository: pytest.Pytester,
) -> None:
    repository.makepyfile(
        """
        import pytest

        @pytest.fixture
        def arn(stepwire_apply):
            deployment = stepwire_apply("module", {"name": "waiting", "wait": 2})
            return deployment.outputs["arn"]

        def test_end(arn, stepwire_executions):
            execution = stepwire_executions.start(arn)
            execution.wait_for_state("Wait").wait(timeout=0.3)

        def test_status(arn, stepwire_executions):
            execution = stepwire_executions.start(arn, {"good": False})
            execution.assert_status("SUCCEEDED")
        """
    )
    result = repository.runpytest_inprocess()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "*still runs after 0.3 s. Its history:",
            "*WaitStateEntered * Wait",
            "*is FAILED, expected SUCCEEDED. Its history:",
            "*0.0?? s  ExecutionStarted",
            "*s  FailStateEntered * Refuse",
            "*s  ExecutionFailed * Order.Refused: not good",
        ]
    )


def test_an_apply_that_fails_is_tried_once_and_what_it_made_is_destroyed(
    repository: pytest.Pytester, stepwire_client: Any
) -> None:
    runs = repository.path / "runs"
    (repository.path / "module" / "broken.tf").write_text(
        'resource "terraform_data" "broken" {\n'
        "  depends_on = [aws_sfn_state_machine.this]\n"
        f'  provisioner "local-exec" {{ command = "echo run >> {runs}; exit 1" }}\n'
        "}\n"
    )
    repository.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(number, stepwire_apply):
            stepwire_apply("module", {"name": "half-way"})
        """
    )
    result = repository.runpytest_inprocess()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "*Error: local-exec provisioner error",
            "*with terraform_data.broken",
            "*broken.tf line 3*",
            "*Captured log call*",
            "*aws_sfn_state_machine.this: created in * s",
        ]
    )
    assert "in streamed" not in result.stdout.str()  # no frames of the driver
    assert runs.read_text() == "run\n"
    assert "half-way" not in machines(stepwire_client)


def test_what_cannot_be_destroyed_is_an_error_at_the_end(
    repository: pytest.Pytester,
) -> None:
    (repository.path / "module" / "main.tf").write_text(
        'resource "terraform_data" "clinging" {\n'
        "  lifecycle {\n    prevent_destroy = true\n  }\n}\n"
    )
    repository.makepyfile(
        """
        def test_it(stepwire_apply):
            stepwire_apply("module")
        """
    )
    result = repository.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*what the tests applied could not be destroyed*", "*Instance cannot be dest*"]
    )


@pytest.mark.thorough
def test_each_worker_of_xdist_has_an_emulator_that_ends_with_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("HOME", HOME)
    pytester.makepyfile(
        """
        from pathlib import Path

        def test_it(stepwire_emulator, stepwire_client, worker_id):
            assert stepwire_client("sqs").create_queue(QueueName=worker_id)
            assert len(stepwire_client("sqs").list_queues()["QueueUrls"]) == 1
            Path(worker_id).write_text(stepwire_emulator.endpoint_url)
        """
    )
    result = pytester.runpytest_subprocess("-n", "2", "--dist", "each")
    result.assert_outcomes(passed=2)
    urls = {(pytester.path / worker).read_text() for worker in ("gw0", "gw1")}
    assert len(urls) == 2
    for url in urls:
        with pytest.raises(URLError):
            urlopen(url, timeout=2)
