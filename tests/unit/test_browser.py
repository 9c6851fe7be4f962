"""The browser of the tests of pages."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException

from tests.browser import PHONE, Browser

PAGE = b"""<!doctype html>
<html lang="en">
<title>Page</title>
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; background: white; }
@media (prefers-color-scheme: dark) { :root { background: black; } }
</style>
<main><h1>Hello</h1><img src="/picture.png"></main>
"""


@pytest.fixture
def url() -> Iterator[str]:
    """A page with a picture that has no alternative text."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://page.localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_it_reads_pages_of_names_below_localhost(browser: Browser, url: str) -> None:
    browser.open(url)
    assert browser.text == "Hello"
    assert {url, f"{url}picture.png"} <= set(browser.requested())


@pytest.mark.parametrize("elsewhere", ["http://example.com/", "http://192.0.2.1/"])
def test_it_reaches_nothing_else(browser: Browser, elsewhere: str) -> None:
    with pytest.raises(WebDriverException, match="ERR_NAME_NOT_RESOLVED"):
        browser.open(elsewhere)


def test_it_finds_what_a_screen_reader_cannot_read(browser: Browser, url: str) -> None:
    browser.open(url)
    [problem] = browser.problems()
    assert problem.startswith("image-alt: <img")


def test_it_is_a_phone_in_the_dark_when_asked(
    browser: Browser, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.browser.SCREENSHOTS", tmp_path)
    browser.resize(PHONE)
    browser.prefer("dark")
    browser.open(url)
    script = (
        "return [innerWidth, getComputedStyle(document.documentElement).background]"
    )
    width, background = browser.driver.execute_script(script)
    assert width == PHONE[0]
    assert "rgb(0, 0, 0)" in background
    assert browser.screenshot("dark").read_bytes().startswith(b"\x89PNG")
