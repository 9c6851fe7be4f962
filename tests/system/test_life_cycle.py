"""A state machine from its creation to its end, as Terraform changes it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stepwire import versions
from stepwire.emulator import Emulator
from stepwire.pytest_plugin import ClientFactory
from stepwire.terraform import Terraform
from stepwire.testing import Executions

FIXTURE = Path(__file__).parent / "fixtures" / "life-cycle"
STARTS = 200
SHARE = 0.25


class LifeCycle:
    """One state machine, and what has been applied to it last."""

    def __init__(self, terraform: Terraform, client: ClientFactory) -> None:
        self.terraform = terraform
        self.client = client("stepfunctions")
        self.executions = Executions(self.client)
        self.variables: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}

    def apply(self, **variables: Any) -> dict[str, Any]:
        """The outputs; a second plan has to be empty whatever was applied."""
        if variables == self.variables:
            return self.outputs
        self.variables = variables
        self.outputs = self.terraform.apply(variables)
        plan = self.terraform.plan(variables)
        assert plan.is_empty, plan.changes
        return self.outputs

    def routing(self) -> dict[str, int]:
        """The alias's weights by version ARN."""
        alias = self.client.describe_state_machine_alias(
            stateMachineAliasArn=self.outputs["start_arn"]
        )
        return {
            route["stateMachineVersionArn"]: route["weight"]
            for route in alias["routingConfiguration"]
        }

    def versions(self) -> list[str]:
        listed = self.client.list_state_machine_versions(
            stateMachineArn=self.outputs["arn"]
        )
        return [one["stateMachineVersionArn"] for one in listed["stateMachineVersions"]]


@pytest.fixture(scope="module")
def life_cycle(
    stepwire_emulator: Emulator,
    stepwire_client: ClientFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LifeCycle]:
    terraform = Terraform(
        FIXTURE,
        build_folder=tmp_path_factory.mktemp("life-cycle"),
        environment=stepwire_emulator.environment(),
    )
    yield LifeCycle(terraform, stepwire_client)
    terraform.destroy()


@pytest.fixture
def calls(stepwire_emulator: Emulator) -> Callable[[Callable[[], Any]], list[str]]:
    """Runs something and returns the calls that AWS got meanwhile, in order."""
    log = stepwire_emulator.log_file
    if log is None:
        pytest.skip("the emulator at AWS_ENDPOINT_URL has no log that a test can read")

    def record(action: Callable[[], Any]) -> list[str]:
        before = log.stat().st_size
        action()
        written = log.read_bytes()[before:].decode(errors="replace")
        return re.findall(r"AWS (\w+\.\w+) => 200", written)

    return record


def test_every_change_publishes_a_version_and_moves_the_alias_to_it(
    life_cycle: LifeCycle,
) -> None:
    first = life_cycle.apply(release=1)
    assert first["start_arn"] == first["alias_arn"] == f"{first['arn']}:live"
    assert life_cycle.routing() == {f"{first['arn']}:1": 100}
    second = life_cycle.apply(release=2)
    assert second["version_arn"] == f"{first['arn']}:2"
    assert life_cycle.routing() == {second["version_arn"]: 100}
    assert life_cycle.versions() == [f"{first['arn']}:2", f"{first['arn']}:1"]
    # Each keeps its definition, and the comment that describes it.
    described = [
        life_cycle.client.describe_state_machine(stateMachineArn=arn)["definition"]
        for arn in life_cycle.versions()
    ]
    assert [json.loads(definition)["Comment"] for definition in described] == [
        "release 2",
        "release 1",
    ]


def test_applying_the_same_again_publishes_no_version(life_cycle: LifeCycle) -> None:
    life_cycle.apply(release=2)
    before = life_cycle.versions()
    life_cycle.terraform.apply({"release": 2})
    assert life_cycle.versions() == before


def test_an_execution_ends_on_the_version_that_it_started_with(
    life_cycle: LifeCycle,
) -> None:
    outputs = life_cycle.apply(release=11)
    older = life_cycle.executions.start(outputs["start_arn"], {"wait": True})
    task = life_cycle.client.get_activity_task(activityArn=outputs["activity_arn"])
    newest = life_cycle.apply(release=12)
    newer = life_cycle.executions.start(newest["start_arn"]).assert_status("SUCCEEDED")
    assert older.status == "RUNNING"
    found = versions.read(life_cycle.client, outputs["arn"]).versions
    assert [(one.description, one.running) for one in found[:2]] == [
        ("release 12", 0),
        ("release 11", 1),
    ]
    life_cycle.client.send_task_success(taskToken=task["taskToken"], output="{}")
    assert older.assert_status("SUCCEEDED").output == {"release": 11}
    assert newer.output == {"release": 12}
    assert older.describe()["stateMachineVersionArn"] == outputs["version_arn"]


def test_a_canary_gets_its_share_of_the_executions(life_cycle: LifeCycle) -> None:
    stable = life_cycle.apply(release=21)["version_arn"]
    canary = {
        "name": "live",
        "stable_version_arn": stable,
        "canary_weight": int(SHARE * 100),
    }
    outputs = life_cycle.apply(release=22, alias=canary)
    assert life_cycle.routing() == {stable: 75, outputs["version_arn"]: 25}

    def start(_number: int) -> Any:
        return life_cycle.executions.start(outputs["start_arn"]).wait().output

    with ThreadPoolExecutor(8) as pool:
        releases = Counter(
            answer["release"] for answer in pool.map(start, range(STARTS))
        )
    assert set(releases) == {21, 22}
    # Five standard deviations of a binomial distribution: in 1 of 2 million runs an
    # alias that splits as it should is outside.
    deviation = (STARTS * SHARE * (1 - SHARE)) ** 0.5
    assert abs(releases[22] - STARTS * SHARE) < 5 * deviation


def test_a_stable_version_that_is_the_newest_gets_all(life_cycle: LifeCycle) -> None:
    newest = life_cycle.apply(release=22)["version_arn"]
    alias = {"name": "live", "stable_version_arn": newest, "canary_weight": 25}
    life_cycle.apply(release=22, alias=alias)
    assert life_cycle.routing() == {newest: 100}


@pytest.mark.extended
def test_a_canary_of_0_leaves_the_newest_version_to_those_who_name_it(
    life_cycle: LifeCycle,
) -> None:
    stable = life_cycle.apply(release=31)["version_arn"]
    held = {"name": "live", "stable_version_arn": stable, "canary_weight": 0}
    outputs = life_cycle.apply(release=32, alias=held)
    assert life_cycle.routing() == {stable: 100}
    tried = life_cycle.executions.start(outputs["version_arn"])
    assert tried.assert_status("SUCCEEDED").output == {"release": 32}


def test_a_permission_is_there_before_the_machine_and_goes_after_its_alias(
    life_cycle: LifeCycle, calls: Callable[[Callable[[], Any]], list[str]]
) -> None:
    life_cycle.apply(release=41)
    # Release 42 tells another topic: another policy.
    seen = calls(lambda: life_cycle.apply(release=42))
    assert [call for call in seen if re.search(r"\.(Put|Update|Delete)", call)] == [
        "iam.PutRolePolicy",
        "stepfunctions.UpdateStateMachine",
        "stepfunctions.UpdateStateMachineAlias",
        "iam.PutRolePolicy",
    ]


def test_what_a_definition_names_can_be_replaced_under_its_own_name(
    life_cycle: LifeCycle,
) -> None:
    # Releases with even numbers tell the first topic.
    life_cycle.apply(release=42)
    outputs = life_cycle.apply(release=42, topics="second")
    told = life_cycle.executions.start(outputs["start_arn"], {"tell": True})
    assert told.assert_status("SUCCEEDED").output == {"release": 42}


@pytest.mark.extended
def test_an_alias_that_a_rollout_manages_stays_where_it_is(
    life_cycle: LifeCycle, calls: Callable[[Callable[[], Any]], list[str]]
) -> None:
    life_cycle.apply(release=51)
    alias = {"name": "live", "routing_managed_by": "ROLLOUT"}
    # The alias becomes another resource: deleted and created, in this order.
    seen = calls(lambda: life_cycle.apply(release=51, alias=alias))
    assert seen.index("stepfunctions.DeleteStateMachineAlias") < seen.index(
        "stepfunctions.CreateStateMachineAlias"
    )
    stays = life_cycle.routing()
    assert list(stays.values()) == [100]
    newest = life_cycle.apply(release=52, alias=alias)["version_arn"]
    assert newest not in stays
    assert life_cycle.routing() == stays
    life_cycle.client.update_state_machine_alias(
        stateMachineAliasArn=life_cycle.outputs["start_arn"],
        routingConfiguration=[{"stateMachineVersionArn": newest, "weight": 100}],
    )
    # Only what the older version alone needed goes: see test_retained.py.
    assert set(life_cycle.terraform.plan(life_cycle.variables).changes) == {
        "module.machine.aws_iam_role_policy.deployed[0]"
    }
    # And back: Terraform says where the alias is.
    life_cycle.apply(release=52)
    assert life_cycle.routing() == {newest: 100}


@pytest.mark.extended
def test_another_type_and_another_name_make_another_machine_with_its_alias(
    life_cycle: LifeCycle,
) -> None:
    arn = life_cycle.apply(release=61)["arn"]
    express = life_cycle.apply(release=61, type="EXPRESS")
    assert express["arn"] == arn
    described = life_cycle.client.describe_state_machine(stateMachineArn=arn)
    assert described["type"] == "EXPRESS"
    assert list(life_cycle.routing().values()) == [100]
    renamed = life_cycle.apply(release=61, name="life-cycle-renamed")
    assert renamed["start_arn"].endswith(":life-cycle-renamed:live")
    assert life_cycle.routing() == {renamed["version_arn"]: 100}
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        life_cycle.client.describe_state_machine(stateMachineArn=arn)


def test_without_an_alias_the_machine_itself_is_started(life_cycle: LifeCycle) -> None:
    outputs = life_cycle.apply(release=71, alias=None)
    assert outputs["start_arn"] == outputs["arn"]
    # What is null is no output in Terraform's eyes.
    assert outputs.get("alias_arn") is outputs.get("version_arn") is None
    ended = life_cycle.executions.start(outputs["start_arn"])
    assert ended.assert_status("SUCCEEDED").output == {"release": 71}


def test_destroying_it_leaves_nothing(
    life_cycle: LifeCycle, stepwire_client: ClientFactory
) -> None:
    role = life_cycle.apply(release=81)["role_name"]
    life_cycle.terraform.destroy()
    machines = life_cycle.client.list_state_machines()["stateMachines"]
    assert not [one for one in machines if one["name"].startswith("life-cycle")]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        stepwire_client("iam").get_role(RoleName=role)
    groups = stepwire_client("logs").describe_log_groups(
        logGroupNamePrefix="/aws/vendedlogs/states/life-cycle"
    )
    assert groups["logGroups"] == []
