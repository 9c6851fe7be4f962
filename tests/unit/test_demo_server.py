"""The APIs that the demo plays: for its functions, not for pages."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from tools.demo.server import StandIn


class Echo(StandIn):
    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        return 200, [method, path, body]


def test_a_program_is_answered() -> None:
    with Echo() as echo:
        answer = urllib3.request("POST", f"{echo.url}/a?b=c", json={"d": 1})
        assert answer.json() == ["POST", "/a?b=c", {"d": 1}]


@pytest.mark.parametrize("header", ["Origin", "Referer", "Sec-Fetch-Site"])
def test_a_page_is_refused(header: str) -> None:
    with Echo() as echo:
        assert urllib3.request("POST", echo.url, headers={header: "x"}).status == 403
