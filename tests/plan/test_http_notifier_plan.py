"""What the notifier and the connection plan, and what they say of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepwire.pytest_plugin import PlanFactory
from stepwire.terraform import TerraformError

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "modules"
CONNECTION = (
    "arn:aws:events:us-east-1:123456789012:connection/slack/"
    "11111111-2222-3333-4444-555555555555"
)

# One of each, all in one plan; modules/*/tests has the others.
WRONG_NOTIFIER = {
    "name": "my notes",
    "connection_arn": "arn:aws:events:us-east-1:123456789012:event-bus/default",
    "endpoint": "http://ada:s3cret@api.example.com/notes?sig=1",
    "headers": {"Authorization": "Bearer s3cret"},
    "method": "GET",
    "body": "{}",
}
WRONG_CONNECTION = {
    "name": "slack",
    "authorization": {
        "api_key": {"name": "X-Api-Key", "value": ""},
        "basic": {"username": "ada", "password": "s3cret"},
    },
}


def test_the_root_module_composes_the_notifier(stepwire_plan: PlanFactory) -> None:
    plan = stepwire_plan(
        ROOT,
        {
            "http_notifier": {
                "name": "slack",
                "preset": "slack-web-api",
                "connection_arn": CONNECTION,
                "fields": {"channel": "#orders"},
                "state_machine": {"heartbeat": {"hours": 24}},
            }
        },
    )
    [machine] = plan.of_type("aws_sfn_state_machine").values()
    assert machine["name"] == "slack"
    [alarm] = plan.of_type("aws_cloudwatch_metric_alarm").values()
    assert alarm["alarm_name"] == "slack-heartbeat"
    send = json.loads(machine["definition"])["States"]["Send"]
    assert send["Arguments"]["ApiEndpoint"] == "https://slack.com/api/chat.postMessage"


def test_the_url_of_the_example_is_not_in_its_plan(stepwire_plan: PlanFactory) -> None:
    url = "https://hooks.slack.com/triggers/T00000000/1/s3cret"
    plan = stepwire_plan(
        ROOT / "examples" / "slack-notification", {"slack_trigger_url": url}
    )
    assert "s3cret" not in json.dumps(dict(plan.values))
    assert len(plan.of_type("aws_sfn_state_machine")) == 1


@pytest.mark.parametrize(
    ("module", "wrong", "messages"),
    [
        (
            "http-notifier",
            WRONG_NOTIFIER,
            [
                "name must be 1 to 60 characters",
                "connection_arn is the ARN of an EventBridge connection",
                "Write https://",
                "Take them out and give them to the connection",
                "Give its parameters in query",
                "an Authorization belongs into the connection",
                "remove body, or set method to",
            ],
        ),
        (
            "http-notifier",
            {
                "name": "slack",
                "connection_arn": CONNECTION,
                "preset": "slack-webhook",
                "fields": {"txt": "Hi"},
            },
            ["set endpoint_secret_arn to its ARN", "its fields are text, blocks"],
        ),
        (
            "http-connection",
            WRONG_CONNECTION,
            ["has exactly one of api_key, basic", "has an empty or unusable text"],
        ),
    ],
    ids=["requests", "webhook", "connection"],
)
def test_an_error_says_what_to_change(
    module: str,
    wrong: dict[str, object],
    messages: list[str],
    stepwire_plan: PlanFactory,
) -> None:
    with pytest.raises(TerraformError) as error:
        stepwire_plan(MODULES / module, wrong)
    details = [" ".join(one.detail.split()) for one in error.value.diagnostics]
    text = "\n".join(details)
    assert [message for message in messages if message not in text] == []
    # Terraform shows the line of the variables' file; we do not say it again.
    assert "s3cret" not in text
