"""Settings of resources that are kept and shown, so that a second plan is empty."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import pytest

from stepwire.pytest_plugin import ClientFactory

ROLE = "arn:aws:iam::000000000000:role/any"
KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def name() -> str:
    return f"settings-{uuid.uuid4().hex[:8]}"


def test_a_function_shows_the_key_of_its_variables(
    name: str, stepwire_client: ClientFactory
) -> None:
    functions = stepwire_client("lambda")
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    created = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": package.getvalue()},
        KMSKeyArn=KEY,
    )
    assert created["KMSKeyArn"] == KEY
    functions.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 1}
    )
    functions.update_function_configuration(FunctionName=name, Timeout=5)
    assert (
        functions.get_function(FunctionName=name)["Configuration"]["KMSKeyArn"] == KEY
    )
    functions.get_waiter("function_updated_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 1}
    )
    functions.update_function_configuration(FunctionName=name, KMSKeyArn="")
    shown = functions.get_function_configuration(FunctionName=name)
    assert "KMSKeyArn" not in shown
    functions.delete_function(FunctionName=name)


def test_a_log_group_gets_a_key_and_loses_it(
    name: str, stepwire_client: ClientFactory
) -> None:
    logs = stepwire_client("logs")
    logs.create_log_group(logGroupName=name)

    def key() -> str | None:
        groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        found: str | None = groups[0].get("kmsKeyId")
        return found

    logs.associate_kms_key(logGroupName=name, kmsKeyId=KEY)
    assert key() == KEY
    logs.disassociate_kms_key(logGroupName=name)
    assert key() is None
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{name}:*"
    logs.associate_kms_key(resourceIdentifier=arn, kmsKeyId=KEY)
    assert key() == KEY
    logs.delete_log_group(logGroupName=name)
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.disassociate_kms_key(logGroupName=name)


def test_a_definition_is_kept_as_it_is_written(
    name: str, stepwire_client: ClientFactory
) -> None:
    states = stepwire_client("stepfunctions")
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    arn = states.create_state_machine(
        name=name, roleArn=ROLE, definition=json.dumps(definition)
    )["stateMachineArn"]
    written = json.dumps(definition, indent=2)
    states.update_state_machine(stateMachineArn=arn, definition=written)
    shown = states.describe_state_machine(stateMachineArn=arn)
    assert shown["definition"] == written
    states.delete_state_machine(stateMachineArn=arn)
