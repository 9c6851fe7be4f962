"""E-mails of the emulator: the next one, its link, and a vote in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from stepwire.errors import StepwireError
from stepwire.mails import Mails


class Emulator(BaseHTTPRequestHandler):
    """Answers ``/_aws/ses`` as LocalStack does, and ``/vote`` as link approval."""

    messages: ClassVar[list[dict[str, Any]] | None] = None
    votes: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        if self.path == "/_aws/ses":
            # LocalStack has the page once SES was used.
            status = 404 if self.messages is None else 200
            self._answer(status, json.dumps({"messages": self.messages}))
        else:
            self._answer(200, "<title>Refund 1</title>")

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        type(self).votes.append(fields)
        if len(self.votes) > 1:
            page = "<head><title>x</title></head><p>Decided <b>before</b></p>"
            self._answer(409, page)
        else:
            self._answer(200, "<p>Thank you</p>")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def url() -> Iterator[str]:
    Emulator.messages, Emulator.votes = None, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Emulator) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def send(url: str, number: int, to: str = "ann@example.com", links: int = 1) -> None:
    message = {
        "Id": f"m{number}",
        "Timestamp": f"2026-11-27T10:00:0{number}",
        "Source": "no-reply@sns.example.com",
        "Destination": {"ToAddresses": [to]},
        "Subject": f"Refund {number}",
        "Body": {"text_part": "Please decide:\n\n" + f"{url}/vote\n" * links},
    }
    Emulator.messages = [*(Emulator.messages or []), message]


def test_before_the_first_mail_there_are_none(url: str) -> None:
    assert Mails(url).all() == []


def test_mails_are_chosen_by_address_words_and_time(url: str) -> None:
    send(url, 1)
    send(url, 2, to="ben@example.com")
    send(url, 3)
    mails = Mails(url)
    assert [mail.id for mail in mails.all()] == ["m1", "m2", "m3"]
    assert [mail.id for mail in mails.all("ann@example.com")] == ["m1", "m3"]
    assert [mail.id for mail in mails.all(containing="Refund 2")] == ["m2"]
    since = datetime(2026, 11, 27, 10, 0, 2, tzinfo=UTC)
    assert [mail.id for mail in mails.all(since=since)] == ["m2", "m3"]


def test_each_wait_gets_the_next_one(url: str) -> None:
    mails = Mails(url)
    threading.Timer(0.2, send, (url, 1)).start()
    assert mails.wait("ann@example.com", timeout=20).id == "m1"
    send(url, 2)
    assert mails.wait("ann@example.com", timeout=20).id == "m2"


def test_a_wait_in_vain_says_what_there_is(url: str) -> None:
    send(url, 1)
    mails = Mails(url)
    mails.wait()
    with pytest.raises(StepwireError) as caught:
        mails.wait("ann@example.com", containing="Refund", timeout=0.1)
    assert str(caught.value) == (
        "No e-mail to ann@example.com that contains 'Refund' came within 0.1 s. "
        "There are:\n  10:00:01 ann@example.com: Refund 1 (returned before)"
    )


def test_a_vote_is_what_a_browser_sends(url: str) -> None:
    send(url, 1)
    mail = Mails(url).wait()
    assert "Refund 1" in mail.open().text
    assert Emulator.votes == []
    assert "Thank you" in mail.vote("approve", "Checked & paid").text
    assert Emulator.votes == [
        {"choice": ["approve"], "comment": ["Checked & paid"], "confirmed": ["yes"]}
    ]
    with pytest.raises(StepwireError, match="answered with 409: Decided before"):
        mail.vote("approve")


@pytest.mark.parametrize("links", [0, 2])
def test_a_mail_without_one_link_says_so(url: str, links: int) -> None:
    send(url, 1, links=links)
    with pytest.raises(StepwireError, match=f"has {links} links"):
        _ = Mails(url).wait().link
