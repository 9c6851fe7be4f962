"""What a version may do as long as an alias routes to it, whatever is applied."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire import cli, versions
from stepwire.emulator import Emulator
from stepwire.errors import StepwireError
from stepwire.pytest_plugin import ClientFactory
from stepwire.terraform import Plan, Terraform
from stepwire.testing import Executions
from tests.system.policies import Call

FIXTURE = Path(__file__).parent / "fixtures" / "retained"
RELEASES = ["a", "b", "c", "d"]
REFUSED = "routes to version {} of retained, and its permissions are not known here"


class Machine:
    """The machine, and its releases: each may tell its own topic."""

    def __init__(self, terraform: Terraform, client: ClientFactory) -> None:
        self.terraform = terraform
        self.steps = client("stepfunctions")
        self.iam = client("iam")
        self.executions = Executions(self.steps)
        self.outputs: dict[str, Any] = {}
        self.release = ""
        self.newest = 0
        self.needs: dict[str, set[Call]] = {}
        """What each release needs, as it is derived for it alone."""

    def apply(self, release: str, **variables: Any) -> int:
        """The number of the newest version; a second plan has to be empty."""
        variables = {"release": release, **variables}
        self.outputs = self.terraform.apply(variables)
        self.release = release
        self.newest = int(self.outputs["version_arn"].rpartition(":")[2])
        if "retained_definitions" not in variables:
            policy = json.loads(self.outputs["execution_policy"])
            self.needs[release] = {
                Call("retained", "", action, resource)
                for statement in policy["Statement"]
                for action in statement["Action"]
                for resource in statement["Resource"]
            }
        plan = self.terraform.plan(variables)
        assert plan.is_empty, plan.changes
        return self.newest

    def plan(self, release: str, **variables: Any) -> Plan:
        return self.terraform.plan({"release": release, **variables})

    def settle(self) -> tuple[str, list[str]]:
        """The release that has everything to itself, and the others."""
        if not self.release:
            self.apply(RELEASES[0])
        self.move({self.newest: 100})
        self.apply(self.release)
        assert self.working() == {self.release}
        return self.release, [one for one in RELEASES if one != self.release]

    def move(self, weights: dict[int, int]) -> None:
        """Moves the alias, as a rollout does."""
        self.steps.update_state_machine_alias(
            stateMachineAliasArn=self.outputs["alias_arn"],
            routingConfiguration=[
                {
                    "stateMachineVersionArn": f"{self.outputs['arn']}:{number}",
                    "weight": weight,
                }
                for number, weight in weights.items()
            ],
        )

    def policies(self) -> dict[str, Any]:
        """The role's policies by name."""
        role = self.outputs["role_name"]
        return {
            name: self.iam.get_role_policy(RoleName=role, PolicyName=name)[
                "PolicyDocument"
            ]
            for name in self.iam.list_role_policies(RoleName=role)["PolicyNames"]
        }

    def working(self) -> set[str]:
        """The releases whose calls the role allows, all of them."""
        both = [one["Statement"] for one in self.policies().values()]
        policy = {
            "Version": "2012-10-17",
            "Statement": list(itertools.chain.from_iterable(both)),
        }
        return {
            release
            for release, calls in self.needs.items()
            if all(call.is_allowed_by(policy) for call in calls)
        }


@pytest.fixture(scope="module")
def machine(
    stepwire_emulator: Emulator,
    stepwire_client: ClientFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Machine]:
    terraform = Terraform(
        FIXTURE,
        build_folder=tmp_path_factory.mktemp("retained"),
        environment=stepwire_emulator.environment(),
    )
    yield Machine(terraform, stepwire_client)
    terraform.destroy({"release": "a"})


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch, stepwire_emulator: Emulator) -> None:
    """What the command reads of the environment."""
    for name, value in stepwire_emulator.environment().items():
        monkeypatch.setenv(name, value)


def test_until_a_rollout_has_ended_both_versions_may_do_what_they_need(
    machine: Machine,
) -> None:
    old, (new, *_) = machine.settle()
    stable, newest = machine.newest, machine.apply(new)
    assert machine.working() == {old, new}
    ended = machine.executions.start(machine.outputs["alias_arn"])
    ended.assert_status("SUCCEEDED")
    assert ended.describe()["stateMachineVersionArn"].endswith(f":{stable}")
    machine.move({newest: 10, stable: 90})
    assert machine.plan(new).is_empty
    machine.move({newest: 100})
    assert set(machine.plan(new).changes) == {
        "module.machine.aws_iam_role_policy.deployed[0]"
    }
    machine.apply(new)
    assert machine.working() == {new}


def test_what_is_applied_while_a_canary_runs_takes_nothing_from_either(
    machine: Machine,
) -> None:
    old, (tried, new, _) = machine.settle()
    stable, canary = machine.newest, machine.apply(tried)
    machine.move({canary: 10, stable: 90})
    machine.apply(new)
    assert machine.working() == {old, tried, new}
    # The rollout fails, and another release is rolled out instead.
    machine.move({stable: 100})
    machine.apply(new)
    assert machine.working() == {old, new}


def test_without_an_apply_after_a_rollout_the_next_release_retains_what_is_in_use(
    machine: Machine,
) -> None:
    _, (used, new, _) = machine.settle()
    machine.move({machine.apply(used): 100})
    machine.apply(new)
    assert machine.working() == {used, new}
    # What both use stands once, for both.
    told = [
        (action, resource)
        for statement in machine.policies()["deployed"]["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]
    assert len(told) == len(set(told))
    topics = {resource for action, resource in told if action == "sns:Publish"}
    assert {topic.rpartition("-")[2] for topic in topics} == {used, new, "always"}


@pytest.mark.usefixtures("emulated")
def test_what_is_not_known_is_refused_until_it_is_retained(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    forgotten, (used, new, _) = machine.settle()
    old, stable = machine.newest, machine.apply(used)
    machine.settle()
    machine.move({old: 100})
    with pytest.raises(StepwireError) as refused:
        machine.plan(new)
    said = " ".join(str(refused.value).split())
    assert REFUSED.format(old) in said
    assert "stepwire versions --retained retained > retained.auto.tfvars.json" in said
    assert 'lookup(var.retained_definitions, "retained", {})' in said
    assert cli.main(["versions", "--retained", "retained"]) == 0
    printed = json.loads(capfd.readouterr().out)
    assert set(printed["retained_definitions"]["retained"]) == {str(old)}
    newest = machine.apply(new, **printed)
    assert forgotten in machine.working()
    machine.move({newest: 100})
    machine.apply(new)
    assert machine.working() == {new}
    # To go back to one that nothing uses, it has to be asked for.
    arn = machine.outputs["arn"]
    found = versions.retained(machine.steps, arn, [stable])
    assert set(found) == {str(stable), str(newest)}
    assert json.loads(found[str(stable)])["Comment"] == f"release {used}"
    with pytest.raises(StepwireError, match="has no version 9999"):
        versions.retained(machine.steps, arn, [9999])


def test_a_stable_version_that_terraform_keeps_is_retained_too(
    machine: Machine,
) -> None:
    used, (canary, other, _) = machine.settle()
    stable = machine.newest
    held = {
        "name": "live",
        "stable_version_arn": machine.outputs["version_arn"],
        "canary_weight": 10,
    }
    machine.apply(canary, alias=held)
    assert machine.working() == {used, canary}
    machine.apply(other, alias=held)
    assert machine.working() == {used, other}
    machine.apply(other, alias={"name": "live"})
    assert machine.working() == {other}
    with pytest.raises(StepwireError) as refused:
        machine.plan(canary, alias=held)
    assert REFUSED.format(stable) in " ".join(str(refused.value).split())


@pytest.mark.usefixtures("emulated")
def test_a_plan_that_deletes_what_a_version_in_use_names_is_found(
    machine: Machine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old, (new, *_) = machine.settle()
    stable = machine.newest
    without = {"topics": [one for one in RELEASES if one != old]}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(machine.plan(new, **without).json))
    assert cli.main(["check", "--plan", str(file)]) == 1
    found = " ".join(capfd.readouterr().out.split())
    assert found.startswith(f'aws_sns_topic.told["{old}"] is deleted, but')
    assert f"the alias live routes to version {stable} of retained" in found
    # What no version behind the alias uses may go.
    machine.move({machine.apply(new): 100})
    file.write_text(json.dumps(machine.plan(new, **without).json))
    assert cli.main(["check", "--plan", str(file)]) == 0


def test_a_policy_of_an_earlier_release_keeps_all_that_it_says(
    machine: Machine,
) -> None:
    old, (new, *_) = machine.settle()
    # One policy twice, as it was before versions stood in it.
    plain = machine.policies()["execution"]
    machine.iam.put_role_policy(
        RoleName=machine.outputs["role_name"],
        PolicyName="deployed",
        PolicyDocument=json.dumps(plain),
    )
    machine.apply(new)
    assert machine.working() == {old, new}


def test_what_is_written_into_the_policy_by_hand_goes(machine: Machine) -> None:
    release, _ = machine.settle()
    written = machine.policies()["deployed"]
    by_hand = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    machine.iam.put_role_policy(
        RoleName=machine.outputs["role_name"],
        PolicyName="deployed",
        PolicyDocument=json.dumps(
            {**written, "Statement": [*written["Statement"], by_hand]}
        ),
    )
    machine.apply(release)
    assert machine.policies()["deployed"] == written
