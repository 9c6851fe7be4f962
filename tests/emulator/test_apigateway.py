"""REST APIs on the embedded emulator, where stock LocalStack differs from AWS."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from stepwire.api import ApiClient, Response
from stepwire.pytest_plugin import ClientFactory
from tests.waiting import until

if TYPE_CHECKING:
    from stepwire.emulator import Emulator

ROLE = "arn:aws:iam::000000000000:role/any"
TEXTS = [
    'it\'s "quoted" and \\ slashed / twice //',
    "line\nfeed\ttab \x1f",
    "\u00e9 \u2028 \U0001f600",
    "$util.escapeJavaScript('x') ${x} $input.body #set($x = 1) #if(true) #* */ ##",
    "</script> & < >",
    "\\' \\\\' '\\",
]
SCHEMAS = {
    "Item": {
        "type": "object",
        "required": ["sku", "quantity"],
        "additionalProperties": False,
        "properties": {
            "sku": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
            "quantity": {"type": "integer", "minimum": 1},
            "price": {
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 1000,
                "multipleOf": 0.01,
            },
        },
    },
    "Order": {
        "type": "object",
        "required": ["order_id", "items"],
        "additionalProperties": False,
        "properties": {
            "order_id": {"type": "string", "minLength": 2, "pattern": "^[\\w-]+$"},
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/components/schemas/Item"},
            },
            "kind": {"enum": ["new", "used"]},
            "mail": {"type": "string", "format": "email"},
        },
    },
}
SIBLING = (
    "A sibling ({}) of this resource already has a variable path part -- "
    "only one is allowed"
)
IDENTITY = {
    name: f"$context.identity.{name}"
    for name in ("userArn", "user", "caller", "accountId", "accessKey")
}
CALL = {
    "requestId": "$context.requestId",
    "extendedRequestId": "$context.extendedRequestId",
    "requestTime": "$context.requestTime",
    "requestTimeEpoch": "$context.requestTimeEpoch",
    "httpMethod": "$context.httpMethod",
    "path": "$context.path",
    "resourcePath": "$context.resourcePath",
    "stage": "$context.stage",
    "accountId": "$context.accountId",
    "apiId": "$context.apiId",
    "domainName": "$context.domainName",
    "sourceIp": "$context.identity.sourceIp",
    "userAgent": "$context.identity.userAgent",
}
LOG_FORMAT = {
    "id": "$context.requestId",
    "status": "$context.status",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "caller": "$context.identity.userArn",
    "error": "$context.error.message",
    "integration": "$context.integration.status",
    "bytes": "$context.responseLength",
}
INPUT = "$util.escapeJavaScript($input.json('$')).replaceAll(\"\\\\'\", \"'\")"


def mock(template: str, **settings: Any) -> dict[str, Any]:
    """An operation that answers with a rendered response template."""
    return {
        "responses": {"200": {"description": "answered"}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseTemplates": {"application/json": template},
                }
            },
        },
    } | settings


def action(name: str, template: str, answer: str, **settings: Any) -> dict[str, Any]:
    """An operation that calls an action of Step Functions."""
    failed = (
        '#set($type = $input.path("$.__type"))'
        '#if($type.endsWith("#ExecutionAlreadyExists"))'
        "#set($context.responseOverride.status = 409)"
        "#end"
        '{"type":"$type","message":"'
        '$util.escapeJavaScript($input.path("$.message")).replaceAll("\\\\\'", "\'")"}'
    )
    return {
        "responses": {"200": {"description": "answered"}},
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": "POST",
            "uri": f"arn:aws:apigateway:us-east-1:states:action/{name}",
            "credentials": ROLE,
            "passthroughBehavior": "never",
            "requestParameters": {
                "integration.request.header.Content-Type": (
                    "'application/x-amz-json-1.0'"
                )
            },
            "requestTemplates": {"application/json": template},
            "responses": {
                "default": {
                    "statusCode": "202",
                    "responseTemplates": {"application/json": answer},
                },
                "4\\d{2}": {
                    "statusCode": "400",
                    "responseTemplates": {"application/json": failed},
                },
                "5\\d{2}": {"statusCode": "502"},
                # No success is matched by a pattern on AWS.
                "2\\d{2}": {"statusCode": "500"},
            },
        },
    } | settings


def document(standard: str, express: str) -> dict[str, Any]:
    signed = {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
    validated = {"x-amazon-apigateway-request-validator": "body"}
    order = {
        "requestBody": {
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Order"}}
            }
        }
    }
    inline = {
        "requestBody": {
            "content": {
                "application/json": {"schema": {"type": "object", "required": ["a"]}}
            }
        }
    }
    refused = {
        "error": "$context.error.responseType",
        "reason": "$context.error.validationErrorString",
        "id": "$context.requestId",
    }
    body = json.dumps(refused)[:-1] + ', "message": $context.error.messageString}'
    return {
        "openapi": "3.0.1",
        "info": {"title": f"emulator-{uuid.uuid4().hex[:8]}", "version": "1"},
        "x-amazon-apigateway-request-validators": {
            "body": {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_4XX": {
                "responseTemplates": {"application/json": body},
                "responseParameters": {
                    "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
                    "gatewayresponse.header.X-Id": "context.requestId",
                },
            },
            "INVALID_SIGNATURE": {
                "statusCode": 401,
                "responseTemplates": {"application/json": '{"error":"signature"}'},
            },
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            },
        },
        "paths": {
            "/signed": {
                "get": mock(json.dumps(IDENTITY)) | signed,
                "post": mock(json.dumps(IDENTITY)) | {"security": [{"sigv4": []}]},
            },
            "/call/{id}": {"get": mock(json.dumps(CALL))},
            "/validated": {"post": mock("{}") | validated | order},
            "/inline": {"post": mock("{}") | validated | inline},
            "/orders": {
                "post": action(
                    "StartExecution",
                    f'{{"stateMachineArn":"{standard}",'
                    '"name":"$util.escapeJavaScript($input.path("$.order_id"))",'
                    f'"input":"{INPUT}"}}',
                    '{"started":"$input.path("$.executionArn").split(":")[7]"}',
                )
            },
            "/echo": {
                "post": action(
                    "StartSyncExecution",
                    f'{{"stateMachineArn":"{express}","input":"{INPUT}"}}',
                    '$input.path("$.output")',
                )
            },
            "/apostrophes": {
                "post": action(
                    "StartSyncExecution",
                    f'{{"stateMachineArn":"{express}",'
                    '"input":"$util.escapeJavaScript($input.json(\'$\'))"}',
                    '$input.path("$.output")',
                )
            },
            "/fields": {
                "post": action(
                    "StartSyncExecution",
                    f'{{"stateMachineArn":"{express}","input":"{INPUT}"}}',
                    '#set($o = $util.parseJson($input.path("$.output")))'
                    '{"first":"$o.items[0].sku","count":$o.items.size(),'
                    '"all":"#foreach($i in $o.items)$i.sku#if($foreach.hasNext),#end'
                    '#end","long":#if($o.name.length() > 3 && $o.name.matches("A.*"))'
                    'true#{else}false#end,"missing":"$!o.missing",'
                    '"swapped":"$o.name.replaceAll("(\\w+) (\\w+)", "$2 $1")",'
                    '"url":"$util.urlEncode($o.name)",'
                    '"text":"$util.base64Decode($util.base64Encode($o.name))"}',
                )
            },
        },
    }


@dataclass
class Api:
    id: str
    url: str
    log_group: str

    def client(self, *credentials: str) -> ApiClient:
        return ApiClient(self.url, credentials=credentials or None)

    def post(self, path: str, body: Any = None, **options: Any) -> Response:
        return self.client().post(path, body, **options)


@pytest.fixture(scope="module")
def api(stepwire_client: ClientFactory, stepwire_emulator: Emulator) -> Iterator[Api]:
    states = stepwire_client("stepfunctions")
    gateway, logs = stepwire_client("apigateway"), stepwire_client("logs")
    machines = [
        states.create_state_machine(
            name=f"api-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(
                {"StartAt": "A", "States": {"A": state | {"End": True}}}
            ),
            roleArn=ROLE,
            type=type,
        )["stateMachineArn"]
        for type, state in [
            ("STANDARD", {"Type": "Wait", "Seconds": 60}),
            ("EXPRESS", {"Type": "Pass"}),
        ]
    ]
    group = f"/access/{uuid.uuid4().hex[:8]}"
    logs.create_log_group(logGroupName=group)
    body = json.dumps(document(*machines)).encode()
    api_id = gateway.import_rest_api(body=body)["id"]
    gateway.create_deployment(restApiId=api_id, stageName="live")
    gateway.update_stage(
        restApiId=api_id,
        stageName="live",
        patchOperations=[
            {
                "op": "replace",
                "path": "/accessLogSettings/destinationArn",
                "value": f"arn:aws:logs:us-east-1:000000000000:log-group:{group}",
            },
            {
                "op": "replace",
                "path": "/accessLogSettings/format",
                "value": json.dumps(LOG_FORMAT),
            },
        ],
    )
    port = stepwire_emulator.endpoint_url.rpartition(":")[2]
    url = f"http://{api_id}.execute-api.localhost:{port}/live"
    yield Api(api_id, url, group)
    gateway.delete_rest_api(restApiId=api_id)
    logs.delete_log_group(logGroupName=group)
    for arn in machines:
        states.delete_state_machine(stateMachineArn=arn)


# Who calls


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unsigned_call_of_a_signed_method_is_refused(method: str, api: Api) -> None:
    answer = api.client().request(method, "/signed")
    assert answer.status == 403
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    assert answer.body["message"] == "Missing Authentication Token"


def test_the_root_user_is_known_by_its_account(api: Api) -> None:
    for path in ("/signed", "/signed?b=2&a=x%20y&a=1&c"):
        answer = api.client("test", "test").get(path)
        assert answer.status == 200, answer.text
        assert answer.body == {
            "userArn": "arn:aws:iam::000000000000:root",
            "user": "000000000000",
            "caller": "000000000000",
            "accountId": "000000000000",
            "accessKey": "test",
        }


def test_a_signed_body_is_read(api: Api) -> None:
    assert api.client("test", "test").post("/signed", {"x": "\u00e9"}).status == 200


def test_an_iam_user_is_known_by_name(api: Api, stepwire_client: ClientFactory) -> None:
    iam, name = stepwire_client("iam"), f"caller-{uuid.uuid4().hex[:8]}"
    user = iam.create_user(UserName=name)["User"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    caller = api.client(key["AccessKeyId"], key["SecretAccessKey"]).get("/signed")
    assert caller.body["userArn"] == user["Arn"]
    assert caller.body["user"] == user["UserId"]
    assert api.client(key["AccessKeyId"], "wrong").get("/signed").status == 401
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


def test_an_assumed_role_is_known_by_its_session(
    api: Api, stepwire_client: ClientFactory
) -> None:
    role = stepwire_client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")
    key, secret, token = (
        role["Credentials"][name]
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")
    )
    caller = api.client(key, secret, token).get("/signed")
    assert caller.body["userArn"].endswith(":assumed-role/any/me")
    assert caller.body["user"].endswith(":me")
    for wrong in ((key, secret), (key, secret, "other"), (key, "wrong", token)):
        assert api.client(*wrong).get("/signed").status == 401


def test_a_wrong_signature_is_refused_with_its_own_gateway_response(api: Api) -> None:
    answer = api.client("test", "wrong").get("/signed")
    assert (answer.status, answer.body) == (401, {"error": "signature"})
    assert answer.headers["x-amzn-errortype"] == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("Bearer secret", "requires 'Credential' parameter"),
        ("AWS4-HMAC-SHA256 Credential=x, Signature=y", "requires 'SignedHeaders'"),
    ],
)
def test_what_is_no_signature_is_refused(header: str, problem: str, api: Api) -> None:
    answer = api.client().get("/signed", headers={"Authorization": header})
    assert answer.status == 401
    assert answer.headers["x-amzn-errortype"] == "IncompleteSignatureException"
    assert "secret" not in answer.text


def test_an_old_signature_is_refused(api: Api) -> None:
    header = (
        "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/execute-api/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0"
    )
    answer = api.client().get(
        "/signed", headers={"Authorization": header, "X-Amz-Date": "20200101T000000Z"}
    )
    assert answer.status == 401


# What is called


def test_a_template_knows_the_call(api: Api, stepwire_emulator: Emulator) -> None:
    answer = api.client().get("/call/7?q=1", headers={"User-Agent": "tests"})
    host = api.url.removeprefix("http://").removesuffix("/live")
    expected = {
        "httpMethod": "GET",
        "path": "/live/call/7",
        "resourcePath": "/call/{id}",
        "stage": "live",
        "accountId": "000000000000",
        "apiId": api.id,
        "domainName": host,
        "sourceIp": "127.0.0.1",
        "userAgent": "tests",
        "requestId": answer.headers["x-amzn-requestid"],
    }
    assert expected.items() <= answer.body.items()
    assert abs(int(answer.body["requestTimeEpoch"]) / 1000 - time.time()) < 60
    parsed = time.strptime(answer.body["requestTime"], "%d/%b/%Y:%H:%M:%S +0000")
    assert parsed.tm_year > 2000
    assert len(answer.body["extendedRequestId"]) == 16


def test_an_api_is_found_by_path_as_well(api: Api, stepwire_emulator: Emulator) -> None:
    url = f"{stepwire_emulator.endpoint_url}/_aws/execute-api/{api.id}/live"
    assert ApiClient(url).get("/call/7").body["resourcePath"] == "/call/{id}"
    assert ApiClient(url).get("/signed").status == 200


@pytest.mark.parametrize("call", [("GET", "/nowhere"), ("DELETE", "/call/7")])
def test_what_is_not_there_answers_with_a_gateway_response(
    call: tuple[str, str], api: Api
) -> None:
    answer = api.client().request(*call)
    assert answer.status == 403
    assert answer.body["error"] == "MISSING_AUTHENTICATION_TOKEN"
    assert answer.body["id"] == answer.headers["x-id"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_stage_that_is_not_there_is_forbidden(api: Api) -> None:
    answer = ApiClient(api.url.replace("/live", "/none")).get("/call/7")
    assert (answer.status, answer.body) == (403, {"message": "Forbidden"})


# Bodies


GOOD = {"order_id": "o-1", "items": [{"sku": "a", "quantity": 1, "price": 0.3}]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"order_id": None}, "instance type (null) does not match any allowed"),
        ({"order_id": "a"}, 'string "a" is too short (length: 1, required minimum: 2)'),
        ({"order_id": "a b"}, 'ECMA 262 regex "^[\\\\w-]+$" does not match input'),
        ({"order_id": "ab\n"}, "does not match input string"),
        ({"order_id": "\u00e9\u00e9"}, "does not match input string"),
        ({"items": []}, "array is too short: must have at least 1 elements"),
        ({"extra": 1}, 'properties which are not allowed by the schema: ["extra"]'),
        ({"kind": "x"}, 'not found in enum (possible values: ["new","used"])'),
        ({"items": [{}]}, 'missing required properties (["quantity","sku"])'),
        ({"items": [{"sku": "a", "quantity": 0}]}, "(minimum: 1, found: 0)"),
        ({"items": [{"sku": "a", "quantity": 1.5}]}, '(allowed: ["integer"])'),
        ({"items": [{"sku": "a", "quantity": 1.0}]}, "instance type (number)"),
        ({"items": [{"sku": "a", "quantity": True}]}, "instance type (boolean)"),
        ({"items": [{"sku": "a", "quantity": 1, "price": 0}]}, "not strictly greater"),
        (
            {"items": [{"sku": "a", "quantity": 1, "price": 0.015}]},
            "remainder of division is not zero",
        ),
        (
            {"items": [{"sku": "long-sku", "quantity": 1}]},
            'string "long-sku" is too long (length: 8, maximum allowed: 5)',
        ),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_a_body_that_breaks_its_schema_is_refused_with_the_reason(
    change: dict[str, Any], reason: str, api: Api
) -> None:
    answer = api.post("/validated", GOOD | change)
    assert answer.status == 400
    assert answer.body["error"] == "BAD_REQUEST_BODY"
    assert answer.body["message"] == "Invalid request body"
    assert reason in answer.body["reason"]


@pytest.mark.parametrize("text", ["", "{}"])
def test_all_missing_properties_are_named(text: str, api: Api) -> None:
    answer = api.post("/validated", text=text)
    assert answer.body["reason"] == (
        '[object has missing required properties (["items","order_id"])]'
    )


@pytest.mark.parametrize(
    "text", ["{not json", "[1,]", '{"a": NaN}', b"\xff", "[" * 9999]
)
def test_a_body_that_is_no_json_is_refused(text: str | bytes, api: Api) -> None:
    for path in ("/validated", "/echo"):
        answer = api.post(path, text=text)
        assert answer.status == 400, answer.text
        assert answer.body["error"] == "BAD_REQUEST_BODY"


def test_a_number_beyond_all_bounds_is_refused(api: Api) -> None:
    for price in ("1e400", "1e999999999", "-1e400"):
        text = json.dumps(GOOD).replace("0.3", price)
        assert api.post("/validated", text=text).status == 400


def test_a_good_body_passes(api: Api) -> None:
    assert api.post("/validated", GOOD | {"mail": "formats are no rules"}).status == 200


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"],
)
def test_json_may_say_which_charset_it_has(content_type: str, api: Api) -> None:
    headers = {"Content-Type": content_type}
    for path in ("/validated", "/echo"):
        good = api.post(path, GOOD, headers=headers)
        plain = api.post(path, GOOD)
        assert (good.status, good.text) == (plain.status, plain.text)
        assert good.status < 300
    bad = api.post("/validated", {"order_id": "1"}, headers=headers)
    assert (bad.status, bad.body["error"]) == (400, "BAD_REQUEST_BODY")


def test_a_schema_written_where_it_is_used_counts(api: Api) -> None:
    assert api.post("/inline", {"b": 1}).status == 400
    assert api.post("/inline", {"a": 1}).status == 200


def test_another_content_type_is_not_supported(api: Api) -> None:
    answer = api.post("/echo", text="x", headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.body["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_more_than_ten_megabytes_are_too_large(api: Api) -> None:
    answer = api.post("/echo", text="x" * (10 * 1024 * 1024 + 1))
    assert (answer.status, answer.body["error"]) == (413, "REQUEST_TOO_LARGE")


# Templates


@pytest.mark.parametrize("text", TEXTS)
def test_text_reaches_the_state_machine_unchanged(text: str, api: Api) -> None:
    for body in ({"text": text, text: [text]}, text, [text]):
        answer = api.post("/echo", body)
        assert (answer.status, answer.body) == (202, body)


def test_values_reach_the_state_machine_unchanged(api: Api) -> None:
    body = {"i": 12345678901234567890, "f": 0.1, "n": None, "b": [True, False], "e": {}}
    assert api.post("/echo", body).body == body


def test_an_empty_body_is_an_empty_object(api: Api) -> None:
    assert api.post("/echo").body == {}


def test_an_apostrophe_that_is_left_escaped_is_no_json(api: Api) -> None:
    assert api.post("/apostrophes", {"a": "b"}).status == 202
    answer = api.post("/apostrophes", {"a": "it's"})
    assert answer.status == 400
    assert answer.body["type"] == "com.amazon.coral.service#SerializationException"


def test_a_response_template_reads_the_output(api: Api) -> None:
    body = {"name": "Ada Lovelace", "items": [{"sku": "a"}, {"sku": "b"}]}
    assert api.post("/fields", body).body == {
        "first": "a",
        "count": 2,
        "all": "a,b",
        "long": True,
        "missing": "",
        "swapped": "Lovelace Ada",
        "url": "Ada+Lovelace",
        "text": "Ada Lovelace",
    }


def test_an_error_of_step_functions_reaches_the_response_template(api: Api) -> None:
    name = f"order-{uuid.uuid4().hex[:8]}"
    first = api.post("/orders", {"order_id": name})
    assert (first.status, first.body) == (202, {"started": name})
    assert api.post("/orders", {"order_id": name}).body == first.body
    other = api.post("/orders", {"order_id": name, "more": 1})
    assert other.status == 409
    assert other.body["message"].startswith("Execution Already Exists: 'arn:aws:states")
    bad = api.post("/orders", {"order_id": "with space"})
    assert bad.status == 400
    assert bad.body["type"] == "com.amazonaws.swf.service.v2.model#InvalidName"
    large = api.post("/orders", {"order_id": "large", "text": "x" * 262_144})
    assert large.status == 400
    assert large.body["type"] == "com.amazon.coral.validate#ValidationException"


# Access logs


def test_each_call_is_a_line_of_json_in_the_stages_log_group(
    api: Api, stepwire_client: ClientFactory
) -> None:
    calls = [
        api.client("test", "test").get("/signed"),
        api.client().get("/signed"),
        api.post("/echo", {"a": 1}),
    ]
    lines = _lines(stepwire_client("logs"), api, calls)
    assert [(line["method"], line["resource"], line["status"]) for line in lines] == [
        ("GET", "/signed", "200"),
        ("GET", "/signed", "403"),
        ("POST", "/echo", "202"),
    ]
    assert [line["caller"] for line in lines] == [
        "arn:aws:iam::000000000000:root",
        "-",
        "-",
    ]
    assert [line["error"] for line in lines] == [
        "-",
        "Missing Authentication Token",
        "-",
    ]
    assert lines[2]["integration"] == "200"
    assert [line["bytes"] for line in lines] == [str(len(c.text)) for c in calls]


def _lines(logs: Any, api: Api, calls: list[Response]) -> list[dict[str, Any]]:
    """The log lines of some calls, in their order; waits until all are there."""
    ids = [call.headers["x-amzn-requestid"] for call in calls]

    def look() -> list[dict[str, Any]] | None:
        events = logs.filter_log_events(logGroupName=api.log_group)["events"]
        found = {
            line["id"]: line for line in (json.loads(e["message"]) for e in events)
        }
        return [found[id] for id in ids] if set(ids) <= set(found) else None

    return until(look, f"lines of {ids}")


# What an API is made of


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (
            ["/orders/{id}", "/orders/{order_id}/items"],
            SIBLING.format("{id}"),
        ),
        (
            ["/files/{all+}", "/files/{name}"],
            SIBLING.format("{all+}"),
        ),
        (
            ["/{all+}", "/{all+}/more"],
            "Cannot create a child of a resource with a greedy path variable: {all+}",
        ),
    ],
)
def test_paths_that_exclude_each_other_are_not_imported(
    paths: list[str], problem: str, stepwire_client: ClientFactory
) -> None:
    gateway = stepwire_client("apigateway")
    document = {"openapi": "3.0.1", "info": {"title": uuid.uuid4().hex, "version": "1"}}
    good = document | {"paths": {"/kept/{id}": {"get": mock("{}")}}}
    bad = document | {"paths": {path: {"get": mock("{}")} for path in paths}}
    message = (
        "Errors found during import:\n\t"
        f"Unable to create resource at path '{paths[-1]}': {problem}"
    )

    with pytest.raises(gateway.exceptions.BadRequestException) as refused:
        gateway.import_rest_api(body=json.dumps(bad))
    assert refused.value.response["Error"]["Message"] == message
    names = [each["name"] for each in gateway.get_rest_apis(limit=500)["items"]]
    assert document["info"]["title"] not in names

    api_id = gateway.import_rest_api(body=json.dumps(good))["id"]
    before = gateway.get_resources(restApiId=api_id)["items"]
    with pytest.raises(gateway.exceptions.BadRequestException) as refused:
        gateway.put_rest_api(restApiId=api_id, mode="overwrite", body=json.dumps(bad))
    assert refused.value.response["Error"]["Message"] == message
    assert gateway.get_resources(restApiId=api_id)["items"] == before
    gateway.delete_rest_api(restApiId=api_id)


def test_a_document_is_merged_with_paths_that_it_does_not_exclude(
    stepwire_client: ClientFactory,
) -> None:
    gateway = stepwire_client("apigateway")

    def document(*paths: str) -> str:
        return json.dumps(
            {
                "openapi": "3.0.1",
                "info": {"title": "merged", "version": "1"},
                "paths": {path: {"get": mock("{}")} for path in paths},
            }
        )

    def paths() -> set[str]:
        found = gateway.get_resources(restApiId=api_id)["items"]
        return {each["path"] for each in found}

    api_id = gateway.import_rest_api(body=document("/orders/{id}"))["id"]
    with pytest.raises(gateway.exceptions.BadRequestException, match="A sibling"):
        gateway.put_rest_api(
            restApiId=api_id, mode="merge", body=document("/orders/{order_id}/items")
        )
    assert paths() == {"/", "/orders", "/orders/{id}"}
    gateway.put_rest_api(
        restApiId=api_id, mode="merge", body=document("/orders/{id}/items")
    )
    assert paths() >= {"/orders/{id}/items"}
    gateway.delete_rest_api(restApiId=api_id)


def test_resources_are_listed_with_their_methods_where_that_is_asked_for(
    api: Api, stepwire_client: ClientFactory
) -> None:
    gateway = stepwire_client("apigateway")

    def methods(embed: list[str]) -> dict[str, Any]:
        listed = gateway.get_resources(restApiId=api.id, limit=500, embed=embed)
        resource = next(each for each in listed["items"] if "resourceMethods" in each)
        found: dict[str, Any] = resource["resourceMethods"]
        one = gateway.get_resource(
            restApiId=api.id, resourceId=resource["id"], embed=embed
        )
        assert one["resourceMethods"] == found
        return found

    short, whole = methods([]), methods(["methods"])
    assert short == {verb: {} for verb in whole}
    assert all("methodIntegration" in method for method in whole.values())
    exported = gateway.get_export(
        restApiId=api.id,
        stageName="live",
        exportType="oas30",
        parameters={"extensions": "apigateway"},
    )
    assert b"x-amazon-apigateway-integration" in exported["body"].read()


@pytest.mark.parametrize(
    "document",
    [[], 3, "text", None, {"paths": ["/a"]}, {"paths": "/a"}, {"paths": {"/a": None}}],
    ids=json.dumps,
)
def test_what_is_no_openapi_document_is_refused_and_leaves_no_api(
    stepwire_client: ClientFactory, document: Any
) -> None:
    gateway = stepwire_client("apigateway")
    before = {api["id"] for api in gateway.get_rest_apis()["items"]}
    with pytest.raises(gateway.exceptions.BadRequestException, match="Invalid OpenAPI"):
        gateway.import_rest_api(body=json.dumps(document))
    assert {api["id"] for api in gateway.get_rest_apis()["items"]} == before
