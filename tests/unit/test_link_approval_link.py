"""The personal link: what it holds, and when it is valid."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from link_approval import link
from link_approval.link import ExpiredLink, InvalidLink
from tests.unit.approvals import in_an_hour

KEY = b"k" * 64
OTHER_KEY = b"o" * 64
REQUEST = "0123456789abcdef0123456789abcdef"
SOURCES = Path(__file__).parents[2] / "lambda_src"
# Always the same: a parameter is part of its test's name, and the workers of
# pytest-xdist, which collect at different seconds, have to agree on the names.
LINK = link.write(KEY, REQUEST, 3, 2_000_000_000)


def a_link() -> str:
    return link.write(KEY, REQUEST, 3, in_an_hour())


def test_a_link_holds_request_approver_and_expiry() -> None:
    expires_at = in_an_hour()
    found = link.read(link.write(KEY, REQUEST, 3, expires_at), time.time())
    assert (found.request_id, found.approver) == (REQUEST, 3)
    assert found.expires_at == expires_at
    assert found.key_id == link.key_id(KEY)
    assert found.is_signed_with(KEY)
    assert not found.is_signed_with(OTHER_KEY)


def test_each_character_counts() -> None:
    text = a_link()
    for place in range(len(text)):
        for other in {"0", "v", "a"} - {text[place]}:
            changed = text[:place] + other + text[place + 1 :]
            try:
                assert not link.read(changed, time.time()).is_signed_with(KEY)
            except (InvalidLink, ExpiredLink):
                continue


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        LINK[:-1],
        LINK + "0",
        LINK.upper(),
        "+" + LINK[1:],
        " " + LINK[1:],
        LINK[:40] + "_" + LINK[41:],
        LINK[:-1] + "\n",
        LINK[:-1] + "w",
        LINK[:-1] + "é",
        LINK[:-1] + "٣",
        "../" * 32,
        "1" + LINK[1:],
    ],
)
def test_another_shape_is_no_link(text: str) -> None:
    with pytest.raises(InvalidLink):
        link.read(text, time.time())


def test_a_link_expires_at_its_second() -> None:
    text = link.write(KEY, REQUEST, 0, 2_000_000_000)
    assert link.read(text, 1_999_999_999.9)
    with pytest.raises(ExpiredLink):
        link.read(text, 2_000_000_000.0)


def test_the_key_is_not_in_its_id() -> None:
    assert link.key_id(KEY) not in KEY
    assert link.key_id(KEY) != link.key_id(OTHER_KEY)


@pytest.mark.parametrize(
    "path",
    [
        "nonsense",
        "0" * 500,
        link.write(KEY, REQUEST, 0, 1_000_000_000),
    ],
)
def test_a_malformed_link_is_refused_without_the_sdk(path: str) -> None:
    script = f"""
import sys
from link_approval import decide
event = {{
    "rawPath": "/{path}", "headers": {{}},
    "requestContext": {{"http": {{"method": "GET", "path": "/{path}"}}}},
}}
assert decide.handler(event, None)["statusCode"] in (404, 410)
heavy = {{"boto3", "botocore", "hmac", "hashlib", "urllib", "dataclasses", "typing"}}
print(sorted(heavy & set(sys.modules)))
"""
    # -S: what the machine's own start-up files import does not count.
    found = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"
