"""The Runtime API of a function takes from its runtime one answer for each event."""

from __future__ import annotations

import http.client
import json
import queue
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from stepwire_localstack import runtime_api

NEXT = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"
INVALID_ID = {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}


@dataclass
class Answer:
    """What the Runtime API answered."""

    status: int
    body: bytes
    headers: Any

    @property
    def error(self) -> Any:
        return json.loads(self.body)


class Api:
    """A Runtime API, with what its runtime and its executor do."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.api = runtime_api.RuntimeApi(self.events)
        self.host, slash, secret = self.api.address.partition("/")
        self.prefix = slash + secret

    def send(self, request_id: str, payload: bytes = b"{}") -> None:
        headers = {"Lambda-Runtime-Aws-Request-Id": request_id}
        self.api.send(runtime_api.Invocation(payload, headers))

    def call(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(), response.headers)
        connection.close()
        return answer

    def next(self) -> Answer:
        return self.call("GET", self.prefix + NEXT)

    def post(
        self, request_id: str, body: bytes = b'"result"', kind: str = "response"
    ) -> Answer:
        return self.call("POST", self.prefix + path_of(request_id, kind), body)

    def work_on(self, request_id: str) -> None:
        """Has the runtime ask for an event, and hands it one."""
        self.send(request_id)
        assert self.next().headers["Lambda-Runtime-Aws-Request-Id"] == request_id
        if self.events.qsize():
            assert self.events.get().kind == "ready"

    def raw(self, request: bytes) -> bytes:
        """Sends bytes, ends the sending side, and reads all that comes."""
        host, port = self.host.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def raw_post(self, request_id: str, rest: bytes) -> bytes:
        path = self.prefix + path_of(request_id)
        return self.raw(
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\n".encode() + rest
        )


def path_of(request_id: str, kind: str = "response") -> str:
    return f"/2018-06-01/runtime/invocation/{request_id}/{kind}"


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    yield api
    # It takes half a second, which no test needs to wait for.
    threading.Thread(target=api.api.close).start()


def test_an_event_gets_its_answer(api: Api) -> None:
    api.send("1", b'{"order": "a1"}')
    asked = api.next()
    assert (asked.status, asked.body) == (200, b'{"order": "a1"}')
    assert api.events.get().kind == "ready"
    answer = api.post("1")
    assert (answer.status, answer.error) == (202, {"status": "OK"})
    event = api.events.get()
    assert (event.kind, event.body) == ("response", b'"result"')


@pytest.mark.parametrize("kind", ["response", "error"])
def test_an_answer_for_another_event_is_refused(api: Api, kind: str) -> None:
    api.work_on("1")
    for request_id in ("2", "", "%31", "1/2"):
        answer = api.post(request_id, kind=kind)
        assert answer.status in (400, 404)
    assert api.post("2", kind=kind).error == INVALID_ID
    assert api.events.empty()
    assert api.post("1", kind=kind).status == 202


def test_a_second_answer_is_refused_and_the_next_event_gets_its_own(api: Api) -> None:
    api.work_on("1")
    assert api.post("1", b'"first"').status == 202
    for kind, state in {
        "response": "InvocationResponse",
        "error": "InvocationErrorResponse",
    }.items():
        second = api.post("1", b'"second"', kind)
        assert second.status == 403
        assert second.error == {
            "errorMessage": f"State transition from ResponseSent to {state} failed "
            "for runtime. Error: State transition is not allowed",
            "errorType": "InvalidStateTransition",
        }
    assert api.events.get().body == b'"first"'
    api.work_on("2")
    late = api.post("1", b'"late"')
    assert (late.status, late.error) == (400, INVALID_ID)
    assert api.post("2", b'"own"').status == 202
    assert api.events.get().body == b'"own"'
    assert api.events.empty()


def test_an_event_has_one_answer_however_many_come_at_once(api: Api) -> None:
    api.work_on("1")
    with ThreadPoolExecutor(8) as threads:
        statuses = list(
            threads.map(lambda n: api.post("1", b"%d" % n).status, range(16))
        )
    assert sorted(statuses) == [202] + [403] * 15
    assert api.events.get().kind == "response"
    assert api.events.empty()


def test_an_event_that_the_runtime_has_not_asked_for_is_not_answered(api: Api) -> None:
    api.send("1")
    assert api.post("1").status == 403
    assert api.events.empty()


def test_a_runtime_that_asks_again_gets_the_same_event(api: Api) -> None:
    api.work_on("1")
    assert api.next().headers["Lambda-Runtime-Aws-Request-Id"] == "1"


def test_an_initialisation_fails_once_and_before_the_first_event(api: Api) -> None:
    path = api.prefix + INIT_ERROR
    assert api.call("POST", path, b"{}").status == 202
    assert api.events.get().kind == "init_error"
    assert api.call("POST", path, b"{}").error["errorType"] == "InvalidStateTransition"
    assert api.next().status == 403
    assert api.events.empty()


def test_after_the_first_event_no_initialisation_fails(api: Api) -> None:
    api.work_on("1")
    assert api.call("POST", api.prefix + INIT_ERROR, b"{}").status == 403
    assert api.events.empty()


@pytest.mark.parametrize("path", [NEXT, path_of("1"), path_of("1", "error")])
@pytest.mark.parametrize("prefix", ["", "/", "/guess", "/guess/..", "/é"])
def test_without_its_secret_there_is_no_way_in(
    api: Api, prefix: str, path: str
) -> None:
    api.work_on("1")
    method = "GET" if path == NEXT else "POST"
    request = f"{method} {prefix}{path} HTTP/1.1\r\nHost: {api.host}\r\n"
    answer = api.raw(request.encode() + b"Content-Length: 2\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert api.events.empty()


def test_each_function_has_a_secret_of_its_own(api: Api) -> None:
    other = Api()
    assert len(api.prefix) > 40
    api.work_on("1")
    assert api.call("POST", other.prefix + path_of("1"), b"{}").status == 403
    threading.Thread(target=other.api.close).start()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "http://127.0.0.1/"},
        {"Sec_Fetch_Site": "same-origin"},
    ],
)
def test_a_page_cannot_answer_even_with_the_secret(
    api: Api, headers: dict[str, str]
) -> None:
    api.work_on("1")
    path = api.prefix + path_of("1")
    assert api.call("POST", path, b"{}", **headers).status == 403
    assert api.events.empty()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"])
def test_other_methods_do_nothing(api: Api, method: str) -> None:
    api.work_on("1")
    assert api.call(method, api.prefix + path_of("1"), b"{}").status >= 400
    assert api.events.empty()


@pytest.mark.parametrize(
    "path",
    [
        "/2020-01-01/extension/register",
        "/2020-08-15/logs",
        "/2022-07-01/telemetry",
        "/2018-06-01/runtime/restore/error",
    ],
)
def test_apis_that_are_not_there_are_404(api: Api, path: str) -> None:
    assert api.call("POST", api.prefix + path, b"{}").status == 404


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 10\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Content-Length: two\r\n\r\n{}",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_half_a_body_or_one_of_unclear_length_is_no_answer(
    api: Api, rest: bytes
) -> None:
    api.work_on("1")
    answer = api.raw_post("1", rest)
    assert answer.startswith(b"HTTP/1.1 400 ")
    # What follows it on the connection is not another request.
    assert answer.count(b"HTTP/1.1 ") == 1
    assert api.events.empty()
    assert api.post("1").status == 202


def test_a_body_in_chunks_arrives(api: Api) -> None:
    api.work_on("1")
    chunks = b"3\r\n[1,\r\n2;x=y\r\n2]\r\n0\r\nA: b\r\n\r\n"
    answer = api.raw_post("1", b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert answer.startswith(b"HTTP/1.1 202 ")
    assert api.events.get().body == b"[1,2]"


def test_the_largest_answer_is_taken(api: Api) -> None:
    api.work_on("1")
    assert api.post("1", b"x" * runtime_api.MAXIMUM_RESPONSE).status == 202
    assert len(api.events.get().body) == runtime_api.MAXIMUM_RESPONSE


def test_a_larger_answer_is_not_kept_and_the_runtime_is_told(api: Api) -> None:
    api.work_on("1")
    size = runtime_api.MAXIMUM_RESPONSE + 1
    answer = api.post("1", b"x" * size)
    assert answer.status == 413
    assert answer.error == {
        "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "RequestEntityTooLarge",
    }
    event = api.events.get()
    assert (event.kind, event.body, event.size) == ("too_large", b"", size)


def test_a_connection_that_sends_no_request_is_ended(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_api, "_FIRST_REQUEST_WITHIN_SECONDS", 0.1)
    host, port = api.host.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"POST /")
        assert connection.recv(1) == b""
    # A runtime's connection stays, however long its event takes to come.
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(api.next)
        with pytest.raises(TimeoutError):
            asked.result(0.3)
        api.send("1")
        assert asked.result(20).status == 200
