"""Chromium shows pages of strangers, which try to run code as the developer.

Each attack would create another topic. The page says when it has tried all.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from tests import browser as browsers
from tests.browser import Browser

# Every way in which a page can send a request to another site. Each is a promise that
# is kept when the browser has an answer or gives up.
ATTACKS = """
const loads = element => new Promise(done => {
  element.onload = element.onerror = done;
  document.body.append(element);
});
const make = (name, attributes) =>
  Object.assign(document.createElement(name), attributes);
const create = name => `Action=CreateTopic&Version=2010-03-31&Name=${name}`;
const type = "application/x-www-form-urlencoded";
const form = (name, action, enctype, fields) => {
  const sent = make("form", {method: "POST", action, enctype, target: name});
  for (const [key, value] of Object.entries(fields))
    sent.append(make("input", {name: key, value}));
  // The first load is the empty frame's.
  return loads(make("iframe", {name})).then(() => {
    const answered = new Promise(done => {
      document.getElementsByName(name)[0].onload = done;
    });
    document.body.append(sent);
    sent.submit();
    return answered;
  });
};
const attacks = {
  image: () => loads(make("img", {
    referrerPolicy: "no-referrer", src: `${target}/?${create("image")}`})),
  script: () => loads(make("script", {src: `${target}/?${create("script")}`})),
  frame: () => loads(make("iframe", {
    referrerPolicy: "no-referrer", src: `${target}/?${create("frame")}`})),
  form: () => form("form", target, type,
    {Action: "CreateTopic", Version: "2010-03-31", Name: "form"}),
  parts: () => form("parts", target, "multipart/form-data",
    {Action: "CreateTopic", Version: "2010-03-31", Name: "parts"}),
  plain: () => form("plain", `${target}/_localstack/health`, "text/plain",
    {'{"action": "kill", "x": "': '"}'}),
  simple: () => fetch(target, {method: "POST", mode: "no-cors",
    headers: {"Content-Type": type}, body: create("simple")}),
  untyped: () => fetch(target, {method: "POST", mode: "no-cors",
    body: new Blob([create("untyped")])}),
  cors: () => fetch(target, {method: "POST",
    headers: {"Content-Type": type}, body: create("cors")}),
  signed: () => fetch(target, {method: "POST",
    headers: {"Content-Type": type, "X-Amz-Date": "x", "Authorization":
      "AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/sns/aws4_request"},
    body: create("signed")}),
  mails: () => fetch(`${target}/_aws/ses`).then(answer => answer.text())
    .then(text => { document.title = `read ${text}`; }),
  beacon: async () => navigator.sendBeacon(target, new Blob([create("beacon")])),
  socket: () => new Promise(done => {
    new WebSocket(target.replace("http", "ws")).onclose = done;
  }),
};
"""
PAGE = """<!doctype html><title>page</title><body><script>
const target = TARGET;
ATTACKS
Promise.allSettled(Object.values(attacks).map(attack => attack()))
  .then(() => { document.body.dataset.tried = Object.keys(attacks).join(" "); });
</script>"""

Serve = Callable[[str], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a page on a free loopback port, and returns its URL."""
    servers = []

    def start(page: str) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Page, page))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Page(BaseHTTPRequestHandler):
    """Answers every GET with the page."""

    def __init__(self, page: str, *arguments: Any) -> None:
        self.page = page.encode()
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.page)))
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


def page(target: str) -> str:
    return PAGE.replace("ATTACKS", ATTACKS).replace("TARGET", json.dumps(target))


def wait_until_tried(driver: webdriver.Chrome) -> None:
    WebDriverWait(driver, 60).until(
        lambda driver: driver.execute_script("return document.body?.dataset.tried")
    )


@pytest.fixture
def refused(stepwire_emulator: Any, stepwire_client: Any) -> Iterator[list[str]]:
    """Fails the test where something was created; its value are the log's reasons."""
    log = stepwire_emulator.log_file
    if log is None:
        pytest.skip("the log of an emulator of others is elsewhere")
    position = log.stat().st_size
    before = topics(stepwire_client)
    reasons: list[str] = []
    yield reasons
    with log.open("rb") as file:
        file.seek(position)
        written = file.read().decode(errors="replace")
    for reason in reasons:
        assert reason in written
    assert topics(stepwire_client) == before


def topics(stepwire_client: Any) -> set[str]:
    pages = stepwire_client("sns").get_paginator("list_topics").paginate()
    return {topic["TopicArn"] for page in pages for topic in page["Topics"]}


def answers(driver: webdriver.Chrome, endpoint_url: str) -> dict[str, int]:
    """The status of each answer of the emulator that the browser has got, by method
    and URL."""
    messages = [
        json.loads(entry["message"])["message"]
        for entry in driver.get_log("performance")
    ]
    sent = {
        message["params"]["requestId"]: message["params"]["request"]["method"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    }
    received = [
        (message["params"]["requestId"], message["params"]["response"])
        for message in messages
        if message["method"] == "Network.responseReceived"
    ]
    return {
        f"{sent.get(request, 'GET')} {response['url']}": response["status"]
        for request, response in received
        if response["url"].startswith(endpoint_url)
    }


def test_a_page_of_another_origin_runs_nothing(
    browser: Browser, serve: Serve, stepwire_emulator: Any, refused: list[str]
) -> None:
    endpoint_url = stepwire_emulator.endpoint_url
    browser.open(serve(page(endpoint_url)))
    wait_until_tried(browser.driver)
    assert browser.driver.title == "page"
    found = answers(browser.driver, endpoint_url)
    assert found
    assert set(found.values()) == {403}, found
    refused.append("Sec-Fetch-Site: 'cross-site'")


def test_a_page_in_a_bucket_runs_nothing_though_it_is_on_the_emulators_origin(
    browser: Browser, stepwire_emulator: Any, stepwire_client: Any, refused: list[str]
) -> None:
    s3 = stepwire_client("s3")
    s3.create_bucket(Bucket="pages")
    target = {"Bucket": "pages", "Key": "page.html"}
    endpoint_url = stepwire_emulator.endpoint_url
    s3.put_object(**target, Body=page(endpoint_url), ContentType="text/html")
    try:
        browser.open(f"{endpoint_url}/pages/page.html")
        wait_until_tried(browser.driver)
        assert browser.driver.title == "page"
        refused.append("Sec-Fetch-Site: 'cross-site'")
    finally:
        browser.open("about:blank")
        s3.delete_object(**target)
        s3.delete_bucket(Bucket="pages")


@pytest.fixture
def rebound(stepwire_emulator: Any) -> Iterator[webdriver.Chrome]:
    """A browser to which evil.example is this machine, as after DNS rebinding."""
    try:
        started = browsers.start("evil.example")
    except browsers.NoBrowser as error:
        pytest.skip(str(error))
    yield started.driver
    started.driver.quit()


def test_a_name_that_is_rebound_to_this_machine_reads_nothing(
    rebound: webdriver.Chrome, stepwire_emulator: Any, refused: list[str]
) -> None:
    port = urlsplit(stepwire_emulator.endpoint_url).port
    for path in ("/_aws/ses", "/_stepwire/calls", "/?Action=ListTopics"):
        rebound.get(f"http://evil.example:{port}{path}")
        text = rebound.find_element("tag name", "body").text
        assert "STEPWIRE_ALLOWED_HOSTS" in text
    refused.append("'evil.example:")
