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
            "site": destination("http", "site")
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
def definition(plan: Plan) -> dict[str, Any]:
    [machine] = plan.of_type("aws_sfn_state_machine").values()
    read: dict[str, Any] = json.loads(machine["definition"])
    return read


def test_the_role_may_do_what_the_workflow_does_and_nothing_else(plan: Plan) -> None:
    def called(method: str, *endpoints: str) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Action": ["states:InvokeHTTPEndpoint"],
            "Resource": [f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:planned"],
            "Condition": {
                "StringEquals": {"states:HTTPMethod": method},
                "StringLike": {
                    "states:HTTPEndpoint": [f"https://{one}" for one in endpoints]
                },
            },
        }

    def allowed(resources: list[str], *actions: str) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": [*actions], "Resource": resources}

    connected = ("dev", "hashnode", "medium", "search", "site")
    dev, hashnode, medium, search, site = map(HOST.format, connected)
    functions = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:planned"
    secrets = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:events!connection"
    author = "5303d74c64f66366f00cb9b2a94f3251bf5"
    [policy] = [
        json.loads(one["policy"])
        for address, one in plan.of_type("aws_iam_role_policy").items()
        if address.endswith("module.workflow.aws_iam_role_policy.execution[0]")
    ]
    statements = [
        one
        for one in policy["Statement"]
        if "logs:ListLogDeliveries" not in one["Action"]
    ]
    assert statements == [
        allowed(
            [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/planned-posts"],
            "dynamodb:GetItem",
            "dynamodb:UpdateItem",
        ),
        allowed(
            [connection(name) for name in connected],
            "events:RetrieveConnectionCredentials",
        ),
        allowed(
            [f"{functions}-search", f"{functions}-settle"], "lambda:InvokeFunction"
        ),
        allowed(
            [f"{secrets}/{name}/*" for name in connected],
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
        ),
        allowed([f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"], "sqs:SendMessage"),
        called("DELETE", f"{search}/posts/_doc/*"),
        called("GET", f"{dev}/api/articles/me/all"),
        called(
            "POST",
            f"{dev}/api/articles",
            f"{hashnode}/",
            f"{medium}/v1/users/{author}/posts",
            f"{site}/build/*",
        ),
        called("PUT", f"{dev}/api/articles/*", f"{search}/posts/_doc/*"),
    ]


def test_the_definition_is_right(definition: dict[str, Any]) -> None:
    assert problems(json.dumps(definition)) == []


def test_what_it_logs_is_each_step_and_no_data(plan: Plan) -> None:
    [machine] = plan.of_type("aws_sfn_state_machine").values()
    [logging] = machine["logging_configuration"]
    assert (logging["level"], logging["include_execution_data"]) == ("ALL", False)


def test_what_anybody_may_call_is_limited_and_watched(plan: Plan) -> None:
    functions = {
        one["handler"].split(".")[1]: one
        for one in plan.of_type("aws_lambda_function").values()
    }
    assert functions.keys() == {"initiate", "search", "settle"}
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


class Branch:
    """A destination's states, whose requests are sent to a stand-in."""

    def __init__(
        self,
        definition: dict[str, Any],
        platform: Platform,
        api: StubApi,
        authorization: dict[str, str],
    ) -> None:
        self._name = platform.host.partition(".")[0]
        [self._states] = [
            branch["States"]
            for branch in definition["States"]["Publish"]["Branches"]
            if branch["StartAt"].startswith(f"{self._name}:")
        ]
        self._context = ssl.create_default_context(cadata=api.certificates)
        self._port = api.port
        self._authorization = authorization

    def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Sends what an operation asks; the variables that the answer assigns."""
        state = self._states[f"{self._name}: {operation}"]
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
    what: str, definition: dict[str, Any], stub_api: StubApi
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
        branch = Branch(definition, platform, stub_api, authorization)
        known = {"post": post, "version": 1767312000000, "sent": sent, "page": 1}
        created = branch.ask("create", **known)
        assert created["remote_id"]
        assert created["url"].startswith("https://")
        assert len(platform.published) == (0 if isinstance(platform, Medium) else 1)
        known["remote_id"] = created["remote_id"]
        if isinstance(platform, Dev | Hashnode):
            found = branch.ask("find", **known)
            assert found["remote_id"] == created["remote_id"]
            lost = {"slug": "none", "canonical_url": "https://none.example.com"}
            assert branch.ask("find", **known | {"sent": lost})["remote_id"] == ""
        if not isinstance(platform, Medium):
            updated = branch.ask("update", **known | {"version": 1767312000001})
            assert updated["remote_id"] == created["remote_id"]
            branch.ask("remove", **known | {"version": 1767312000002})
            assert platform.published == []
        assert [problem.reason for problem in platform.problems] == []
