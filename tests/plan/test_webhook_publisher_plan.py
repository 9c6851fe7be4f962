"""What the webhook publisher plans: what its role may do, what platforms are asked."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from jsonata import Jsonata

from stepwire.definitions import problems
from stepwire.pytest_plugin import PlanFactory
from stepwire.terraform import Plan
from tests.plan.test_webhook_publisher_refusals import DOMAIN, SECRET
from tests.publishing import Dev, Hashnode, Medium, OpenSearch, Platform
from tests.publishing.opensearch import Basic
from tests.stub_api import StubApi

ACCOUNT = "000000000000"
HOST = "{}.planned.example.com"


def connection(name: str) -> str:
    id_ = "11111111-2222-3333-4444-555555555555"
    return f"arn:aws:events:us-east-1:{ACCOUNT}:connection/{name}/{id_}"


def destination(platform: str, name: str = "", **settings: str) -> dict[str, Any]:
    return {
        "platform": platform,
        "endpoint": f"https://{HOST.format(name or platform)}",
        "connection_arn": connection(name or platform),
        "settings": settings,
    }


VARIABLES = {
    "webhook_publisher": {
        "name": "planned",
        "sender": {
            "signing_secret_arn": SECRET,
            "sanity": {"project_id": "zp7mbokg"},
        },
        "destinations": {
            "dev": destination("dev", organization_id="7", series="On states"),
            "hashnode": destination(
                "hashnode",
                publication_id="65f1c0ffee65f1c0ffee65f1",
            ),
            "medium": destination(
                "medium",
                author_id="5303d74c64f66366f00cb9b2a94f3251bf5",
                publish_status="unlisted",
                license="cc-40-by",
                notify_followers="false",
            ),
            "search": destination("opensearch", "search", index="posts"),
            "signed": {
                "platform": "opensearch",
                "endpoint": "https://signed.planned.example.com",
                "signed": {"domain_arn": DOMAIN},
                "settings": {"index": "posts"},
            },
            # YAML takes this name for true.
            "yes": destination("http", "yes")
            | {"request": {"create": {"path": "/build/{% $post.slug %}"}}},
        },
        "dead_letter": {
            "queue_url": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/lost"
        },
        "alarms": {},
    },
    "package": {"s3_bucket": "packages", "s3_key": "package.zip"},
}


@pytest.fixture(scope="module")
def plan(stepwire_plan: PlanFactory) -> Plan:
    return stepwire_plan(Path(__file__).parents[2], VARIABLES)


@pytest.fixture(scope="module")
def definitions(plan: Plan) -> dict[str, dict[str, Any]]:
    """The definition of each state machine, by its name."""
    return {
        machine["name"]: json.loads(machine["definition"])
        for machine in plan.of_type("aws_sfn_state_machine").values()
    }


def statements(plan: Plan, module: str) -> list[dict[str, Any]]:
    """What a state machine's role may do, besides the delivery of its logs."""
    [policy] = [
        json.loads(one["policy"])
        for address, one in plan.of_type("aws_iam_role_policy").items()
        if address.endswith(f"module.{module}.aws_iam_role_policy.execution[0]")
    ]
    return [
        one
        for one in policy["Statement"]
        if "logs:ListLogDeliveries" not in one["Action"]
    ]


def allowed(resources: list[str], *actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [*actions], "Resource": resources}


TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/planned-posts"
FUNCTIONS = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:planned"
MACHINES = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:planned"
NAMES = ("dev", "hashnode", "medium", "search", "signed", "yes")


def test_the_workflow_may_read_its_table_and_start_deliveries(plan: Plan) -> None:
    assert statements(plan, "workflow") == [
        allowed([TABLE], "dynamodb:Query"),
        allowed([f"{FUNCTIONS}-fail-execution"], "lambda:InvokeFunction"),
        allowed([f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"], "sqs:SendMessage"),
        allowed(
            [f"{MACHINES}-deliver-{name}" for name in NAMES],
            "states:StartSyncExecution",
        ),
    ]


AUTHOR = "5303d74c64f66366f00cb9b2a94f3251bf5"
CALLS = {
    "dev": {
        "GET": "/api/articles/me/all",
        "POST": "/api/articles",
        "PUT": "/api/articles/*",
    },
    "hashnode": {"POST": "/"},
    "medium": {"POST": f"/v1/users/{AUTHOR}/posts"},
    "search": {"DELETE": "/posts/_doc/*", "PUT": "/posts/_doc/*"},
    "yes": {"POST": "/build/*"},
}


@pytest.mark.parametrize("name", CALLS)
def test_a_delivery_may_call_its_platform_and_record_the_outcome(
    name: str, plan: Plan
) -> None:
    secrets = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:events!connection"
    calls = [
        {
            "Effect": "Allow",
            "Action": ["states:InvokeHTTPEndpoint"],
            "Resource": [f"{MACHINES}-deliver-{name}"],
            "Condition": {
                "StringEquals": {"states:HTTPMethod": method},
                "StringLike": {
                    "states:HTTPEndpoint": [f"https://{HOST.format(name)}{path}"]
                },
            },
        }
        for method, path in CALLS[name].items()
    ]
    assert statements(plan, f'delivery["{name}"]') == [
        allowed([TABLE], "dynamodb:UpdateItem"),
        allowed([connection(name)], "events:RetrieveConnectionCredentials"),
        allowed(
            [f"{secrets}/{name}/*"],
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
        ),
        *calls,
    ]


def test_a_signed_delivery_may_invoke_the_function_that_signs(plan: Plan) -> None:
    assert statements(plan, 'delivery["signed"]') == [
        allowed([TABLE], "dynamodb:UpdateItem"),
        allowed([f"{FUNCTIONS}-search"], "lambda:InvokeFunction"),
    ]


def test_the_definitions_are_right(definitions: dict[str, dict[str, Any]]) -> None:
    assert len(definitions) == 1 + len(NAMES)
    for name, definition in definitions.items():
        assert problems(json.dumps(definition)) == [], name
    claim = definitions["planned-deliver-yes"]["States"]["Claim"]
    assert claim["Arguments"]["Key"]["destination"] == {"S": "yes"}


def test_what_it_logs_is_each_step_and_no_data(plan: Plan) -> None:
    for machine in plan.of_type("aws_sfn_state_machine").values():
        [logging] = machine["logging_configuration"]
        assert (logging["level"], logging["include_execution_data"]) == ("ALL", False)


def test_what_anybody_may_call_is_limited_and_watched(plan: Plan) -> None:
    functions = {
        one["handler"].split(".")[1]: one
        for one in plan.of_type("aws_lambda_function").values()
    }
    assert functions.keys() == {"fail_execution", "initiate", "search"}
    assert functions["initiate"]["reserved_concurrent_executions"] == 10
    alarms = plan.of_type("aws_cloudwatch_metric_alarm").values()
    assert {alarm["alarm_name"] for alarm in alarms} >= {
        "planned-failed",
        "planned-timed-out",
        "planned-initiator-errors",
        "planned-initiator-throttles",
        "planned-webhooks",
    }


# What is asked


class Delivery:
    """A destination's state machine, whose requests are sent to a stand-in."""

    def __init__(
        self,
        definitions: dict[str, dict[str, Any]],
        platform: Platform,
        api: StubApi,
        authorization: dict[str, str],
    ) -> None:
        name = platform.host.partition(".")[0]
        self._states = definitions[f"planned-deliver-{name}"]["States"]
        self._settings = self._states["Claim"]["Assign"]["settings"]
        self._context = ssl.create_default_context(cadata=api.certificates)
        self._port = api.port
        self._authorization = authorization

    def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Sends an operation's request; the variables that the response assigns."""
        variables = {"settings": self._settings} | variables
        state = self._states[operation]
        arguments = _filled(state["Arguments"], variables)
        url = urlsplit(arguments["ApiEndpoint"])
        query = urlencode(arguments.get("QueryParameters", {}))
        connection = http.client.HTTPConnection(url.netloc)
        connection.sock = self._context.wrap_socket(
            socket.create_connection(("127.0.0.1", self._port)),
            server_hostname=url.netloc,
        )
        connection.request(
            arguments["Method"],
            f"{url.path}?{query}" if query else url.path,
            json.dumps(arguments["RequestBody"]) if "RequestBody" in arguments else "",
            {"Content-Type": "application/json"}
            | arguments.get("Headers", {})
            | self._authorization,
        )
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status < 300, body
        states = {"result": {"ResponseBody": json.loads(body)}}
        known = {"remote_id": "", "url": "", "is_searched": False, "page": 1}
        assigned: dict[str, Any] = _filled(
            state["Assign"], known | variables | {"states": states}
        )
        return assigned


def _filled(value: Any, variables: dict[str, Any]) -> Any:
    """``value`` with its expressions evaluated."""
    if isinstance(value, dict):
        return {key: _filled(each, variables) for key, each in value.items()}
    if isinstance(value, str) and value.startswith("{%"):
        expression = Jsonata(value[2:-2])
        for name, each in variables.items():
            expression.assign(name, each)
        return expression.evaluate(None)
    return value


def tags(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "slug": name.lower().replace(" ", "-")} for name in names]


HOSTILE = "<script>alert(\"1\")</script> *a* [b](c) {% $x %} {{ y }} \\ 'كل' 🎉"
POSTS: dict[str, dict[str, Any]] = {
    "nothing but text": {"tags": []},
    "one tag": {"tags": tags("Step Functions")},
    "more tags than any takes": {
        "tags": tags(
            "AWS", "Step Functions", "C++", "Ünï", "…", "z" * 40, *"defghijklmno"
        )
    },
    "a hostile title": {"title": HOSTILE, "title_markdown": HOSTILE, "tags": []},
    "a title without an end": {"title": 300 * "long ", "tags": []},
    "a cover": {"tags": [], "cover_image": {"url": "https://cdn.example.com/a.png"}},
}


@pytest.mark.parametrize("what", POSTS)
def test_each_platform_takes_what_it_is_asked(
    what: str, definitions: dict[str, dict[str, Any]], stub_api: StubApi
) -> None:
    post = {
        "id": "post-1.a",
        "title": "Hello",
        "title_markdown": "Hello",
        "slug": "Hello",
        "canonical_url": "https://blog.example.com/hello",
        "excerpt": "",
        "markdown": "Text 🎉",
        "text": "Text 🎉",
    } | POSTS[what]
    sent = {"slug": post["slug"], "canonical_url": post["canonical_url"]}
    basic = {"Authorization": "Basic cHVibGlzaGVyOnNlYXJjaC1wYXNzd29yZA=="}
    platforms: dict[Platform, dict[str, str]] = {
        Dev(stub_api, HOST.format("dev")): {"api-key": "dev-key"},
        Medium(stub_api, HOST.format("medium")): {
            "Authorization": "Bearer medium-token"
        },
        Hashnode(stub_api, HOST.format("hashnode")): {
            "Authorization": "Bearer hashnode-token"
        },
        OpenSearch(stub_api, HOST.format("search"), access=Basic()): basic,
    }
    for platform, authorization in platforms.items():
        delivery = Delivery(definitions, platform, stub_api, authorization)
        known = {"post": post, "version": 1767312000000, "sent": sent, "page": 1}
        created = delivery.ask("Create", **known)
        assert created["remote_id"]
        assert created["url"].startswith("https://")
        assert len(platform.published) == (0 if isinstance(platform, Medium) else 1)
        known["remote_id"] = created["remote_id"]
        if isinstance(platform, Dev | Hashnode):
            found = delivery.ask("Find", **known)
            assert found["remote_id"] == created["remote_id"]
            lost = {"slug": "none", "canonical_url": "https://none.example.com"}
            assert delivery.ask("Find", **known | {"sent": lost})["remote_id"] == ""
        if not isinstance(platform, Medium):
            updated = delivery.ask("Update", **known | {"version": 1767312000001})
            assert updated["remote_id"] == created["remote_id"]
            delivery.ask("Remove", **known | {"version": 1767312000002})
            assert platform.published == []
        assert [problem.reason for problem in platform.problems] == []
