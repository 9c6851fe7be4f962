"""What a caller sends is what the execution gets, whatever it is.

200 generated bodies in `make test`, 2,000 in `make test-slow`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stepwire.api import ApiClient, emulated_url
from tests.scale import at_scale

FIXTURE = Path(__file__).parent / "fixtures" / "rest_api"
BODIES = at_scale(200, 2000)

pytestmark = pytest.mark.slow

generated = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# Texts that mean something to Velocity, to JSON, to JavaScript or to JSONPath.
HOSTILE = [
    "'", "\\'", '"', "\\", "\\\\", "\\u0027", "\u2028", "\u2029", "\x00", "\x85",
    "$util.escapeJavaScript('x')", "$input.body", "$!{x}", "$context.identity.userArn",
    "#set($a = 1)", "#end", "#if(true)", "## comment", "#* open", "#[[raw]]#",
    '","caller":{"arn":"me"},"x":"', "\\\",\\\"caller\\\":{}", "{% $x %}", "$.a",
    "🚀", "e\u0301", "\ud7ff", "\uffff", "\U0010ffff", "</script>", "$1", "\\$1",
]  # fmt: skip
characters = st.characters(exclude_categories=["Cs"])
texts = st.text(characters, max_size=40) | st.lists(
    st.sampled_from(HOSTILE) | st.text(characters, max_size=5), max_size=4
).map("".join)
numbers = (
    st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, -0.0, 1e308, -1e308, 5e-324, 2**53 + 1, 10**20 - 1, 0.1])
)
bodies = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            texts | st.sampled_from(["a.b", "", "$", "$.a", "'", '"', "@type"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@pytest.fixture(scope="session")
def api(stepwire_apply: Any, stepwire_emulator: Any) -> ApiClient:
    url = stepwire_apply(FIXTURE).outputs["url"]
    return ApiClient(emulated_url(url, stepwire_emulator.endpoint_url))


@pytest.fixture(scope="session")
def started(api: ApiClient, stepwire_apply: Any, stepwire_client: Any) -> Any:
    """Posts a text to a route and gives the input of the execution it started."""
    arn = stepwire_apply(FIXTURE).outputs["arns"]["keep"]
    prefix = arn.replace(":stateMachine:", ":execution:")
    client = stepwire_client("stepfunctions")

    def post(path: str, text: str) -> str:
        answer = api.post(path, text=text.encode("utf-8"))
        assert answer.status == 202, answer
        described = client.describe_execution(
            executionArn=f"{prefix}:{answer.body['execution_name']}"
        )
        return str(described["input"])

    return post


def nested(depth: int) -> Any:
    value: Any = "deep"
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize("ascii_only", [True, False])
@example(body={})
@example(body=[])
@example(body="")
@example(body=None)
@example(body=-0.0)
@example(body=12345678901234567890)
@example(body=nested(60))
@example(body={"": {"": ""}})
@example(body=HOSTILE)
@example(body={text: text for text in HOSTILE})
@given(body=bodies)
@settings(generated, max_examples=BODIES // 2)
def test_the_body_is_the_input_of_the_execution(
    started: Any, ascii_only: bool, body: Any
) -> None:
    received = json.loads(started("/body", json.dumps(body, ensure_ascii=ascii_only)))
    assert same(received, body)


@given(body=bodies)
@settings(generated, max_examples=BODIES // 4)
def test_the_body_is_in_the_envelope_as_it_was_sent(started: Any, body: Any) -> None:
    envelope = json.loads(started("/enveloped/x", json.dumps(body)))
    assert same(envelope["body"], body)
    assert set(envelope["caller"]) == {"arn", "account_id", "source_ip", "principal_id"}


# Values that HTTP can carry; API Gateway shows parts of a path percent-encoded.
queries = st.dictionaries(
    st.text(characters, min_size=1, max_size=10), texts.filter(bool), max_size=4
)
header_values = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40
).map(str.strip)


@example(query={text: text for text in HOSTILE}, header='it\'s "$util" \\ #set($a)')
@given(query=queries, header=header_values.filter(bool))
@settings(generated, max_examples=BODIES // 4)
def test_query_and_headers_are_in_the_envelope_as_they_were_sent(
    api: ApiClient, query: dict[str, str], header: str
) -> None:
    text = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in query.items()
    )
    answer = api.post(f"/echo/1/2?{text}", {}, headers={"X-Text": header})
    assert answer.status == 200, answer
    assert answer.body["query_parameters"] == query
    assert answer.body["headers"] == {"x-text": header}


@given(part=texts.filter(lambda text: text.strip("./ ") != ""))
@settings(generated, max_examples=BODIES // 4)
def test_a_part_of_the_path_is_in_the_envelope_as_it_was_sent(
    api: ApiClient, part: str
) -> None:
    sent = quote(part, safe="")
    answer = api.post(f"/echo/{sent}/2", {})
    assert answer.status == 200, answer
    assert answer.body["path_parameters"] == {"a": sent, "b": "2"}


def same(received: Any, sent: Any) -> bool:
    """Equal as JSON: numbers by value, and true is not 1."""
    if isinstance(sent, bool) or isinstance(received, bool):
        return received is sent
    if isinstance(sent, dict):
        return (
            isinstance(received, dict)
            and received.keys() == sent.keys()
            and all(same(received[name], value) for name, value in sent.items())
        )
    if isinstance(sent, list):
        return (
            isinstance(received, list)
            and len(received) == len(sent)
            and all(map(same, received, sent))
        )
    if isinstance(sent, float) and isinstance(received, (int, float)):
        return math.isclose(received, sent, rel_tol=0, abs_tol=0)
    return type(received) is type(sent) and received == sent
