"""The function between an API and a workflow: passes the body on."""

import json
import os
from typing import Any

import boto3

client = boto3.client("stepfunctions")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Starts an execution; answers with its name."""
    started = client.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"], input=event["body"]
    )
    name = started["executionArn"].rpartition(":")[2]
    return {"statusCode": 202, "body": json.dumps({"execution_name": name})}
