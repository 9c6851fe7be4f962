"""Bodies on their way to a function, by a REST API and by a function URL."""

from __future__ import annotations

import base64
import gzip
import io
import json
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from stepwire.api import ApiClient, Response
from stepwire.pytest_plugin import ClientFactory

if TYPE_CHECKING:
    from stepwire.emulator import Emulator

# A proxy's event, or the body of a request with a template, as it came.
FUNCTION = """
import json

def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    if "x-echo" in headers:
        return {"statusCode": 200, "body": event["body"]}
    found = {name: event.get(name) for name in ("body", "isBase64Encoded")}
    found["encoding"] = headers.get("content-encoding")
    return {"statusCode": 200, "body": json.dumps(found)}
"""
INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
FORM = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a b"\r\n'
    b"X-Mine: 1\r\n\r\nfirst\nsecond\r\n--edge--"
)
JSON_TEXT = '{"name": "J\u00fcrgen",  "amounts": [1.10, 1e3]}'.encode()
TEXTS = {
    "flags": (FORM, b"a&b&c=1"),
    "a form that is encoded by hand": (FORM, b"a=%7e+%2B%20~&b=1;2&a="),
    "JSON sent as a form": (FORM, JSON_TEXT),
    "multipart": ("multipart/form-data; boundary=edge", MULTIPART),
    "JSON": ("application/json; charset=utf-8", JSON_TEXT),
    "text": ("text/plain", "\ufeffgr\u00fc\u00df\r\n\r\n".encode()),
}
BYTES = bytes(range(256))
VALUES: dict[str, Any] = {
    "name": "J\u00fcrgen",
    "map": {"a": 1, "b": {"c": None, "d": True}, "list": ["x", {"y": 1.5}]},
    "list": ["a", 1, None, True, {"k": "v/w"}],
    "null": None,
    "yes": True,
    "whole": 12345678901234567890,
    "fractions": [0.5, 100.0],
    "large": 12345678.9,
    "small": 0.00012,
}
# What Java's classes write; lists of a body are JSON, as API Gateway's own are.
TEMPLATES = {
    "$input.path('$.map')": '{a=1, b={c=null, d=true}, list=["x",{"y":1.5}]}',
    "$input.path('$.map.b').toString()": "{c=null, d=true}",
    "$input.path('$.map.b')": "{c=null, d=true}",
    "$input.path('$.list')": '["a",1,null,true,{"k":"v/w"}]',
    "x$input.path('$.null')": "x",
    "$input.path('$.yes')": "true",
    "$input.path('$.whole')": "12345678901234567890",
    "$input.path('$.large')": "1.23456789E7",
    "$input.path('$.small')": "1.2E-4",
    "$input.json('$.map.b')": '{"c":null,"d":true}',
    "#set($l = ['a', 1, true])$l": "[a, 1, true]",
    "#set($l = [1..3])$l.subList(0, 2)": "[1, 2]",
    "#set($m = {'k': ['v', {'n': 2.50}]})$m": "{k=[v, {n=2.5}]}",
    "#set($m = {'k': 'v'})$m.keySet() $m.values() $m.entrySet()": "[k] [v] [k=v]",
    "#set($m = {'k': 'v'})#foreach($e in $m.entrySet())$e.key $e.getValue()#end": "k v",
    '#set($m = {"k": "v"})#set($t = "<$m>")$t': "<{k=v}>",
    "#set($m = {'k': 'v'})$util.base64Encode($m)": base64.b64encode(b"{k=v}").decode(),
    '$util.parseJson(\'{"a":{"b":[1,null]}}\')': "{a={b=[1,null]}}",
    '$util.parseJson(\'{"a":{"b":[1]}}\').a.b': "[1]",
    "$util.escapeJavaScript($input.path('$.map.b'))": "{c=null, d=true}",
    "$util.urlEncode('a b~*\u00e9')": "a+b%7E*%C3%A9",
    "$util.urlEncode($input.path('$.yes'))": "true",
    "$input.params().path": "{kind=0}",
    "$input.params().querystring": "{param1=Hello, param2=x}",
    "$input.params().get('querystring')": "{param1=Hello, param2=x}",
    "$stageVariables": "{stage=test}",
    "$context.responseOverride": "{header={}, status=0}",
}


def zipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def document(arn: str, url: str, binary_media_types: list[str]) -> dict[str, Any]:
    def to_url(template: str) -> dict[str, Any]:
        return {
            "responses": {"200": {"description": "answered"}},
            "x-amazon-apigateway-integration": {
                "type": "http",
                "httpMethod": "POST",
                "uri": url,
                "passthroughBehavior": "never",
                "requestTemplates": {"application/json": template},
                "requestParameters": {
                    "integration.request.header.Content-Type": "'text/plain'",
                    "integration.request.header.X-Echo": "'1'",
                },
                "responses": {"default": {"statusCode": "200"}},
            },
        }

    proxy = {
        "responses": {"200": {"description": "answered"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": INVOKE.format(arn),
        },
    }
    whole = {
        "responses": {"200": {"description": "answered"}},
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "httpMethod": "POST",
            "uri": url,
        },
    }
    templates = {
        f"/{{kind}}/{number}": {"post": to_url(template)}
        for number, template in enumerate([*TEMPLATES, "$context.identity"])
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": f"bodies-{uuid.uuid4().hex[:8]}", "version": "1"},
        "x-amazon-apigateway-binary-media-types": binary_media_types,
        "paths": {
            "/proxy": {"post": proxy, "put": proxy},
            "/whole": {"post": whole},
            **templates,
        },
    }


@pytest.fixture(scope="module")
def urls(
    stepwire_client: ClientFactory, stepwire_emulator: Emulator
) -> Iterator[dict[str, str]]:
    """A function's URL, and those of two APIs: one with binary media types."""
    functions, gateway = stepwire_client("lambda"), stepwire_client("apigateway")
    name = f"bodies-{uuid.uuid4().hex[:8]}"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("index.py", FUNCTION)
    arn = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]
    url = functions.create_function_url_config(FunctionName=name, AuthType="NONE")[
        "FunctionUrl"
    ]
    for action, condition in (
        ("InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        functions.add_permission(
            FunctionName=name,
            StatementId=action,
            Action=f"lambda:{action}",
            Principal="*",
            **condition,
        )
    port = stepwire_emulator.endpoint_url.rpartition(":")[2]
    found = {"function": url}
    for kind, types in (("text", []), ("binary", ["*/*"])):
        api_id = gateway.import_rest_api(body=json.dumps(document(arn, url, types)))[
            "id"
        ]
        resource = next(
            each
            for each in gateway.get_resources(restApiId=api_id)["items"]
            if each["path"] == "/proxy"
        )
        # An import makes POST of it.
        gateway.put_integration(
            restApiId=api_id,
            resourceId=resource["id"],
            httpMethod="PUT",
            type="AWS_PROXY",
            integrationHttpMethod="GET",
            uri=INVOKE.format(arn),
        )
        deployment = gateway.create_deployment(restApiId=api_id)["id"]
        gateway.create_stage(
            restApiId=api_id,
            stageName="live",
            deploymentId=deployment,
            variables={"stage": "test"},
        )
        found[kind] = f"http://{api_id}.execute-api.localhost:{port}/live"
    yield found
    for url in (found["text"], found["binary"]):
        gateway.delete_rest_api(restApiId=url.removeprefix("http://").split(".")[0])
    functions.delete_function(FunctionName=name)


Send = Callable[..., Response]


@pytest.fixture
def send(urls: dict[str, str]) -> Send:
    def post(place: str, path: str, body: bytes, kind: str, **headers: str) -> Response:
        client = ApiClient(urls[place], credentials=None)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(path, text=body, headers={"Content-Type": kind} | sent)

    return post


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_reaches_the_function_as_it_was_sent(name: str, send: Send) -> None:
    content_type, body = TEXTS[name]
    found = send("text", "/proxy", body, content_type).body
    assert found == {
        "body": body.decode(),
        "isBase64Encoded": False,
        "encoding": None,
    }


@pytest.mark.parametrize("name", TEXTS)
def test_binary_media_types_are_base64(name: str, send: Send) -> None:
    content_type, body = TEXTS[name]
    found = send("binary", "/proxy", body, content_type).body
    assert found["isBase64Encoded"]
    assert base64.b64decode(found["body"]) == body


def test_bytes_need_a_binary_media_type(send: Send) -> None:
    found = send("binary", "/proxy", BYTES, "application/octet-stream").body
    assert base64.b64decode(found["body"]) == BYTES
    lossy = send("text", "/proxy", BYTES, "application/octet-stream").body
    assert lossy["isBase64Encoded"] is False
    assert lossy["body"] == BYTES.decode("utf-8", "replace")


@pytest.mark.parametrize("place", ["text", "binary"])
def test_no_body_is_null(place: str, send: Send) -> None:
    found = send(place, "/proxy", b"", "text/plain").body
    assert found == {"body": None, "isBase64Encoded": False, "encoding": None}


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", zipped), ("deflate", zlib.compress)]
)
def test_an_api_unpacks_what_its_header_says_is_packed(
    coding: str, pack: Callable[[bytes], bytes], send: Send
) -> None:
    body = pack(JSON_TEXT)
    kind = "application/json"
    found = send("text", "/proxy", body, kind, Content_Encoding=coding).body
    # AWS does so for every integration, and leaves the header.
    assert found == {
        "body": JSON_TEXT.decode(),
        "isBase64Encoded": False,
        "encoding": coding,
    }
    # What is packed and does not say so is bytes like any other.
    found = send("binary", "/proxy", body, "application/gzip").body
    assert base64.b64decode(found["body"]) == body


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", JSON_TEXT), ("gzip", zipped(JSON_TEXT)[:-4]), ("br", JSON_TEXT)],
)
def test_what_cannot_be_unpacked_is_refused(
    coding: str, body: bytes, send: Send
) -> None:
    answer = send("text", "/proxy", body, "application/json", Content_Encoding=coding)
    assert answer.status == 415
    assert answer.body == {"message": "Unsupported Media Type"}


def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(send: Send) -> None:
    body = zipped(bytes(11 * 1024 * 1024))
    answer = send("text", "/proxy", body, "text/plain", Content_Encoding="gzip")
    assert answer.status == 413


def test_a_function_url_leaves_packed_bodies_alone(send: Send) -> None:
    body = zipped(JSON_TEXT)
    kind = "application/json"
    found = send("function", "", body, kind, Content_Encoding="gzip").body
    assert found["isBase64Encoded"]
    assert found["encoding"] == "gzip"
    assert base64.b64decode(found["body"]) == body


@pytest.mark.parametrize("name", TEXTS)
def test_a_function_url_decides_by_the_type(name: str, send: Send) -> None:
    content_type, body = TEXTS[name]
    found = send("function", "", body, content_type).body
    is_text = content_type.startswith(("text/", "application/json"))
    assert found["isBase64Encoded"] is not is_text
    received = found["body"].encode() if is_text else base64.b64decode(found["body"])
    assert received == body


@pytest.mark.parametrize("name", TEXTS)
def test_an_http_proxy_reaches_a_function_url_with_the_same_bytes(
    name: str, send: Send
) -> None:
    content_type, body = TEXTS[name]
    found = send("text", "/whole", body, content_type).body
    text = found["body"]
    received = base64.b64decode(text) if found["isBase64Encoded"] else text.encode()
    assert received == body


def test_a_function_is_invoked_by_post_alone(urls: dict[str, str]) -> None:
    answer = ApiClient(urls["text"], credentials=None).request("PUT", "/proxy", {})
    assert (answer.status, answer.body) == (500, {"message": "Internal server error"})
    assert answer.headers["x-amzn-errortype"] == "InternalServerErrorException"


@pytest.mark.parametrize("number", range(len(TEMPLATES)))
def test_a_template_writes_values_as_java_does(number: int, send: Send) -> None:
    body = json.dumps(VALUES).encode()
    # .NET's and OkHttp's clients always say which charset JSON has.
    kind = "application/json; charset=utf-8"
    answer = send("text", f"/0/{number}?param1=Hello&param2=x", body, kind)
    assert answer.status == 200, answer
    assert answer.text == list(TEMPLATES.values())[number]


def test_a_template_writes_the_caller_as_a_map(send: Send) -> None:
    answer = send("text", f"/0/{len(TEMPLATES)}", b"{}", "application/json")
    assert answer.text.startswith("{accountId=null, accessKey=null, ")
    assert "sourceIp=127.0.0.1" in answer.text
    assert "'" not in answer.text
