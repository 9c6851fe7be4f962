"""Pages that a function serves: forms posted from them reach it, others do not."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.system import functions

SOURCE = """
def handler(event, context):
    return {"statusCode": 200, "body": event["requestContext"]["http"]["method"]}
"""

Post = Callable[[str], int]


@pytest.fixture(scope="module")
def page(stepwire_client: Any) -> Iterator[str]:
    """The URL of a function, as AWS gives it."""
    client = stepwire_client("lambda")
    functions.create(client, "page", SOURCE)
    response = client.create_function_url_config(FunctionName="page", AuthType="NONE")
    client.add_permission(
        FunctionName="page",
        StatementId="anyone",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    yield response["FunctionUrl"]
    client.delete_function(FunctionName="page")


@pytest.fixture
def post(page: str, stepwire_emulator: Any) -> Post:
    """Posts a form to the page as a browser does; returns the status."""
    address = urlsplit(stepwire_emulator.endpoint_url)

    def send(origin: str) -> int:
        connection = http.client.HTTPConnection(str(address.hostname), address.port)
        headers = {
            # Only browsers and curl know names below localhost.
            "Host": urlsplit(page).netloc,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": origin,
        }
        connection.request("POST", "/", "decision=approve", headers)
        return connection.getresponse().status

    return send


def test_a_page_has_a_name_that_browsers_resolve(
    page: str, stepwire_emulator: Any
) -> None:
    port = urlsplit(stepwire_emulator.endpoint_url).port
    assert page.startswith("http://")
    assert page.endswith(f".lambda-url.us-east-1.localhost:{port}/")


def test_a_form_of_the_page_is_accepted(page: str, post: Post) -> None:
    assert post(page.rstrip("/")) == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://example.test",
        "http://example.test.localhost",
        "http://{host}:1",
        "http://{host}.example.test:{port}",
        "http://localhost.example.test:{port}",
        "null",
    ],
)
def test_a_form_of_another_origin_is_refused(
    page: str, post: Post, origin: str
) -> None:
    parts = urlsplit(page)
    assert post(origin.format(host=parts.hostname, port=parts.port)) == 403
