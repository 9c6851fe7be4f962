"""What the functions of several systems have in common."""

from __future__ import annotations

import functools
import gc
import time
from typing import Any

import pytest
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

from link_approval import aws as approval
from shared import sanitize, timestamps, tracebacks
from shared.aws import Aws, Unavailable
from shared.secrets import Secret
from webhook_publisher import aws as publisher


class Vault:
    """Secrets Manager with one secret, its newest version first."""

    def __init__(self, *versions: str) -> None:
        self.versions = list(versions)
        self.asked: list[str] = []

    def call(self, _service: str, _operation: str, **parameters: Any) -> Any:
        stage = parameters["VersionStage"]
        self.asked.append(stage)
        place = ("AWSCURRENT", "AWSPREVIOUS").index(stage)
        if place >= len(self.versions):
            raise Unavailable("ResourceNotFoundException")
        return {"SecretString": self.versions[place]}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets so many seconds pass."""
    passed = [0.0]
    now = time.monotonic
    monkeypatch.setattr("shared.secrets.time.monotonic", lambda: now() + passed[0])

    def wait(seconds: float) -> None:
        passed[0] += seconds

    return wait


@pytest.mark.parametrize(
    ("module", "attempts"), [(approval, 3), (publisher, 2)], ids=["links", "webhooks"]
)
def test_each_system_has_its_own_patience(
    module: Any, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(module._aws, "_session", None)
    monkeypatch.setattr(module._aws, "_clients", {})
    config = module.client("sns").meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 3)
    assert config.retries == {"mode": "standard", "total_max_attempts": attempts}
    assert module.client("sns") is module.client("sns")


def test_an_aws_that_is_not_there_is_unavailable_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    aws = Aws(connect_timeout=1, read_timeout=1, attempts=1)
    with pytest.raises(Unavailable) as caught:
        aws.call("sns", "publish", TopicArn="arn:aws:sns:us-east-1:1:t", Message="m")
    assert caught.value.code == "EndpointConnectionError"


def test_a_client_is_made_without_looking_for_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    for name in ("disable", "enable", "freeze"):
        monkeypatch.setattr(gc, name, functools.partial(done.append, name))
    aws = Aws(connect_timeout=1, read_timeout=1, attempts=1)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client("sns")
    aws.client("sns")
    with pytest.raises(DataNotFoundError):
        aws.client("no-such-service")
    assert done == ["disable", "freeze", "enable"] * 2


def test_every_service_is_found_with_one_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws = Aws(connect_timeout=1, read_timeout=1, attempts=1)
    aws.client("sns")
    loader = aws._session.get_component("data_loader")
    for kind in ("service-2", "endpoint-rule-set-1"):
        botocores_own = Loader().list_available_services(kind)
        assert set(botocores_own) <= set(loader.list_available_services(kind))


def test_a_secret_without_an_older_version_is_asked_for_once() -> None:
    vault = Vault("new")
    secret = Secret("arn", vault.call)
    assert [secret.find(lambda text: text == "new") for _ in range(3)] == ["new"] * 3
    assert vault.asked == ["AWSCURRENT"]


def test_the_version_before_is_found_until_it_is_rotated_out(later: Any) -> None:
    vault = Vault("new", "old")
    secret = Secret("arn", vault.call)
    assert secret.find(lambda text: text == "old") == "old"
    vault.versions = ["newest", "new"]
    assert secret.find(lambda text: text == "old") == "old"
    later(301)
    assert secret.find(lambda text: text == "old") is None
    assert secret.find(lambda text: text == "newest") == "newest"


def test_what_fits_nothing_is_not_as_many_calls(later: Any) -> None:
    vault = Vault("new", "old")
    secret = Secret("arn", vault.call)
    for _ in range(20):
        assert secret.find(lambda _text: False) is None
    assert len(vault.asked) == 3
    later(3)
    vault.versions.insert(0, "newest")
    assert secret.find(lambda text: text == "newest") == "newest"


def test_a_current_secret_is_remembered_unless_it_is_refreshed() -> None:
    vault = Vault("new")
    secret = Secret("arn", vault.call)
    vault_later = [secret.current(), secret.current()]
    vault.versions = ["newest", "new"]
    assert [*vault_later, secret.current(), secret.current(refresh=True)] == [
        *["new"] * 3,
        "newest",
    ]
    assert vault.asked == ["AWSCURRENT"] * 2


def test_a_secret_that_may_not_be_read_is_no_secret_that_does_not_fit() -> None:
    def denied(*_arguments: str, **_parameters: str) -> None:
        raise Unavailable("AccessDeniedException")

    with pytest.raises(Unavailable, match="AccessDenied"):
        Secret("arn", denied).find(lambda _text: True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\ufeffa\u202eb\u2066c\x00\x1b[0m", "abc[0m"),
        ("a\ud800b", "a?b"),
        ("👩\u200d💻 می\u200cکند\t", "👩\u200d💻 می\u200cکند\t"),
        (7, ""),
        (None, ""),
    ],
)
def test_a_text_of_others_keeps_what_is_written_and_nothing_else(
    text: object, lines: str
) -> None:
    assert sanitize.multiline(text) == lines
    assert sanitize.single_line(text) == " ".join(lines.split())


def test_a_moment_is_written_in_milliseconds() -> None:
    assert timestamps.iso(1_768_210_200.0625) == "2026-01-12T09:30:00.062Z"
    assert timestamps.seconds("2026-01-12T09:30:00.062Z") == 1_768_210_200


def test_a_log_says_where_a_mistake_is_and_not_what_was_sent() -> None:
    try:
        int("secret")
    except ValueError as error:
        place = tracebacks.location(error)
    assert place.startswith("test_shared.py:")
