"""What the link approval plans, and what it refuses to.

Not by `terraform test` as its other promises: two dozen refusals are two plans here.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from stepwire.terraform import Plan, TerraformError

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "modules" / "link-approval"
GOOD = {
    "name": "approval",
    "approvers": ["Ann Lee <Ann@Example.com>", " ben@example.com "],
    "package": {"s3_bucket": "packages", "s3_key": "package.zip"},
}


def configuration(folder: Path, module: Path, calls: dict[str, dict[str, Any]]) -> Path:
    """A root module that calls ``module`` once for each of ``calls``."""
    blocks = []
    for name, arguments in calls.items():
        written = "".join(
            f"  {key} = {json.dumps(value)}\n"
            for key, value in (GOOD | {"name": name} | arguments).items()
        )
        source = json.dumps(os.path.relpath(module, folder))
        blocks.append(f'module "{name}" {{\n  source = {source}\n{written}}}\n')
    folder.joinpath("main.tf").write_text("\n".join(blocks), encoding="utf-8")
    return folder


WRONG = {
    "a name with a space": ({"name": "my approval"}, "name must be 1 to 40 characters"),
    "no approvers": ({"approvers": []}, "It is empty."),
    "an approver without an address": ({"approvers": ["Ann"]}, 'Not so: "Ann".'),
    "an approver twice": (
        {"approvers": ["ann@example.com", "Ann <ANN@example.com>"]},
        "approvers has an address twice",
    ),
    "a sender without an address": (
        {
            "ses": {
                "from": "Approvals",
                "identity_arn": "arn:aws:ses:eu-west-1:123456789012:identity/a.example",
            }
        },
        "ses.from is an e-mail address",
    ),
    "a sender's identity that is no ARN": (
        {"ses": {"from": "a@example.com", "identity_arn": "example.com"}},
        "ses.identity_arn is the ARN of an SES identity",
    ),
    "no choices": ({"choices": []}, "choices is empty"),
    "a choice that is a way to end": (
        {"choices": [{"value": "expired"}]},
        'choices: "expired" and "undecided" are decisions that the approval makes',
    ),
    "a choice twice": (
        {"choices": [{"value": "yes"}, {"value": "yes"}]},
        "choices has a value twice",
    ),
    "a choice with a space": (
        {"choices": [{"value": "oh yes"}]},
        'Not so: "oh yes".',
    ),
    "a color that is hard to read": (
        {"choices": [{"value": "yes", "color": "yellow"}]},
        "color is green, red, amber, blue, purple or gray",
    ),
    "a quorum that is no number": ({"quorum": "most"}, 'quorum is "any", "all" or'),
    "half a vote": ({"quorum": 1.5}, 'quorum is "any", "all" or'),
    "a quorum above the number of approvers": (
        {"quorum": 3},
        "quorum is 3, and there are 2 approvers",
    ),
    "a comment that may be": ({"comment": "MAYBE"}, 'comment is "OPTIONAL"'),
    "no time": ({"expires_in": 0}, "expires_in is a whole number of seconds"),
    "another end": ({"on_expiry": "IGNORE"}, 'on_expiry is "RESULT" or "FAIL"'),
    "half a reminder": ({"remind_every": 0.5}, "remind_every is a whole number"),
    "more reminders than a history holds": (
        {"remind_every": 60},
        "more than 500 reminders",
    ),
    "an escalation to no address": (
        {"escalate_to": ["the boss"]},
        'Not so: "the boss".',
    ),
    "an escalation after the end": (
        {"expires_in": 60, "escalate_to": ["d@example.com"], "escalate_after": 60},
        "less than expires_in",
    ),
    "an escalation to nobody": (
        {"escalate_after": 60},
        "escalate_after has no effect without escalate_to",
    ),
    "a language that does not ship": ({"language": "de"}, 'language is "en" or "es"'),
    "a text that is nowhere": (
        {"texts": {"greeting": "Hi"}},
        "texts has unknown keys: greeting",
    ),
    "a retention of nothing": (
        {"retention_in_days": 0},
        "retention_in_days is a whole number of days",
    ),
    "a key version of nothing": (
        {"link_key_version": 0},
        "link_key_version is a whole number",
    ),
}


# Checked against another variable: Terraform does that later, and not at all where
# it has refused something before.
COMPARED = {
    "a quorum above the number of approvers",
    "more reminders than a history holds",
    "an escalation after the end",
    "an escalation to nobody",
    "a text that is nowhere",
}


@pytest.fixture(scope="session")
def refusals(stepwire_plan: Any, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What Terraform says to all wrong calls.

    Of the module only what its variables need is there: no plan of two dozen
    approvals, which would take a minute.
    """
    root = tmp_path_factory.mktemp("refusals")
    module = root / "modules" / "link-approval"
    module.mkdir(parents=True)
    for name in ("approvers.tf", "variables.tf", "variables-decision.tf"):
        shutil.copy(MODULE / name, module)
    texts = Path("lambda_src", "link_approval", "texts")
    shutil.copytree(ROOT / texts, root / texts)
    said = []
    for number, names in enumerate((WRONG.keys() - COMPARED, COMPARED)):
        calls = {f"wrong-{n}": WRONG[name][0] for n, name in enumerate(names)}
        folder = root / f"calls-{number}"
        folder.mkdir()
        with pytest.raises(TerraformError) as refused:
            stepwire_plan(configuration(folder, module, calls))
        said += [" ".join(one.detail.split()) for one in refused.value.diagnostics]
    return said


@pytest.mark.parametrize("what", WRONG)
def test_a_refusal_says_what_is_wrong(refusals: list[str], what: str) -> None:
    _, message = WRONG[what]
    assert any(message in refusal for refusal in refusals), refusals


def test_there_is_one_refusal_for_each_mistake(refusals: list[str]) -> None:
    assert len(refusals) == len(WRONG)


@pytest.fixture(scope="session")
def planned(stepwire_plan: Any, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    calls: dict[str, dict[str, Any]] = {
        "plain": {},
        "full": {
            "request": {
                "title": "$.title",
                "summary": "As it is",
                "details": {"Amount": "States.Format('{} EUR', $.amount)", "Why": "so"},
            },
            "quorum": "all",
            "remind_every": 86400,
            "escalate_to": ["Dora Boss <dora@example.com>", "ann@example.com"],
            "on_expiry": "FAIL",
            "texts": {"choice_approve": "Yes"},
            "alarms": {"actions": []},
            "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/0b1c",
        },
    }
    folder = configuration(tmp_path_factory.mktemp("planned"), MODULE, calls)
    with folder.joinpath("main.tf").open("a", encoding="utf-8") as file:
        for name in calls:
            file.write(
                f'output "{name}" {{\n  value = {{\n'
                f"    task = module.{name}.task\n"
                f"    task_jsonpath = module.{name}.task_jsonpath\n  }}\n}}\n"
            )
    return stepwire_plan(folder)


def of(plan: Plan, type_: str, module: str) -> list[dict[str, Any]]:
    """The planned resources of a type in one of the calls."""
    return [
        dict(values)
        for address, values in plan.of_type(type_).items()
        if address.startswith(f"module.{module}.")
    ]


def test_each_address_gets_its_own_messages(planned: Plan) -> None:
    subscriptions = {
        subscription["endpoint"]: json.loads(subscription["filter_policy"])
        for subscription in of(planned, "aws_sns_topic_subscription", "plain")
    }
    assert subscriptions == {
        "ann@example.com": {"approver": ["ann@example.com"]},
        "ben@example.com": {"approver": ["ben@example.com"]},
    }


def test_who_is_on_both_lists_is_subscribed_once(planned: Plan) -> None:
    assert len(of(planned, "aws_sns_topic_subscription", "full")) == 3


def test_the_task_is_known_in_the_plan(planned: Plan) -> None:
    task = planned.outputs["plain"]["task"]
    assert task["Resource"] == "arn:aws:states:::states:startExecution.sync:2"
    assert task["Arguments"]["StateMachineArn"].endswith(":stateMachine:plain")
    assert task["QueryLanguage"] == "JSONata"
    path = planned.outputs["plain"]["task_jsonpath"]
    assert path["Parameters"]["Input.$"] == "$"


def test_request_texts_that_look_like_paths_are_paths(planned: Plan) -> None:
    task = planned.outputs["full"]["task_jsonpath"]
    assert task["Parameters"]["Input"] == {
        "title.$": "$.title",
        "summary": "As it is",
        "details": {"Amount.$": "States.Format('{} EUR', $.amount)", "Why": "so"},
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
    }


def test_the_table_is_encrypted_restorable_and_forgets(planned: Plan) -> None:
    (table,) = of(planned, "aws_dynamodb_table", "plain")
    assert table["server_side_encryption"][0]["enabled"]
    assert table["point_in_time_recovery"][0]["enabled"]
    assert table["ttl"][0] == {"attribute_name": "delete_at", "enabled": True}


def test_only_the_deciding_function_is_open_to_the_internet(planned: Plan) -> None:
    (url,) = of(planned, "aws_lambda_function_url", "plain")
    assert url["function_name"] == "plain-decide"
    assert url["authorization_type"] == "NONE"
    roles = of(planned, "aws_iam_role", "plain")
    assert len({role["name"] for role in roles}) == 3


def test_a_customer_managed_key_encrypts_table_secret_and_topic(planned: Plan) -> None:
    (table,) = of(planned, "aws_dynamodb_table", "full")
    (secret,) = of(planned, "aws_secretsmanager_secret", "full")
    (topic,) = of(planned, "aws_sns_topic", "full")
    arn = "arn:aws:kms:us-east-1:123456789012:key/0b1c"
    assert table["server_side_encryption"][0]["kms_key_arn"] == arn
    assert secret["kms_key_id"] == topic["kms_master_key_id"] == arn


def test_the_topic_is_encrypted_without_a_customer_managed_key(planned: Plan) -> None:
    (topic,) = of(planned, "aws_sns_topic", "plain")
    assert topic["kms_master_key_id"] == "alias/aws/sns"


def test_alarms_are_made_when_asked_for(planned: Plan) -> None:
    assert of(planned, "aws_cloudwatch_metric_alarm", "plain") == []
    names = {
        a["alarm_name"] for a in of(planned, "aws_cloudwatch_metric_alarm", "full")
    }
    assert {"full-failed", "full-notify-errors", "full-decide-throttles"} <= names
    assert "full-aborted" not in names
