"""The rules of the derivation: nesting, languages, run-time targets, merging."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.plan.derivation import Case, Derived, derive, machine, task

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
TABLE = ARN.format("dynamodb", "table/{}")
FUNCTION = ARN.format("lambda", "function:{}")
TOPIC = ARN.format("sns", "{}")

PUT = task("dynamodb:putItem", {"TableName": "orders"})


def parallel(*branches: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches)}


def nested(levels: int) -> dict[str, Any]:
    """A definition whose only Task is so many levels inside it."""
    inner = machine({"Put": PUT})
    for level in range(levels, 0, -1):
        kind = {"Type": "Map", "ItemProcessor": inner} if level % 2 else parallel(inner)
        inner = machine({f"Level {level}": kind})
    return inner


def distributed(**rest: Any) -> dict[str, Any]:
    return {
        "Type": "Map",
        "ItemProcessor": machine(
            {"Each": PUT},
            ProcessorConfig={"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        ),
        **rest,
    }


def http(method: str, endpoint: dict[str, str]) -> dict[str, Any]:
    return task(
        "http:invoke",
        {
            "Method": method,
            **endpoint,
            "Authentication": {
                "ConnectionArn": ARN.format("events", "connection/chat/0a1b")
            },
        },
    )


def one(state: dict[str, Any], **case: Any) -> Case:
    return Case((machine({"Call": state}),), **case)


CASES: dict[str, Case] = {
    "nothing to call": one({"Type": "Pass"}),
    "seven levels": Case((nested(7),)),
    "eight levels": Case((nested(8),)),
    "iterator": one({"Type": "Map", "Iterator": machine({"Put": PUT})}),
    "two branches": one(
        parallel(
            machine({"Put": PUT}),
            machine({"Get": task("dynamodb:getItem", {"TableName": "stock"})}),
        )
    ),
    "function by its arn": one(task(FUNCTION.format("total:live"))),
    "activity": one(task(ARN.format("states", "activity:pack"))),
    "region in the resource": one(
        task(ARN.format("states", "sns:publish"), {"TopicArn": TOPIC.format("news")})
    ),
    "jsonata": one(
        task(
            "sns:publish",
            Arguments={"TopicArn": TOPIC.format("news"), "Message": "{% $text %}"},
        )
    ),
    "jsonata constant": one(
        task("dynamodb:putItem", Arguments={"TableName": "{% 'orders' %}"})
    ),
    "jsonata at run time": one(
        task("dynamodb:putItem", Arguments={"TableName": "{% $table %}"})
    ),
    "jsonata arguments at run time": one(
        task("dynamodb:putItem", Arguments="{% $states.input %}")
    ),
    "path at run time": one(task("dynamodb:putItem", {"TableName.$": "$.table"})),
    "path at run time, named": one(
        task("dynamodb:putItem", {"TableName.$": "$.table"}),
        targets={"dynamodb:PutItem": [TABLE.format("a"), TABLE.format("b")]},
    ),
    "named and not needed": one(
        PUT, targets={"dynamodb:PutItem": [TABLE.format("other")]}
    ),
    "no arguments": one(task("dynamodb:putItem")),
    "entry at run time": one(task("events:putEvents", {"Entries.$": "$.entries"})),
    "itself": one(
        task("states:startExecution", {"StateMachineArn.$": "$$.StateMachine.Id"})
    ),
    "itself, jsonata": one(
        task(
            "states:startExecution",
            Arguments={
                "StateMachineArn": "{% $states.context.StateMachine.Id %}",
            },
        )
    ),
    "key's beginning, jsonata": one(
        task(
            "aws-sdk:s3:putObject",
            Arguments={"Bucket": "data", "Key": "{% 'daily/' & $day %}"},
        )
    ),
    "braces in a value": one(
        task("aws-sdk:s3:getObject", {"Bucket": "data", "Key": "{Key}/a.json"})
    ),
    "map that lists": one(
        distributed(
            ItemReader={
                "Resource": "arn:aws:states:::s3:listObjectsV2",
                "Parameters": {"Bucket": "data", "Prefix": "in/"},
            },
            ResultWriter={
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "results", "Prefix": "out"},
            },
        )
    ),
    "map that reads": one(
        distributed(
            ItemReader={
                "Resource": "arn:aws:states:::s3:getObject",
                "Arguments": {"Bucket": "data", "Key": "in.csv"},
            },
        )
    ),
    "map that reads a manifest": one(
        distributed(
            ItemReader={
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "MANIFEST"},
                "Parameters": {"Bucket": "data", "Key": "manifest.json"},
            },
        )
    ),
    "map with a bucket at run time": one(
        distributed(
            ItemReader={
                "Resource": "arn:aws:states:::s3:getObject",
                "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.key"},
            },
        )
    ),
    "in another role": one(
        task(
            FUNCTION.format("theirs"),
            Credentials={"RoleArn": "arn:aws:iam::210987654321:role/guest"},
        )
    ),
    "in another role, target at run time": one(
        task(
            "dynamodb:putItem",
            {"TableName.$": "$.table"},
            Credentials={"RoleArn": "arn:aws:iam::210987654321:role/guest"},
        )
    ),
    "in another role at run time": one(
        task(FUNCTION.format("theirs"), Credentials={"RoleArn.$": "$.role"})
    ),
    "in another role at run time, named": one(
        task(FUNCTION.format("theirs"), Credentials={"RoleArn.$": "$.role"}),
        targets={"sts:AssumeRole": ["arn:aws:iam::210987654321:role/guest"]},
    ),
    "two endpoints": Case(
        (
            machine(
                {
                    "A": http("GET", {"ApiEndpoint": "https://a.example.com/"})
                    | {"Next": "B"},
                    "B": http("GET", {"ApiEndpoint": "https://b.example.com/"})
                    | {"Next": "C"},
                    "C": http("PUT", {"ApiEndpoint": "https://b.example.com/"}),
                }
            ),
        )
    ),
    "endpoint's beginning": one(
        http(
            "GET",
            {"ApiEndpoint.$": "States.Format('https://a.example.com/items/{}', $.id)"},
        )
    ),
    "endpoint's host at run time": one(
        http("GET", {"ApiEndpoint.$": "States.Format('https://{}/items', $.host)"})
    ),
    "endpoint's host at run time, named": one(
        http("GET", {"ApiEndpoint.$": "$.url"}),
        targets={"states:InvokeHTTPEndpoint": ["https://*.example.com/*"]},
    ),
    "role to pass at run time": one(
        task(
            "emr-serverless:startJobRun",
            {"ApplicationId": "app1", "ExecutionRoleArn.$": "$.role"},
        )
    ),
    "role to pass at run time, named": one(
        task(
            "emr-serverless:startJobRun",
            {"ApplicationId": "app1", "ExecutionRoleArn.$": "$.role"},
        ),
        targets={"iam:PassRole": ["arn:aws:iam::123456789012:role/job"]},
    ),
    "roles of the task definition": one(
        task("ecs:runTask", {"TaskDefinition": "report:7"}),
        targets={"iam:PassRole": ["arn:aws:iam::123456789012:role/task"]},
    ),
    "task token": one(
        task("aws-sdk:sfn:sendTaskSuccess", {"TaskToken.$": "$.token"}),
    ),
    "not in the table": one(task("aws-sdk:robomaker:createRobot", {"Name": "r2"})),
    "not in the table, named": one(
        task("aws-sdk:robomaker:createRobot", {"Name": "r2"}),
        targets={"robomaker:CreateRobot": [ARN.format("robomaker", "robot/r2/*")]},
    ),
    "repeated": Case(
        (
            machine(
                {
                    "A": PUT | {"Next": "B"},
                    "B": PUT | {"Next": "C"},
                    "C": task("dynamodb:getItem", {"TableName": "orders"})
                    | {"Next": "D"},
                    "D": task("dynamodb:putItem", {"TableName": "stock"}),
                }
            ),
        )
    ),
    "covered by a wildcard": Case(
        (
            machine(
                {
                    "A": task("aws-sdk:s3:getObject", {"Bucket": "d", "Key": "a"})
                    | {"Next": "B"},
                    "B": task("aws-sdk:s3:getObject", {"Bucket": "d", "Key.$": "$.k"}),
                }
            ),
        )
    ),
    "retained": Case(
        (
            machine({"New": task("dynamodb:getItem", {"TableName": "new"})}),
            machine({"Old": task("dynamodb:putItem", {"TableName": "old"})}),
        )
    ),
    "unknown integration": one(task("dynamodb:scan", {"TableName": "orders"})),
    "unknown pattern": one(task("sns:publish.sync", {"TopicArn": TOPIC.format("n")})),
    "unknown resource": one(task("arn:aws:s3:::bucket")),
    "queue that is no URL": one(
        task("sqs:sendMessage", {"QueueUrl": "https://work", "MessageBody": "x"})
    ),
    "queue by its name": one(task("sqs:sendMessage", {"QueueUrl": "work.fifo"})),
    "queue by its arn": one(
        task("sqs:sendMessage", {"QueueUrl": ARN.format("sqs", "work")})
    ),
    "machine by its name": one(
        task("states:startExecution.sync:2", {"StateMachineArn": "ship"})
    ),
    "in a role that is an expression": one(
        task(
            "lambda:invoke",
            Arguments={"FunctionName": "theirs"},
            Credentials="{% $role %}",
        ),
        targets={"sts:AssumeRole": ["arn:aws:iam::210987654321:role/guest"]},
    ),
    "service newer than the table": one(task("novel:runThing", {"Name": "a"})),
    "service newer than the table, named": one(
        task("novel:runThing", {"Name": "a"}),
        targets={"novel:RunThing": [ARN.format("novel", "thing/a")]},
    ),
    "optimised as an sdk call": one(
        task("rds:stopDBInstance", {"DbInstanceIdentifier": "main"})
    ),
    "statement at run time": one(
        task("aws-sdk:dynamodb:executeStatement", {"Statement.$": "$.statement"})
    ),
    "role passed by a call in capitals": one(
        task(
            "aws-sdk:lambda:CreateFunction",
            {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/f"},
        )
    ),
    "bucket of a written object at run time": one(
        task(
            "bedrock:invokeModel",
            {
                "ModelId": "amazon.nova-lite-v1:0",
                "Output": {"S3Uri.$": "States.Format('s3://out/{}.json', $.id)"},
            },
        )
    ),
    "map that lists and reads": one(
        distributed(
            ItemReader={
                "Resource": "arn:aws:states:::s3:listObjectsV2",
                "ReaderConfig": {
                    "InputType": "CSV",
                    "Transformation": "LOAD_AND_FLATTEN",
                },
                "Parameters": {"Bucket": "data", "Prefix": "in/"},
            },
        )
    ),
}


@cache
def derived() -> dict[str, Derived]:
    return derive(CASES)


def allowed(name: str) -> dict[str, list[str]]:
    got = derived()[name]
    assert not got.problems
    return got.resources


def problem(name: str) -> str:
    [text] = derived()[name].problems
    return text


def test_a_definition_that_calls_nothing_allows_nothing() -> None:
    assert derived()["nothing to call"].statements == []
    assert allowed("activity") == {}


def test_a_task_is_found_seven_levels_deep() -> None:
    assert allowed("seven levels") == {"dynamodb:PutItem": [TABLE.format("orders")]}


def test_deeper_nesting_is_an_error_and_never_a_silent_miss() -> None:
    assert "is nested deeper than 7 levels" in problem("eight levels")
    assert "Level 8" in problem("eight levels")


def test_tasks_of_maps_and_of_every_branch_are_found() -> None:
    assert allowed("iterator") == {"dynamodb:PutItem": [TABLE.format("orders")]}
    assert allowed("two branches") == {
        "dynamodb:GetItem": [TABLE.format("stock")],
        "dynamodb:PutItem": [TABLE.format("orders")],
    }


def test_a_function_may_stand_in_resource_itself() -> None:
    assert allowed("function by its arn") == {
        "lambda:InvokeFunction": [FUNCTION.format("total:live")]
    }


def test_an_integration_may_be_written_with_region_and_account() -> None:
    assert allowed("region in the resource") == {"sns:Publish": [TOPIC.format("news")]}


def test_both_query_languages_are_read() -> None:
    assert allowed("jsonata") == {"sns:Publish": [TOPIC.format("news")]}
    assert allowed("jsonata constant") == {"dynamodb:PutItem": [TABLE.format("orders")]}


def test_a_target_at_run_time_fails_with_the_state_the_action_and_the_line() -> None:
    for name, expression in {
        "path at run time": "$.table",
        "jsonata at run time": "$table",
        "jsonata arguments at run time": "$states.input",
    }.items():
        assert f'state "Call": dynamodb:PutItem (TableName is {expression})' in problem(
            name
        )
        assert f'"dynamodb:PutItem" = ["{TABLE.format("NAME")}"]' in problem(name)
    assert "dynamodb:PutItem" in problem("no arguments")
    assert "events:PutEvents" in problem("entry at run time")
    assert '"states:SendTaskSuccess" = ["' in problem("task token")


def test_a_named_target_is_what_the_action_may_touch() -> None:
    assert allowed("path at run time, named") == {
        "dynamodb:PutItem": [TABLE.format("a"), TABLE.format("b")]
    }


def test_a_target_that_no_state_needs_is_not_granted() -> None:
    assert allowed("named and not needed") == {
        "dynamodb:PutItem": [TABLE.format("orders")]
    }


def test_a_machine_that_starts_itself_may_start_itself_alone() -> None:
    own = {"states:StartExecution": [ARN.format("states", "stateMachine:machine")]}
    assert allowed("itself") == own
    assert allowed("itself, jsonata") == own


def test_what_a_run_time_value_begins_with_limits_the_permission() -> None:
    assert allowed("key's beginning, jsonata") == {
        "s3:PutObject": ["arn:aws:s3:::data/daily/*"]
    }


def test_braces_in_a_value_are_taken_as_they_are() -> None:
    assert allowed("braces in a value") == {
        "s3:GetObject": ["arn:aws:s3:::data/{Key}/a.json"]
    }


def test_a_distributed_map_runs_its_children_reads_and_writes() -> None:
    own = "execution:machine"
    children = {
        "dynamodb:PutItem": [TABLE.format("orders")],
        "states:DescribeExecution": [
            ARN.format("states", f"{own}/*:*"),
            ARN.format("states", f"{own}:*"),
        ],
        "states:RedriveExecution": [ARN.format("states", f"{own}/*:*")],
        "states:StartExecution": [ARN.format("states", "stateMachine:machine")],
        "states:StopExecution": [
            ARN.format("states", f"{own}/*:*"),
            ARN.format("states", f"{own}:*"),
        ],
    }
    assert allowed("map that lists") == children | {
        "s3:ListBucket": ["arn:aws:s3:::data"],
        "s3:GetObject": ["arn:aws:s3:::results/out*"],
        "s3:PutObject": ["arn:aws:s3:::results/out*"],
    }
    assert derived()["map that lists"].statement("s3:ListBucket")["Condition"] == {
        "StringLike": {"s3:prefix": ["in/*"]}
    }
    assert allowed("map that reads") == children | {
        "s3:GetObject": ["arn:aws:s3:::data/in.csv"]
    }
    assert allowed("map that reads a manifest") == children | {
        "s3:GetObject": ["arn:aws:s3:::data/*"]
    }


def test_a_map_that_reads_from_a_bucket_at_run_time_says_so() -> None:
    text = problem("map with a bucket at run time")
    assert 'state "Call > ItemReader": s3:GetObject (Bucket is $.bucket)' in text


def test_a_call_in_another_role_needs_that_role() -> None:
    guest = {"sts:AssumeRole": ["arn:aws:iam::210987654321:role/guest"]}
    assert allowed("in another role") == guest | {
        "lambda:InvokeFunction": [FUNCTION.format("theirs")]
    }
    assert allowed("in another role, target at run time") == guest
    assert "sts:AssumeRole (RoleArn is $.role)" in problem(
        "in another role at run time"
    )
    assert (
        allowed("in another role at run time, named")["sts:AssumeRole"]
        == guest["sts:AssumeRole"]
    )


def test_http_tasks_are_limited_to_their_methods_and_endpoints() -> None:
    conditions = [
        statement["Condition"]
        for statement in derived()["two endpoints"].statements
        if statement["Action"] == ["states:InvokeHTTPEndpoint"]
    ]
    assert conditions == [
        {
            "StringEquals": {"states:HTTPMethod": "GET"},
            "StringLike": {
                "states:HTTPEndpoint": [
                    "https://a.example.com/",
                    "https://b.example.com/",
                ]
            },
        },
        {
            "StringEquals": {"states:HTTPMethod": "PUT"},
            "StringLike": {"states:HTTPEndpoint": ["https://b.example.com/"]},
        },
    ]
    assert allowed("two endpoints")["secretsmanager:GetSecretValue"] == [
        ARN.format("secretsmanager", "secret:events!connection/chat/*")
    ]


def test_an_endpoint_at_run_time_needs_at_least_its_host() -> None:
    endpoint = derived()["endpoint's beginning"].statement("states:InvokeHTTPEndpoint")
    assert endpoint["Condition"]["StringLike"] == {
        "states:HTTPEndpoint": ["https://a.example.com/items/*"]
    }
    assert "states:InvokeHTTPEndpoint (ApiEndpoint is " in problem(
        "endpoint's host at run time"
    )
    named = derived()["endpoint's host at run time, named"]
    assert not named.problems
    statement = named.statement("states:InvokeHTTPEndpoint")
    assert statement["Resource"] == [ARN.format("states", "stateMachine:machine")]
    assert statement["Condition"]["StringLike"] == {
        "states:HTTPEndpoint": ["https://*.example.com/*"]
    }


def test_a_role_is_passed_to_one_service_only() -> None:
    assert "iam:PassRole (ExecutionRoleArn is $.role)" in problem(
        "role to pass at run time"
    )
    named = derived()["role to pass at run time, named"].statement("iam:PassRole")
    assert named["Resource"] == ["arn:aws:iam::123456789012:role/job"]
    assert named["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["emr-serverless.amazonaws.com"]}
    }


def test_roles_that_only_a_task_definition_names_can_be_added() -> None:
    given = derived()["roles of the task definition"].statement("iam:PassRole")
    assert given["Resource"] == ["arn:aws:iam::123456789012:role/task"]
    assert given["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}
    }


def test_an_action_that_the_table_lacks_asks_for_its_target() -> None:
    text = problem("not in the table")
    assert "robomaker:CreateRobot (its resources are not in this module's table)" in (
        text
    )
    assert allowed("not in the table, named") == {
        "robomaker:CreateRobot": [ARN.format("robomaker", "robot/r2/*")]
    }


def test_statements_are_merged_and_sorted() -> None:
    assert derived()["repeated"].statements == [
        {
            "Action": ["dynamodb:GetItem"],
            "Effect": "Allow",
            "Resource": [TABLE.format("orders")],
        },
        {
            "Action": ["dynamodb:PutItem"],
            "Effect": "Allow",
            "Resource": [TABLE.format("orders"), TABLE.format("stock")],
        },
    ]


def test_what_a_wildcard_covers_is_not_said_again() -> None:
    assert allowed("covered by a wildcard") == {"s3:GetObject": ["arn:aws:s3:::d/*"]}


def test_running_executions_of_earlier_definitions_keep_what_they_need() -> None:
    assert allowed("retained") == {
        "dynamodb:GetItem": [TABLE.format("new")],
        "dynamodb:PutItem": [TABLE.format("old")],
    }


def test_an_integration_that_does_not_exist_is_an_error() -> None:
    assert "calls dynamodb:scan, which is no optimised integration" in problem(
        "unknown integration"
    )
    assert "dynamodb has: getItem, putItem, updateItem, deleteItem" in problem(
        "unknown integration"
    )
    assert "calls sns:publish.sync" in problem("unknown pattern")
    assert "which is no Lambda function, activity or integration" in problem(
        "unknown resource"
    )


def test_a_value_that_no_arn_can_be_made_of_is_said_with_its_state() -> None:
    text = problem("queue that is no URL")
    assert 'state "Call": sqs:SendMessage (https://work does not tell)' in text


def test_a_name_or_an_arn_will_do_for_what_aws_calls_by_another() -> None:
    assert allowed("queue by its name") == {
        "sqs:SendMessage": [ARN.format("sqs", "work.fifo")]
    }
    assert allowed("queue by its arn") == {
        "sqs:SendMessage": [ARN.format("sqs", "work")]
    }
    started = allowed("machine by its name")
    assert started["states:StartExecution"] == [
        ARN.format("states", "stateMachine:ship")
    ]
    assert started["states:StopExecution"] == [ARN.format("states", "execution:ship:*")]


def test_credentials_may_be_one_expression() -> None:
    assert allowed("in a role that is an expression") == {
        "lambda:InvokeFunction": [FUNCTION.format("theirs")],
        "sts:AssumeRole": ["arn:aws:iam::210987654321:role/guest"],
    }


def test_an_integration_newer_than_the_table_only_asks_for_its_target() -> None:
    text = problem("service newer than the table")
    assert "novel:RunThing (its resources are not in this module's table)" in text
    assert allowed("service newer than the table, named") == {
        "novel:RunThing": [ARN.format("novel", "thing/a")]
    }


def test_an_sdk_call_written_as_an_optimised_one_is_said_how_to_write() -> None:
    text = problem("optimised as an sdk call")
    assert "write aws-sdk:rds:stopDBInstance" in text


def test_a_statement_at_run_time_may_do_anything_and_says_so() -> None:
    text = problem("statement at run time")
    for verb in ["Delete", "Insert", "Select", "Update"]:
        assert f"dynamodb:PartiQL{verb} (Statement is $.statement)" in text


def test_small_and_capital_letters_of_a_call_make_no_difference() -> None:
    assert allowed("role passed by a call in capitals") == {
        "iam:PassRole": ["arn:aws:iam::123456789012:role/f"],
        "lambda:CreateFunction": [FUNCTION.format("f")],
    }


def test_an_object_s_address_may_go_on_at_run_time() -> None:
    assert allowed("bucket of a written object at run time")["s3:PutObject"] == [
        "arn:aws:s3:::out/*"
    ]


def test_a_map_that_lists_may_read_what_it_lists() -> None:
    got = allowed("map that lists and reads")
    assert got["s3:ListBucket"] == ["arn:aws:s3:::data"]
    assert got["s3:GetObject"] == ["arn:aws:s3:::data/in/*"]
