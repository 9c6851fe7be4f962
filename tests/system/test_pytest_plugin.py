"""The plugin as another repository uses it: its tests, run by pytest's pytester."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from stepwire.emulator import Emulator
from stepwire.emulator.detached import Project
from stepwire.errors import StepwireError

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


def counting(repository: pytest.Pytester, edition: int = 1) -> str:
    """A module that adds a line to the file ``runs`` whenever it makes something."""
    return f"""
variable "name" {{
  type = string
}}

resource "terraform_data" "this" {{
  input            = var.name
  triggers_replace = [{edition}, var.name]

  provisioner "local-exec" {{
    command = "echo run >> {repository.path}/runs"
  }}
}}

output "id" {{
  value = terraform_data.this.id
}}

output "name" {{
  value = terraform_data.this.output
}}
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
    repository: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The last lines have the reason where there is room for it.
    monkeypatch.setenv("COLUMNS", "200")
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
            "*RUNNING; not ended after 0.3 s (arn:aws:states:*)",
            "*WaitStateEntered * Wait",
            "*FAILED Order.Refused: not good; expected SUCCEEDED (arn:aws:states:*)",
            "*0.0?? s  ExecutionStarted",
            "*s  FailStateEntered * Refuse",
            "*s  ExecutionFailed * Order.Refused: not good",
            "FAILED *::test_end - ExecutionError: RUNNING; not ended*",
            "FAILED *::test_status - ExecutionError: FAILED Order.Refused: not good*",
        ]
    )
    # A test that fails for other reasons does not show what Terraform did well.
    assert "created in" not in result.stdout.str()


def test_an_apply_that_fails_is_tried_once_and_what_it_made_is_destroyed(
    repository: pytest.Pytester,
    stepwire_client: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
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
            "*Under way when it failed:",
            "terraform_data.broken: creating failed",
            "FAILED * - TerraformError: local-exec provisioner error (terraform*",
        ]
    )
    assert "created in" not in result.stdout.str()
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


@pytest.fixture
def without_emulator(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """Another repository, whose runs start an emulator for themselves."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("HOME", HOME)
    pytester.mkdir(".git")
    return pytester


def is_up(url: str) -> bool:
    try:
        urlopen(url.replace("localhost", "127.0.0.1"), timeout=2).close()
    except URLError:
        return False
    return True


TOGETHER = """
import time
from pathlib import Path

import pytest

@pytest.fixture
def together(stepwire_apply, worker_id):
    # One worker could be through before the other has begun.
    Path(f"begun-{worker_id}").touch()
    deadline = time.monotonic() + 120
    while len(list(Path().glob("begun-*"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
"""


def test_workers_of_xdist_share_the_emulator_and_what_is_applied(
    without_emulator: pytest.Pytester,
) -> None:
    (without_emulator.mkdir("module") / "main.tf").write_text(
        counting(without_emulator)
    )
    without_emulator.makeconftest(TOGETHER)
    without_emulator.makepyfile(
        """
        from pathlib import Path

        def test_it(together, stepwire_emulator, stepwire_apply, worker_id):
            deployment = stepwire_apply("module", {"name": "shared"})
            assert deployment.plan().is_empty
            Path(worker_id).write_text(
                f"{stepwire_emulator.endpoint_url} {deployment.outputs['id']}"
            )
        """
    )
    # Each worker runs the test.
    result = without_emulator.runpytest_subprocess("-n", "2", "--dist", "each")
    result.assert_outcomes(passed=2)
    first, second = (
        (without_emulator.path / worker).read_text() for worker in ("gw0", "gw1")
    )
    assert first == second
    assert (without_emulator.path / "runs").read_text() == "run\n"
    assert not is_up(first.split()[0])


def test_on_an_emulator_of_others_all_is_destroyed_once_no_worker_uses_it(
    repository: pytest.Pytester,
) -> None:
    log = repository.path / "log"
    (repository.path / "module" / "main.tf").write_text(
        'resource "terraform_data" "this" {\n'
        f'  input = "{log}"\n'
        '  provisioner "local-exec" {\n'
        "    when    = destroy\n"
        '    command = "echo destroyed >> ${self.input}"\n'
        "  }\n}\n"
    )
    repository.makeconftest(TOGETHER)
    repository.makepyfile(
        """
        def test_it(together, stepwire_apply):
            assert stepwire_apply("module").plan().is_empty
            with open("log", "a") as log:
                log.write("used\\n")
        """
    )
    # Each worker runs the test.
    result = repository.runpytest_subprocess("-n", "2", "--dist", "each")
    result.assert_outcomes(passed=2)
    assert log.read_text().split() == ["used", "used", "destroyed"]


def test_what_is_kept_is_there_for_the_next_run_until_stepwire_down(
    without_emulator: pytest.Pytester,
) -> None:
    repository = without_emulator
    module = repository.mkdir("module") / "main.tf"
    module.write_text(counting(repository))
    repository.makepyfile(
        """
        import os
        from pathlib import Path

        def test_it(stepwire_emulator, stepwire_apply):
            name = os.environ.get("NAME", "kept")
            deployment = stepwire_apply("module", {"name": name})
            assert deployment.outputs["name"] == name
            with Path("seen").open("a") as file:
                file.write(stepwire_emulator.endpoint_url + "\\n")
        """
    )

    def run() -> tuple[list[str], int]:
        """The emulators of all runs so far, and how often something was applied."""
        result = repository.runpytest_subprocess("--stepwire-keep")
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines(["*are kept; `stepwire down` ends it."])
        seen = (repository.path / "seen").read_text().split()
        return seen, len((repository.path / "runs").read_text().split())

    project = Project.of(repository.path)
    try:
        run()
        running = project.running()
        assert running is not None
        # Found again: the emulator, and what was applied.
        assert run() == ([running.endpoint_url] * 2, 1)
        # Files have changed.
        module.write_text(counting(repository, edition=2))
        assert run() == ([running.endpoint_url] * 3, 2)
        # Variables have, too: the same deployment is changed, no other one made.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("NAME", "other")
            assert run() == ([running.endpoint_url] * 4, 3)
        places = [*(project.folder / "deployments").glob("module-*/[0-9]")]
        assert len(places) == 1
        assert (places[0] / "record.json").stat().st_mode & 0o077 == 0
    finally:
        assert project.down()
    try:
        # The emulator is another: what was applied went away with the first.
        assert run()[1] == 4
    finally:
        project.down()
    assert not is_up(running.endpoint_url)


def test_an_endpoint_where_nothing_answers_is_said_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect() -> NoReturn:
        raise StepwireError("Nothing answers at URL.", hint="Unset AWS_ENDPOINT_URL.")

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    monkeypatch.setattr(Emulator, "connect", connect)
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(20))
        def test_it(number, stepwire_client): ...
        """
    )
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: Nothing answers at URL.", "Unset AWS_ENDPOINT_URL."],
        consecutive=True,
    )
    said = str(result.stdout) + str(result.stderr)
    assert said.count("Nothing answers") == 1
    assert "Traceback" not in said


def test_var_files_and_auto_tfvars_are_read_as_terraform_reads_them(
    repository: pytest.Pytester,
) -> None:
    (repository.path / "module" / "main.tf").write_text(
        "".join(f'variable "{name}" {{ default = "none" }}\n' for name in "abcd")
        + 'output "all" { value = "${var.a} ${var.b} ${var.c} ${var.d}" }\n'
    )
    all_set = "".join(f'{name} = "{{0}}"\n' for name in "abcd")
    (repository.path / "module" / "x.auto.tfvars").write_text(all_set.format("auto"))
    (repository.path / "some.tfvars").write_text('b = "some"\nc = "some"\n')
    (repository.path / "more.tfvars").write_text('c = "more"\nd = "more"\n')
    repository.makepyfile(
        """
        from pathlib import Path

        FILES = ["some.tfvars", Path("more.tfvars")]

        def test_apply(stepwire_apply):
            deployment = stepwire_apply("module", {"d": "here"}, var_files=FILES)
            assert deployment.outputs["all"] == "auto some more here"
            assert deployment.plan().is_empty

        def test_plan(stepwire_plan):
            plan = stepwire_plan("module", {"d": "here"}, var_files=FILES)
            assert plan.outputs["all"] == "auto some more here"
            Path("some.tfvars").write_text('b = "changed"')
            changed = stepwire_plan("module", {"d": "here"}, var_files=FILES)
            assert changed.outputs["all"] == "auto changed more here"
        """
    )
    repository.runpytest_inprocess().assert_outcomes(passed=2)
