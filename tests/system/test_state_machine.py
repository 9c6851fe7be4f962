"""The state machine module where what it depends on is unknown until apply."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire.emulator import Emulator
from stepwire.pytest_plugin import ClientFactory
from stepwire.terraform import Terraform, TerraformError
from stepwire.testing import Deployment, Executions

FIXTURE = Path(__file__).parent / "fixtures" / "state-machine"


@pytest.fixture(scope="module")
def terraform(
    stepwire_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terraform]:
    made = Terraform(
        FIXTURE,
        build_folder=tmp_path_factory.mktemp("state-machine"),
        environment=stepwire_emulator.environment(),
    )
    yield made
    made.destroy()


@pytest.fixture(scope="module")
def applied(terraform: Terraform) -> Deployment:
    return Deployment(terraform, {}, terraform.apply({}))


def policies(iam: Any, role: str) -> list[dict[str, Any]]:
    """The documents of a role's inline policies."""
    return [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]


def test_a_bad_definition_that_is_known_late_creates_nothing(
    terraform: Terraform, stepwire_client: ClientFactory
) -> None:
    with pytest.raises(TerraformError, match='State "Tell" goes to "Nowhere"'):
        terraform.apply({"next": "Nowhere"})
    machines = stepwire_client("stepfunctions").list_state_machines()["stateMachines"]
    assert "state-machine-told" not in {machine["name"] for machine in machines}
    roles = stepwire_client("iam").list_roles()["Roles"]
    assert not [role for role in roles if "state-machine-told" in role["RoleName"]]
    groups = stepwire_client("logs").describe_log_groups(
        logGroupNamePrefix="/aws/vendedlogs/states/state-machine-told"
    )
    assert groups["logGroups"] == []


def test_a_definition_that_is_known_late_gets_its_permissions(
    applied: Deployment, stepwire_client: ClientFactory
) -> None:
    told = applied.outputs["told"]
    # One is there before the machine, the other is withdrawn after it.
    document, deployed = policies(stepwire_client("iam"), told["role_name"])
    assert document == deployed
    [derived] = json.loads(told["execution_policy"])["Statement"]
    assert derived["Action"] == ["sns:Publish"]
    assert derived["Resource"][0].endswith(":state-machine-news")
    assert derived in document["Statement"]
    assert applied.plan().is_empty


def test_a_role_made_beside_the_machine_can_be_its_own(applied: Deployment) -> None:
    own = applied.outputs["own"]
    assert own["role_name"] == "state-machine-own"
    assert own.get("execution_policy") is None


def test_a_machine_that_calls_nothing_runs(
    applied: Deployment, stepwire_executions: Executions
) -> None:
    idle = applied.outputs["idle"]
    assert json.loads(idle["execution_policy"])["Statement"] == []
    stepwire_executions.start(idle["start_arn"]).assert_status("SUCCEEDED")


def test_a_target_made_anew_that_comes_out_the_same_stays_permitted(
    applied: Deployment, terraform: Terraform, stepwire_client: ClientFactory
) -> None:
    iam = stepwire_client("iam")
    role = applied.outputs["told"]["role_name"]
    before = policies(iam, role)
    # The ARN is unknown at plan, and so is the policy: both come out the same.
    terraform.apply({"edition": "second"})
    assert policies(iam, role) == before
    assert terraform.plan({"edition": "second"}).is_empty


def test_a_change_that_turns_out_bad_leaves_the_machine_as_it_was(
    applied: Deployment, terraform: Terraform, stepwire_client: ClientFactory
) -> None:
    machine = applied.outputs["told"]["arn"]
    client, iam = stepwire_client("stepfunctions"), stepwire_client("iam")
    before = client.describe_state_machine(stateMachineArn=machine)["definition"]
    permitted = policies(iam, applied.outputs["told"]["role_name"])
    with pytest.raises(TerraformError, match="goes to"):
        terraform.apply({"edition": "third", "next": "Nowhere"})
    after = client.describe_state_machine(stateMachineArn=machine)["definition"]
    assert after == before
    assert policies(iam, applied.outputs["told"]["role_name"]) == permitted
