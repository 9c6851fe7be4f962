"""What the stand-ins have in common: they can fail, and they say what was wrong."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jsonschema import Draft202012Validator, FormatChecker

from tests.stub_api import Answer, Reaction, Received, StubApi, reset

DOWN: Reaction = reset
"""Nobody answers: the connection is closed without a word."""


def server_errors(times: int, status: int = 500) -> list[Reaction]:
    """So many answers of a server that has a bad day."""
    return [Answer(status, "Internal Server Error") for _ in range(times)]


@dataclass(frozen=True)
class slow:
    """The platform does what it is asked, and answers ``seconds`` later."""

    seconds: float


@dataclass(frozen=True)
class Problem:
    """A request that is not as the platform documents it."""

    request: Received
    reason: str


class Refused(Exception):
    """The platform says no. ``answer`` is how it says so."""

    def __init__(self, answer: Answer, reason: str = "") -> None:
        super().__init__(reason)
        self.answer = answer
        self.reason = reason


_LOST = object()


class Platform(ABC):
    """Plays ``host`` of a stub API, and keeps what it gets.

    ``problems`` are the requests that are not as the platform documents them: they are
    refused as it refuses bad requests, and a test that publishes well has none. What a
    platform drops in silence (a field that it does not know) is a problem as well: it
    was meant to be published.

    It fails as it is told: every request, or those ``about`` a text, which is in their
    path, query or body. So tests of different posts can run at the same time.
    """

    host: str

    def __init__(self, api: StubApi, host: str) -> None:
        self.host = host
        self.problems: list[Problem] = []
        self._api = api
        self._failures: dict[str, deque[Any]] = {}
        self._permanent: dict[str, Any] = {}
        api.on(host, self)

    @property
    def url(self) -> str:
        return f"{urlsplit(self._api.url).scheme}://{self.host}"

    @property
    def requests(self) -> list[Received]:
        """What came in, failures included."""
        return self._api.received(self.host)

    def requests_about(self, text: str) -> list[Received]:
        """Those that have ``text`` in their path, query or body."""
        return [one for one in self.requests if _is_about(one, text)]

    @property
    @abstractmethod
    def published(self) -> list[dict[str, Any]]:
        """What readers can see now, the oldest first."""

    def fails(self, *failures: Reaction | slow, about: str = "") -> None:
        """What happens to the next requests, one each; then it works again."""
        self._failures.setdefault(about, deque()).extend(failures)

    def always_fails(self, failure: Reaction | slow, about: str = "") -> None:
        """What happens to each request until ``recovers``."""
        self._permanent[about] = failure

    def loses_answers(self, times: int = 1, about: str = "") -> None:
        """The next requests do what they ask for, and nobody hears of it."""
        self._failures.setdefault(about, deque()).extend([_LOST] * times)

    def recovers(self, about: str = "") -> None:
        """From now on the platform works, as far as it is ``about`` that text."""
        self._failures.pop(about, None)
        self._permanent.pop(about, None)

    async def __call__(self, request: web.Request, received: Received) -> Any:
        failure = self._failure(received)
        if failure is None:
            return await self._answer(received)(request, received)
        if failure is _LOST:
            self._answer(received)
            return await reset(request, received)
        if isinstance(failure, slow):
            answer = self._answer(received)
            await asyncio.sleep(failure.seconds)
            return await answer(request, received)
        return await failure(request, received)

    def _failure(self, received: Received) -> Any:
        for about, failures in list(self._failures.items()):
            if failures and _is_about(received, about):
                return failures.popleft()
        for about, failure in list(self._permanent.items()):
            if _is_about(received, about):
                return failure
        return None

    def _answer(self, received: Received) -> Answer:
        try:
            return self.answer(received)
        except Refused as refused:
            if refused.reason:
                self.problems.append(Problem(received, refused.reason))
            return refused.answer

    @abstractmethod
    def answer(self, received: Received) -> Answer:
        """What the platform answers; raises ``Refused``."""


def _is_about(received: Received, text: str) -> bool:
    return text in received.target or text.encode() in received.body


def body_of(received: Received, refuse: Callable[[str], Refused]) -> Any:
    """The JSON of a request that says that it is JSON."""
    kind = (received.header("content-type") or "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise refuse(f"the content type is {kind or 'missing'}, not application/json")
    try:
        return json.loads(received.body)
    except ValueError as error:
        raise refuse(f"the body is not JSON: {error}") from None


def check(
    value: Any, schema: Mapping[str, Any], refuse: Callable[[str], Refused]
) -> None:
    """Refuses what the JSON Schema does not allow, with the first reason."""
    errors = sorted(
        Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(value),
        key=lambda error: error.json_path,
    )
    for error in errors:
        raise refuse(f"{error.json_path}: {error.message}")
