"""How the emulator writes HTTP Tasks' requests and reads the answers, without it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

TASK = {"ApiEndpoint": "https://example.com/a", "Method": "POST"}

Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def load() -> Load:
    """Imports a module of the plugins by its name."""

    def module(name: str) -> ModuleType:
        return importlib.import_module(f"stepwire_localstack.{name}")

    return module


def build(load: Load, *, secret: Any = None, kind: str = "", **more: Any) -> Any:
    requests = load("http_tasks.requests")
    credentials = load("connections.credentials").credentials(kind, secret or {}, None)
    return requests.build(TASK | more, credentials, "eu-west-1")


# URL encoding


@pytest.mark.parametrize(
    ("array_format", "encoded"),
    [
        ("INDICES", "array%5B0%5D=a&array%5B1%5D=b&array%5B2%5D=c&array%5B3%5D=d"),
        ("REPEAT", "array=a&array=b&array=c&array=d"),
        ("COMMAS", "array=a,b,c,d"),
        ("BRACKETS", "array%5B%5D=a&array%5B%5D=b&array%5B%5D=c&array%5B%5D=d"),
    ],
)
def test_the_guides_four_array_formats(
    load: Load, array_format: str, encoded: str
) -> None:
    module = load("http_tasks.url_encoding")
    values = {"array": ["a", "b", "c", "d"]}
    assert module.encode(values, module.ArrayFormat(array_format)) == encoded


def test_the_guides_invoice(load: Load) -> None:
    values = {
        "description": "Monthly subscription",
        "metadata": {"order_details": "monthly report data"},
        "customer": "1234567890",
    }
    assert load("http_tasks.url_encoding").encode(values) == (
        "description=Monthly%20subscription"
        "&metadata%5Border_details%5D=monthly%20report%20data&customer=1234567890"
    )


@pytest.mark.parametrize(
    ("values", "encoded"),
    [
        ({"a": {"b": {"c": 1}}}, "a%5Bb%5D%5Bc%5D=1"),
        ({"a": [{"b": 1}, {"b": 2}]}, "a%5B0%5D%5Bb%5D=1&a%5B1%5D%5Bb%5D=2"),
        ({"a": [[1, 2]]}, "a%5B0%5D%5B0%5D=1&a%5B0%5D%5B1%5D=2"),
        ({"a": None, "b": True, "c": 1.5, "d": ""}, "a=&b=true&c=1.5&d="),
        ({"a&b=c": "d&e=f+g h%"}, "a%26b%3Dc=d%26e%3Df%2Bg%20h%25"),
        ({"ü": "€/~"}, "%C3%BC=%E2%82%AC%2F~"),
        ({"a": [], "b": {}}, ""),
    ],
)
def test_url_encoding(load: Load, values: dict[str, Any], encoded: str) -> None:
    assert load("http_tasks.url_encoding").encode(values) == encoded


def test_a_comma_in_an_element_is_none_between_elements(load: Load) -> None:
    module = load("http_tasks.url_encoding")
    values = {"a": ["b,c", "d"]}
    assert module.encode(values, module.ArrayFormat.COMMAS) == "a=b%2Cc,d"


# Keys without brackets: a form has no way to tell them from nested ones.
_KEYS = st.text(st.characters(exclude_characters="[]", codec="utf-8"), min_size=1)


@given(st.dictionaries(_KEYS, st.text(st.characters(codec="utf-8"))))
def test_a_form_says_what_was_put_into_it(load: Load, values: dict[str, str]) -> None:
    from urllib.parse import parse_qsl

    encoded = load("http_tasks.url_encoding").encode(values)
    assert "+" not in encoded
    assert dict(parse_qsl(encoded, keep_blank_values=True)) == values


# Requests


def test_the_guides_merged_request(load: Load) -> None:
    """ "Merging EventBridge connection and HTTP Task definition data"."""
    parameter = {"value": "connection_body_param", "is_value_secret": False}
    request = build(
        load,
        kind="API_KEY",
        secret={
            "api_key_name": "ApiKey",
            "api_key_value": "key_value",
            "invocation_http_parameters": {
                "body_parameters": [{"key": "BodyParam", **parameter}],
                "header_parameters": [{"key": "Header-Param", **parameter}],
                "query_string_parameters": [{"key": "QueryParam", **parameter}],
            },
        },
        Headers={"Request-Id": "my_request_id", "Header-Param": "state_machine"},
        QueryParameters={"QueryParam": "state_machine"},
        RequestBody={
            "Job": "Software Engineer",
            "Company": "AnyCompany",
            "BodyParam": "state_machine",
        },
    )
    assert request.url == "https://example.com/a?QueryParam=connection_body_param"
    assert dict(request.headers) == {
        "Request-Id": "my_request_id",
        "Header-Param": "connection_body_param",
        "ApiKey": "key_value",
        "Content-Type": "application/json; charset=UTF-8",
        "Range": "bytes=0-262144",
        "User-Agent": "Amazon|StepFunctions|HttpInvoke|eu-west-1",
    }
    assert request.body == (
        b'{"Job":"Software Engineer","Company":"AnyCompany",'
        b'"BodyParam":"connection_body_param"}'
    )


FORBIDDEN = """A-IM Accept-Charset Accept-Datetime Accept-Encoding Authorization
Cache-Control Connection Content-Encoding Content-MD5 Date Expect Forwarded From Host
HTTP2-Settings If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since
Max-Forwards Origin Pragma Proxy-Authorization Referer Server TE Trailer
Transfer-Encoding Upgrade Via Warning x-forwarded-for x-amz-date X-Amzn-Trace-Id"""


def test_an_address_is_encoded_once(load: Load) -> None:
    endpoint = "https://example.com/ü/%C3%BC?a=b%20c&d=é#part"
    request = build(load, ApiEndpoint=endpoint, QueryParameters={"e": "ü%"})
    assert request.url == (
        "https://example.com/%C3%BC/%C3%BC?a=b%20c&d=%C3%A9&e=%C3%BC%25"
    )


@pytest.mark.parametrize("name", FORBIDDEN.split())
def test_a_forbidden_header_is_named(load: Load, name: str) -> None:
    for written in (name, name.upper()):
        with pytest.raises(Exception, match=f"States.Runtime.*{written}"):
            build(load, Headers={written: "x"})


@pytest.mark.parametrize(
    "more",
    [
        {"Headers": {"X-A": "a\r\nX-B: b"}},
        {"Headers": {"X-A": {"b": "c"}}},
        {"Headers": "X-A: b"},
        {"QueryParameters": "a=b"},
        {"Method": "get"},
        {"Method": None},
        {"ApiEndpoint": "http://example.com"},
        {"ApiEndpoint": "https://"},
        {"ApiEndpoint": "https://example.com/a b"},
        {"ApiEndpoint": "https://example.com:99999/"},
        {"ApiEndpoint": None},
        {"RequestBody": [1], "Transform": {"RequestBodyEncoding": "URL_ENCODED"}},
        {"RequestBody": {}, "Transform": {"RequestBodyEncoding": "FORM"}},
        {
            "RequestBody": {},
            "Transform": {
                "RequestBodyEncoding": "URL_ENCODED",
                "RequestEncodingOptions": {"ArrayFormat": "DOTS"},
            },
        },
    ],
)
def test_what_cannot_be_sent_is_a_runtime_error(load: Load, more: Any) -> None:
    with pytest.raises(load("http_tasks.errors").HttpTaskError) as caught:
        build(load, **more)
    assert caught.value.error == "States.Runtime"


@pytest.mark.parametrize("body", ["text", [1, 2], 5])
def test_only_an_object_is_merged_with_body_parameters(load: Load, body: Any) -> None:
    parameter = {"key": "a", "value": "b", "is_value_secret": False}
    secret = {"invocation_http_parameters": {"body_parameters": [parameter]}}
    with pytest.raises(Exception, match="cannot be merged"):
        build(load, secret=secret, RequestBody=body)


def test_the_connection_is_named_in_one_of_two_fields(load: Load) -> None:
    arn_of = load("http_tasks.requests").connection_arn
    arn = {"ConnectionArn": "arn:1"}
    assert arn_of({"InvocationConfig": arn}) == "arn:1"
    assert arn_of({"Authentication": arn}) == "arn:1"
    with pytest.raises(Exception, match="ConnectionArn is required"):
        arn_of({"Authentication": {}})


# Answers


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("application/json", b'{"a": [1]}', {"a": [1]}),
        ("application/problem+json; charset=utf-8", b"[]", []),
        ("application/json", b"NaN", "NaN"),
        ("application/json", b"", ""),
        ("text/html; charset=latin-1", b"gr\xfc\xdfe", "grüße"),
        (None, b"plain", "plain"),
    ],
)
def test_the_response_body(
    load: Load, content_type: str | None, body: bytes, value: Any
) -> None:
    headers = [("Content-Type", content_type)] if content_type else []
    answer = load("http_calls.transport").Answer(200, "OK", headers, body)
    assert load("http_tasks.responses").result(answer)["ResponseBody"] == value


def test_a_header_that_came_twice_is_a_list_of_two(load: Load) -> None:
    headers = [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("X-One", "1")]
    answer = load("http_calls.transport").Answer(206, "Partial Content", headers, b"")
    result = load("http_tasks.responses").result(answer)
    assert result["Headers"] == {"set-cookie": ["a=1", "b=2"], "x-one": ["1"]}
    assert result["StatusText"] == "Partial Content"


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "audio/ogg"])
def test_a_failure_with_a_picture_is_a_failure_of_its_status(
    load: Load, kind: str
) -> None:
    headers = [("Content-Type", kind)]
    answer = load("http_calls.transport").Answer(503, "Unavailable", headers, b"")
    with pytest.raises(Exception, match=r"States\.Http\.StatusCode\.503: Unavailable"):
        load("http_tasks.responses").result(answer)


# Connections


def test_an_update_keeps_what_it_leaves_out(load: Load) -> None:
    secrets = load("connections.secrets")
    client = {"ClientID": "i", "ClientSecret": "s"}
    body = [{"Key": "scope", "Value": "a", "IsValueSecret": True}]
    before = secrets.secret_value(
        "OAUTH_CLIENT_CREDENTIALS",
        {
            "OAuthParameters": {
                "AuthorizationEndpoint": "https://a",
                "HttpMethod": "POST",
                "ClientParameters": client,
                "OAuthHttpParameters": {"BodyParameters": body},
            }
        },
        {},
    )
    after = secrets.secret_value(
        "OAUTH_CLIENT_CREDENTIALS",
        {"OAuthParameters": {"ClientParameters": {"ClientSecret": "new"}}},
        before,
    )
    assert after == before | {"client_secret": "new"}
    shown = secrets.public_parameters(after)
    assert shown == {
        "OAuthParameters": {
            "AuthorizationEndpoint": "https://a",
            "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "i"},
            "OAuthHttpParameters": {"BodyParameters": body},
        }
    }
    hidden = secrets.without_secret_values(shown)["OAuthParameters"]
    assert hidden["OAuthHttpParameters"] == {
        "BodyParameters": [{"Key": "scope", "IsValueSecret": True}]
    }


def test_a_token_request_is_json_where_its_header_says_so(load: Load) -> None:
    parameter = {"key": "Content-Type", "value": "application/json"}
    request = load("connections.tokens").token_request(
        {
            "authorization_endpoint": "https://a/token",
            "http_method": "PUT",
            "client_id": "i",
            "client_secret": "s",
            "oauth_http_parameters": {"header_parameters": [parameter]},
        }
    )
    assert request.method == "PUT"
    assert request.headers == [("Content-Type", "application/json")]
    assert b'"client_secret": "s"' in request.body


@pytest.mark.parametrize("body", [b"", b"[]", b'{"token": 1}', b"<html>"])
def test_an_answer_without_a_token(load: Load, body: bytes) -> None:
    answer = load("http_calls.transport").Answer(200, "OK", [], body)
    with pytest.raises(Exception, match="without a token"):
        load("connections.tokens").token_of(answer)


# Settings


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("hooks.slack.com", ("127.0.0.1", 8443, True)),
        ("HOOKS.slack.com", ("127.0.0.1", 8443, True)),
        ("a.plain.example.com", ("127.0.0.1", 8080, False)),
        ("other.example.org", ("other.example.org", 443, True)),
        ("localhost", ("localhost", 443, True)),
        ("x.localhost", ("x.localhost", 443, True)),
        ("127.0.0.2", ("127.0.0.2", 443, True)),
    ],
)
def test_where_a_call_goes(load: Load, host: str, address: Any) -> None:
    settings = load("http_calls.settings").Settings()
    hosts = {
        "hooks.slack.com": "https://127.0.0.1:8443",
        "*.plain.example.com": "http://127.0.0.1:8080",
    }
    settings.change({"hosts": hosts})
    assert settings.address(host, 443) == address


def test_every_other_host_can_be_refused(load: Load) -> None:
    module = load("http_calls.settings")
    settings = module.Settings()
    settings.change({"hosts": {"*": None}})
    settings.change({"hosts": {"known.example.com": "https://127.0.0.1:1"}})
    assert settings.address("known.example.com", 443).port == 1
    assert settings.address("localhost", 8443).port == 8443
    with pytest.raises(module.Refused, match=r"other\.example\.com"):
        settings.address("other.example.com", 443)
    settings.reset()
    assert settings.address("other.example.com", 443).host == "other.example.com"


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": {"a": "127.0.0.1:1"}},
        {"hosts": {"a": "ftp://127.0.0.1:1"}},
        {"certificates": "not PEM"},
        {"limit_seconds": 0},
        {"limit": 5},
        [],
    ],
)
def test_settings_that_make_no_sense_change_nothing(load: Load, changes: Any) -> None:
    settings = load("http_calls.settings").Settings()
    before = settings.as_dict()
    with pytest.raises(
        ValueError, match=r"is not https://|PEM|limit_seconds|object|no set"
    ):
        settings.change(changes)
    assert settings.as_dict() == before
