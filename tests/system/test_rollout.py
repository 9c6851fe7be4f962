"""Rollouts of modules/rollout, with seconds where others have minutes."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from stepwire.definitions import problems
from stepwire.emulator import Emulator
from stepwire.pytest_plugin import ApplyFactory, ClientFactory
from stepwire.testing import Executions
from tests.system.policies import Call, without_each_statement
from tests.system.rollouts import ALARM, Target, deployed, failure, set_alarm

EXAMPLE = Path(__file__).parents[2] / "examples" / "rollout"
ROLE = "arn:aws:iam::000000000000:role/any"


@pytest.fixture
def target(
    stepwire_apply: ApplyFactory, stepwire_client: ClientFactory
) -> Iterator[Target]:
    yield from deployed(stepwire_apply, stepwire_client)


def test_all_at_once_moves_the_alias_in_one_step(target: Target) -> None:
    before = target.settle()
    version = target.publish()
    ended = target.start("at-once").assert_status("SUCCEEDED")
    assert target.routings_of(ended) == [{version: 100}]
    assert ended.output == {
        "status": "succeeded",
        "alias_arn": target.alias_arn,
        "version_arn": f"{target.arn}:{version}",
        "previous": [
            {"StateMachineVersionArn": f"{target.arn}:{before}", "Weight": 100}
        ],
        "deleted": ended.output["deleted"],
    }


def test_linear_moves_the_alias_in_equal_steps(target: Target) -> None:
    old = target.settle()
    new = target.publish()
    ended = target.start("linear").assert_status("SUCCEEDED")
    assert target.routings_of(ended) == [
        {new: 40, old: 60},
        {new: 80, old: 20},
        {new: 100},
    ]
    described = ended.describe()
    # Two steps of two seconds.
    assert (described["stopDate"] - described["startDate"]).total_seconds() >= 4


def test_a_canary_is_tried_and_then_gets_everything(target: Target) -> None:
    old = target.settle()
    new = target.publish()
    started = target.start("canary").wait_for_state("Pause")
    assert target.routing() == {new: 25, old: 75}
    started.assert_status("SUCCEEDED")
    assert target.routings_of(started) == [{new: 25, old: 75}, {new: 100}]


def test_repeated_it_changes_nothing(target: Target) -> None:
    version = target.settle()
    ended = target.start("canary", version).assert_status("SUCCEEDED")
    assert ended.output["status"] == "unchanged"
    assert target.routings_of(ended) == []


def test_it_goes_back_to_an_older_version_where_that_is_asked_for(
    target: Target,
) -> None:
    older = target.settle()
    target.settle()
    target.start("at-once", older).assert_status("SUCCEEDED")
    assert target.routing() == {older: 100}


def test_an_alarm_puts_the_alias_back_and_is_named(target: Target) -> None:
    old = target.settle()
    new = target.publish()
    started = target.start("canary").wait_for_state("Pause")
    set_alarm(target, "ALARM")
    error, cause = failure(started)
    assert error == "Rollout.RolledBack"
    assert f"in ALARM: {ALARM}" in cause
    assert f"{target.arn}:{old}" in cause
    assert target.routing() == {old: 100}
    assert target.routings_of(started) == [{new: 25, old: 75}, {old: 100}]


def test_nothing_is_shifted_while_an_alarm_is_on(target: Target) -> None:
    old = target.settle()
    target.publish()
    set_alarm(target, "ALARM")
    ended = target.start("canary")
    assert failure(ended)[0] == "Rollout.RolledBack"
    assert {old: 100} == target.routing()
    assert all(list(routing) == [old] for routing in target.routings_of(ended))


def test_a_step_that_fails_puts_the_alias_back(target: Target) -> None:
    old = target.settle()
    target.publish()
    [alarm] = target.alarms.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    started = target.start("canary").wait_for_state("Pause")
    target.alarms.delete_alarms(AlarmNames=[ALARM])
    try:
        error, cause = failure(started)
    finally:
        kept = {"AlarmName", "Namespace", "MetricName", "Statistic", "Period"}
        kept |= {"EvaluationPeriods", "Threshold", "ComparisonOperator"}
        kept |= {"TreatMissingData", "ActionsEnabled"}
        target.alarms.put_metric_alarm(**{name: alarm[name] for name in kept})
    assert error == "Rollout.RolledBack"
    assert f"there is no alarm {ALARM}" in cause
    assert target.routing() == {old: 100}


def test_a_rollout_that_is_stopped_is_put_back(target: Target) -> None:
    old = target.settle()
    new = target.publish()
    started = target.start("slow").wait_for_state("Pause")
    assert target.routing() == {new: 25, old: 75}
    output = target.stop(started, "not today", back_to={old: 100})
    assert output["status"] == "rolled_back"
    assert output["rollout"] == started.arn
    assert "not today" in output["because"]


def test_of_ten_at_the_same_time_one_runs(target: Target) -> None:
    old = target.settle()
    target.publish()
    with ThreadPoolExecutor(10) as pool:
        started = list(pool.map(lambda _: target.start("slow"), range(10)))
    while len(running := [one for one in started if one.status == "RUNNING"]) > 1:
        time.sleep(0.05)
    [winner] = running
    winner.wait_for_state("Pause")
    for one in started:
        if one is not winner:
            error, cause = failure(one)
            assert error == "Rollout.Refused"
            assert winner.arn in cause
            assert target.routings_of(one) == []
    target.stop(winner, "enough seen", back_to={old: 100})


def test_what_a_dead_rollout_left_is_put_back_before_the_next(
    target: Target, stepwire_client: ClientFactory
) -> None:
    # As if EventBridge had lost the event.
    events = stepwire_client("events")
    old = target.settle()
    target.publish()
    events.disable_rule(Name="rollout-slow-aborted")
    try:
        started = target.start("slow").wait_for_state("Pause")
        target.client.stop_execution(executionArn=started.arn)
        started.assert_status("ABORTED")
        new = target.publish()
        following = target.start("slow").wait_for_state("Pause")
    finally:
        events.enable_rule(Name="rollout-slow-aborted")
    assert target.routings_of(following) == [{old: 100}, {new: 25, old: 75}]
    target.stop(following, "enough seen", back_to={old: 100})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"version_arn": "{arn}:9999"}, "There is no version {arn}:9999; there are "),
        (
            {"version_arn": "{arn}-other:1"},
            "{arn}-other:1 is no version of {arn}. Nothing was changed.",
        ),
        ({"version_arn": "{arn}"}, "{arn} is no version of {arn}"),
        ({"version_arn": 3}, "The input has a version_arn that is no text"),
        ({"version": "3"}, 'The input takes version_arn, not "version"'),
        ({"v" * 3000: "3"}, f'The input takes version_arn, not "{"v" * 40}"'),
        ({"version_arn": "v" * 3000}, f"{'v' * 200} is no version of {{arn}}"),
        (["{arn}:1"], "The input is a JSON object with version_arn, or {} for"),
    ],
)
def test_bad_input_is_refused(target: Target, given: object, says: str) -> None:
    before = target.routing()
    document = json.loads(json.dumps(given).replace("{arn}", target.arn))
    ended = target.executions.start(target.outputs["start_arns"]["canary"], document)
    error, cause = failure(ended)
    assert error == "Rollout.Refused"
    assert says.replace("{arn}", target.arn) in cause
    assert cause.endswith("Nothing was changed.")
    assert target.routing() == before


def test_an_alias_that_is_gone_is_refused(target: Target) -> None:
    routing = target.client.describe_state_machine_alias(
        stateMachineAliasArn=target.alias_arn
    )["routingConfiguration"]
    target.client.delete_state_machine_alias(stateMachineAliasArn=target.alias_arn)
    try:
        error, cause = failure(target.start("canary"))
    finally:
        target.client.create_state_machine_alias(
            name="live", routingConfiguration=routing
        )
    assert error == "Rollout.Refused"
    assert "The alias live of" in cause


def test_old_versions_are_deleted_but_none_that_an_alias_points_to(
    target: Target,
) -> None:
    pinned = target.settle()
    target.client.create_state_machine_alias(
        name="pinned",
        routingConfiguration=[
            {"stateMachineVersionArn": f"{target.arn}:{pinned}", "weight": 100}
        ],
    )
    try:
        published = [target.settle() for _ in range(5)]
        # The newest three (retain_versions), and what another alias points to.
        assert target.versions() == [*reversed(published[-3:]), pinned]
    finally:
        target.client.delete_state_machine_alias(
            stateMachineAliasArn=f"{target.arn}:pinned"
        )


def test_the_version_that_it_came_from_is_kept(target: Target) -> None:
    old = target.settle()
    newer = [target.publish() for _ in range(4)]
    target.start("at-once").assert_status("SUCCEEDED")
    assert target.versions() == [*reversed(newer[-3:]), old]


def test_another_workflow_rolls_out_with_the_task(target: Target) -> None:
    target.settle()
    version = target.publish()
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "RollOut",
        "States": {"RollOut": {**target.outputs["tasks"]["at-once"], "End": True}},
    }
    assert problems(json.dumps(definition)) == []
    arn = target.client.create_state_machine(
        name="release-train", roleArn=ROLE, definition=json.dumps(definition)
    )["stateMachineArn"]
    try:
        given = {"version_arn": f"{target.arn}:{version}"}
        ended = target.executions.start(arn, given).assert_status("SUCCEEDED")
        assert ended.output["Output"]["status"] == "succeeded"
        assert target.routing() == {version: 100}
    finally:
        target.client.delete_state_machine(stateMachineArn=arn)


def test_after_a_rollout_the_next_plan_is_empty(target: Target) -> None:
    before = target.routing()
    release = {"release": 1001}
    target.deployment.terraform.apply(release)
    assert target.routing() == before
    target.start("at-once").assert_status("SUCCEEDED")
    assert target.routing() != before
    plan = target.deployment.terraform.plan(release)
    assert plan.is_empty, plan.changes


def test_its_role_reaches_nothing_but_its_target(target: Target) -> None:
    policy = json.loads(target.outputs["execution_policy"])
    resources = {
        resource
        for statement in policy["Statement"]
        for resource in statement["Resource"]
    }
    assert resources == {
        target.arn,
        "arn:aws:cloudwatch:us-east-1:000000000000:alarm:rollout-failures",
        "arn:aws:cloudwatch:us-east-1:000000000000:alarm:rollout-latency",
        "arn:aws:dynamodb:us-east-1:000000000000:table/rollout-canary-lock",
        "arn:aws:states:us-east-1:000000000000:execution:rollout-canary:*",
    }


def test_its_definitions_have_no_problems(target: Target) -> None:
    for arn in target.outputs["start_arns"].values():
        described = target.client.describe_state_machine(stateMachineArn=arn)
        assert problems(described["definition"]) == []


@pytest.mark.extended
def test_without_any_one_action_a_state_would_lose_a_call(
    target: Target, stepwire_emulator: Emulator
) -> None:
    for _ in range(4):
        target.settle("canary")
    target.publish()
    started = target.start("canary").wait_for_state("Pause")
    failure(target.start("canary"))
    started.assert_status("SUCCEEDED")
    policy = json.loads(target.outputs["execution_policy"])
    calls = calls_of("rollout-canary", stepwire_emulator)
    assert [call for call in calls if not call.is_allowed_by(policy)] == []
    lost = {
        action: {call.state for call in calls if not call.is_allowed_by(smaller)}
        for action, smaller in without_each_statement(policy)
    }
    assert [action for action, states in lost.items() if not states] == []
    assert lost["cloudwatch:DescribeAlarms"] == {"DescribeAlarms"}
    assert lost["states:DescribeExecution"] == {"DescribeLockHolder"}
    assert lost["states:DeleteStateMachineVersion"] == {"DeleteVersion"}
    assert "ShiftAlias" in lost["states:UpdateStateMachineAlias"]


def calls_of(name: str, emulator: Emulator) -> list[Call]:
    """What the emulator recorded of a rollout's state machine."""
    url = f"{emulator.endpoint_url.replace('localhost', '127.0.0.1')}/_stepwire/calls"
    with urllib.request.urlopen(url) as answer:
        recorded = json.load(answer)
    return [
        Call(
            name,
            call["state"],
            f"{_PREFIXES.get(call['service'], call['service'])}:{call['operation']}",
            resource,
        )
        for call in recorded
        if call["state_machine_arn"].endswith(f":{name}")
        for resource in _resources(call)
    ]


_PREFIXES = {"stepfunctions": "states"}


def _resources(call: dict[str, Any]) -> list[str]:
    """The ARNs that IAM is asked about: an alias and a version are their machine's."""
    where = ":".join(call["state_machine_arn"].split(":")[3:5])
    match call["parameters"]:
        case {"TableName": table}:
            return [f"arn:aws:dynamodb:{where}:table/{table}"]
        case {"executionArn": arn}:
            return [arn]
        case (
            {"stateMachineAliasArn": arn}
            | {"stateMachineVersionArn": arn}
            | {"stateMachineArn": arn}
        ):
            return [":".join(arn.split(":")[:7])]
        case _:
            # A list of names, which is not recorded.
            alarms = (ALARM, "rollout-failures")
            return [f"arn:aws:cloudwatch:{where}:alarm:{name}" for name in alarms]


def test_the_example_rolls_out(
    stepwire_apply: ApplyFactory, stepwire_executions: Executions
) -> None:
    example = stepwire_apply(EXAMPLE)
    assert example.plan().is_empty
    ended = stepwire_executions.start(example.outputs["rollout_arn"])
    # What was applied first is what everyone gets.
    assert ended.assert_status("SUCCEEDED").output["status"] == "unchanged"
    started = stepwire_executions.start(example.outputs["start_arn"])
    assert started.assert_status("SUCCEEDED").output == {"currency": "EUR"}


def test_after_a_rollout_one_more_apply_narrows_the_role(
    stepwire_apply: ApplyFactory, stepwire_executions: Executions
) -> None:
    example = stepwire_apply(EXAMPLE)
    release = {"currency": "USD", "wait_seconds": 1}
    outputs = example.terraform.apply(release)
    assert example.terraform.plan(release).is_empty
    ended = stepwire_executions.start(outputs["rollout_arn"])
    assert ended.assert_status("SUCCEEDED").output["status"] == "succeeded"
    plan = example.terraform.plan(release)
    assert set(plan.changes) == {"module.orders.aws_iam_role_policy.deployed[0]"}
    example.terraform.apply(release)
    assert example.terraform.plan(release).is_empty
