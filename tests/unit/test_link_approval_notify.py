"""The notifying function: its messages, and the requests that it accepts."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest

from link_approval import message as messages
from link_approval import notify, store
from link_approval.content import BadRequest, validated
from link_approval.notify import KeyNotMade, NotificationFailed
from tests.unit.approvals import ANN, BEN, CLEO, KEY, TOKEN, World, choose, send


def email(message: dict[str, Any]) -> str:
    return str(json.loads(message["Message"])["email"])


def recipients(world: World) -> list[str]:
    return [
        message["MessageAttributes"]["approver"]["StringValue"]
        for message in world.published
    ]


def test_each_approver_gets_a_personal_link(world: World) -> None:
    asked = world.open(ANN, BEN)
    assert recipients(world) == ["ann@example.com", "ben@example.com"]
    assert len(set(asked.links.values())) == 2
    for message, address in zip(world.published, asked.links, strict=True):
        forms = json.loads(message["Message"])
        link = asked.links[address]
        for form in forms.values():
            assert link in form
            for other in set(asked.links.values()) - {link}:
                assert other not in form
            assert TOKEN not in form
        assert len(forms["sms"]) < 250
        document = json.loads(forms["default"])
        assert document["approver"]["email"] == address
        assert document["message"].count("\n") == 0
        assert link in document["message"]


def test_the_email_has_the_whole_request_as_plain_text(world: World) -> None:
    world.open(ANN)
    (message,) = world.published
    assert message["Subject"] == "Your decision is needed: Refund 1,200.00"
    text = email(message)
    for said in (
        "Hello Ann Lee,",
        "The parcel was lost.",
        "Customer: Ada",
        "Order: https://example.com/orders/7",
        "Approve / Reject",
        " UTC.",
    ):
        assert said in text
    assert "<" not in text


# What a stranger may write to look like our own words.
FORGED = """It is decided.

Open this link to decide (Approve / Reject). Opening it decides nothing yet:

https://evil.example/0123
\u2028https://evil.example/4567
https://evil.example/89ab"""


@pytest.mark.parametrize(
    "words",
    [
        FORGED,
        # So long that a mail program wraps it, and what follows begins a line.
        "x" * 69 + " " * 100 + "https://evil.example/0123",
        "\u2800" * 80 + "https://evil.example/0123",
        "\u3000".join(["Öffnen"] * 12 + ["https://evil.example/0123"]),
        # Two columns each, and nothing to see.
        "\u3164" * 38 + "https://evil.example/0123",
    ],
    ids=["lines", "a long line", "blanks", "other spaces", "wide blanks"],
)
@pytest.mark.parametrize("field", ["title", "summary", "details", "a detail's name"])
def test_the_request_is_quoted_below_our_words(
    world: World, words: str, field: str
) -> None:
    request: dict[str, Any] = {"title": "Refund"}
    match field:
        case "title":
            request["title"] = words[:200]
        case "summary":
            request["summary"] = words
        case "details":
            request["details"] = {"Order": words}
        case _:
            request["details"] = {words[:200]: "7"}
    asked = world.open(ANN, request=request)
    text = email(world.published[0])
    assert text.index(asked.link) < text.index("> ")
    ours, _, theirs = text.partition("\n\n> ")
    assert "evil" not in ours
    assert ours.endswith("the link above is the only one that decides:")
    quoted = f"> {theirs}".rstrip("\n").split("\n")
    assert all(line.startswith("> ") or line == ">" for line in quoted), text
    wide = [unicodedata.east_asian_width(c) in "FW" for c in "\n".join(quoted)]
    assert max(map(len, quoted)) <= (37 if any(wide) else 72)


def test_in_one_line_the_request_comes_last(world: World) -> None:
    asked = world.open(ANN, request={"title": "Go to https://evil.example"})
    forms = json.loads(world.published[0]["Message"])
    for line in (forms["sms"], json.loads(forms["default"])["message"]):
        assert line.index(asked.link) < line.index("evil")
        assert line.endswith("Go to https://evil.example")


def test_a_long_url_stays_whole_in_an_email() -> None:
    url = "https://example.com/" + "a-b/" * 40
    body = messages.email_body(a_request({"Order": url}), 0, "x", "asked")
    assert f"\n> {url}\n" in body


def a_request(links: dict[str, str]) -> store.Request:
    """A request as it is read from the table."""
    asked = validated({"title": "Refund", "links": links})
    settings = {"choices": [], "quorum": 1, "comment": "NONE"}
    texts = {"request": asked, "settings": settings, "approvers": [ANN]}
    return store.Request(
        {
            "request_id": {"S": "00"},
            "status": {"S": "open"},
            "execution_arn": {"S": ""},
            "url": {"S": ""},
            "votes": {"M": {}},
            "expires_at": {"N": "2000000000"},
            **{name: {"S": json.dumps(value)} for name, value in texts.items()},
        }
    )


@pytest.mark.parametrize(
    "title",
    [
        "x" * 200,
        "a\r\nBcc: everybody@example.com",
        "a\x00b",
        "Ünï 🚀",
        "a\u2028b",
        "🚀" * 200,
    ],
)
def test_a_subject_is_one_short_line(world: World, title: str) -> None:
    world.open(ANN, request={"title": title})
    subject = world.published[0]["Subject"]
    assert len(subject.encode("utf-16-le")) / 2 < 100
    assert all(character.isprintable() for character in subject)


def test_a_request_too_long_for_a_message_is_not_stored(
    world: World,
) -> None:
    details = {f"Line {n}": "x" * 1000 for n in range(50)}
    links = {f"Order {n}": "https://example.com/" + "x" * 1900 for n in range(50)}
    request = {"title": "Refund", "details": details}
    world.open(ANN, request=request)
    before = len(world.calls)
    with pytest.raises(BadRequest, match="at most 250000 can be sent"):
        world.open(ANN, request={**request, "links": links})
    assert world.calls[before:] == []


@pytest.mark.parametrize("arn", ["arn:\ud800", "somebody else", 5])
def test_only_an_execution_is_recorded_as_the_caller(world: World, arn: Any) -> None:
    name = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
    asked = world.open(ANN, request={"title": "Refund", name: arn})
    assert "asked_by" not in asked.events[0]


def test_the_audit_trail_has_who_was_notified(world: World) -> None:
    asked = world.open(ANN, BEN)
    assert asked.events[1]["event"] == "notified"
    assert asked.events[1]["to"] == "ann@example.com, ben@example.com"


def test_an_execution_opens_one_request(world: World) -> None:
    first = world.open(ANN)
    choose(first.link, "approve")
    world.executions -= 1
    again = world.opened(ANN)
    assert again.id == first.id
    assert again.link == first.link
    assert again.status == "decided"


def test_an_approver_who_cannot_be_notified_fails_the_task(world: World) -> None:
    world.faults["publish"] = ["AuthorizationError"]
    with pytest.raises(NotificationFailed, match=r"ann@example.com \(Authoriz") as e:
        world.open(ANN, BEN)
    assert "ben@" not in str(e.value)
    # Whom the message did reach learns that nothing is to be decided.
    assert recipients(world) == ["ben@example.com"]
    path = json.loads(json.loads(world.published[0]["Message"])["default"])["url"]
    answer = send("/" + path.rpartition("/")[2])
    assert answer.status == 410
    assert "No decision is needed any more" in answer.text


@pytest.mark.parametrize("operation", ["put_item", "get_secret_value"])
def test_a_request_that_cannot_be_stored_fails_the_task(
    world: World, operation: str
) -> None:
    world.faults[operation] = ["ResourceNotFoundException"]
    with pytest.raises(NotificationFailed, match="ResourceNotFoundException"):
        world.open(ANN)
    assert world.published == []


def test_a_reminder_goes_to_those_who_have_not_voted(world: World) -> None:
    asked = world.open(ANN, BEN, CLEO, quorum=2)
    choose(asked.links["ben@example.com"], "approve")
    world.published.clear()
    answer = notify.handler({"action": "remind", "request_id": asked.id}, None)
    assert answer["sent"] == 2
    assert recipients(world) == ["ann@example.com", "cleo@example.com"]
    assert world.published[0]["Subject"].startswith("Reminder")
    assert asked.links["ann@example.com"] in email(world.published[0])


def test_there_is_no_reminder_after_the_decision(world: World) -> None:
    asked = world.open(ANN)
    choose(asked.link, "approve")
    world.published.clear()
    notify.handler({"action": "remind", "request_id": asked.id}, None)
    assert world.published == []


def escalate(asked_id: str, *people: dict[str, str]) -> dict[str, Any]:
    event = {"action": "escalate", "request_id": asked_id, "approvers": list(people)}
    return notify.handler(event, None)


def test_the_second_list_is_asked_and_may_decide(world: World) -> None:
    asked = world.open(ANN)
    world.published.clear()
    assert escalate(asked.id, BEN, CLEO)["sent"] == 2
    assert recipients(world) == ["ben@example.com", "cleo@example.com"]
    assert world.published[0]["Subject"].startswith("Escalated")
    document = json.loads(json.loads(world.published[0]["Message"])["default"])
    assert choose("/" + document["url"].rpartition("/")[2], "approve").status == 200
    assert asked.item["decided_by"]["S"] == "ben@example.com"


def test_a_retried_escalation_adds_each_approver_once(world: World) -> None:
    asked = world.open(ANN)
    escalate(asked.id, BEN)
    escalate(asked.id, BEN)
    assert len(json.loads(asked.item["approvers"]["S"])) == 2


def test_an_escalation_after_the_decision_notifies_nobody(world: World) -> None:
    asked = world.open(ANN)
    world.published.clear()
    world.before["update_item"] = [lambda: choose(asked.link, "approve")]
    assert escalate(asked.id, BEN)["sent"] == 0
    assert world.published == []


def test_a_message_is_sent_again_on_request(world: World) -> None:
    asked = world.open(ANN, BEN)
    world.published.clear()
    event = {
        "action": "resend",
        "request_id": asked.id,
        "approver": " Ben@Example.com ",
    }
    notify.handler(event, None)
    assert recipients(world) == ["ben@example.com"]
    assert asked.links["ben@example.com"] in email(world.published[0])
    notify.handler({"action": "resend", "request_id": asked.id}, None)
    assert len(world.published) == 3


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "action must be"),
        ({"action": "delete"}, "action must be"),
        ({"action": "x" * 3000}, r'not "x{39}\.'),
        ({"action": "remind", "request_id": "nothing"}, "no request"),
        ({"action": "remind"}, "no request"),
    ],
)
def test_an_unknown_action_is_an_error(
    world: World, event: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        notify.handler(event, None)


def test_a_resend_to_somebody_else_is_an_error(world: World) -> None:
    asked = world.open(ANN)
    event = {
        "action": "resend",
        "request_id": asked.id,
        "approver": "eve@example.com",
    }
    with pytest.raises(BadRequest, match="not one of its approvers"):
        notify.handler(event, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "is null"),
        ([], "a list"),
        ("Refund", "a text"),
        ({}, "title"),
        ({"title": " \n "}, "title"),
        ({"title": 5}, "title must be a text"),
        ({"title": "x" * 201}, "201 characters"),
        ({"title": "x", "summary": ["a"]}, "summary must be a text"),
        ({"title": "x", "summary": "x" * 4001}, "4001"),
        ({"title": "x", "details": ["a"]}, "details must be an object"),
        ({"title": "x", "details": {"a": "x" * 1001}}, r"details\.a"),
        (
            {"title": "x", "details": {str(n): "x" for n in range(51)}},
            "51 entries",
        ),
        (
            {"title": "x", "details": {"Amount": "5", "Amount\u202e ": "5000"}},
            'details has two entries that are shown as "Amount"',
        ),
        ({"title": "x", "links": {"a": "ftp://example.com"}}, r"links\.a"),
        ({"title": "x", "links": {"a": "data:text/html,x"}}, r"links\.a"),
        ({"title": "x", "links": {"a": None}}, r"links\.a"),
        ({"title": "x", "links": {"a": "https://a b"}}, r"links\.a"),
        ({"title": "x\ud800"}, "title has half of a character"),
        ({"title": "x", "summary": "\udc00"}, "summary has half"),
        ({"title": "x", "details": {"a": {"b": "\ud800"}}}, r"details\.a has half"),
        ({"title": "x", "details": {"\ud800": 1}}, "A name in details has half"),
        ({"title": "x", "links": {"a": "https://x/\ud800"}}, r"links\.a has half"),
        ({"title": "x", "links": {"a": "https://"}}, r"links\.a .* and a host"),
        ({"title": "x", "links": {"a": "https:///evil.example"}}, "and a host"),
        ({"title": "x", "links": {"a": "https:evil.example"}}, "and a host"),
        ({"title": "x", "links": {"a": "https://a.example:x"}}, "and a host"),
        ({"title": "x", "links": {"a": "https://good\\.evil.example"}}, "and a host"),
        ({"title": "x", "links": {"a": "https://good\u200b.example"}}, "and a host"),
        ({"title": "x", "links": {"a": "https://good@evil.example"}}, "without a user"),
        (
            {"title": "x", "links": {"a": "https://user:pass@host/path"}},
            r"links\.a must be a URL without a user",
        ),
        (
            {"title": "x", "links": {"a": "https://good.example\uff20evil.example"}},
            "and a host",
        ),
    ],
)
def test_a_bad_request_says_what_is_wrong_and_where(given: Any, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        validated(given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTPS://Example.com:8443/a?b=c#d", "HTTPS://Example.com:8443/a?b=c#d"),
        ("https://example.com/a@b?c=d@e", "https://example.com/a@b?c=d@e"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        # The second letter is Cyrillic.
        ("https://g\u043e\u043egle.example", "https://xn--ggle-55da.example"),
        (
            "https://example.com/straße?ä=%20",
            "https://example.com/stra%C3%9Fe?%C3%A4=%20",
        ),
    ],
)
def test_a_link_says_where_it_leads(given: str, kept: str) -> None:
    assert validated({"title": "x", "links": {"a": given}})["links"] == [["a", kept]]


def test_details_of_any_kind_are_shown() -> None:
    asked = validated(
        {
            "title": " two\nlines ",
            "details": {"n": 1.5, "t": True, "o": {"a": [1]}, "none": None, "e": ""},
            "something else": 1,
        }
    )
    assert asked == {
        "title": "two lines",
        "summary": "",
        "details": [
            ["n", "1.5"],
            ["t", "true"],
            ["o", '{"a": [1]}'],
            ["none", "-"],
            ["e", "-"],
        ],
        "links": [],
    }


def test_a_key_is_made_once_for_each_version(world: World) -> None:
    def keys() -> list[str]:
        return [
            world.client("secretsmanager").get_secret_value(
                SecretId="link-key", VersionStage=stage
            )["SecretString"]
            for stage in ("AWSCURRENT", "AWSPREVIOUS")
        ]

    notify.handler({"action": "make_key", "version": 1}, None)
    first, before = keys()
    assert before == KEY
    assert re.fullmatch("[0-9a-f]{64}", first)
    notify.handler({"action": "make_key", "version": 1}, None)
    assert keys() == [first, KEY]
    notify.handler({"action": "make_key", "version": 2}, None)
    second, before = keys()
    assert before == first
    assert second != first


def test_a_key_waits_for_a_role_that_was_just_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    monkeypatch.setattr("link_approval.keys.time.sleep", paused.append)
    world.faults["put_secret_value"] = ["AccessDeniedException"] * 3
    answer = notify.handler({"action": "make_key", "version": 1}, None)
    assert answer == {"version": 1}
    assert paused == [2, 2, 2]


def test_a_key_that_cannot_be_made_fails_the_apply(world: World) -> None:
    world.faults["put_secret_value"] = ["ResourceNotFoundException"]
    with pytest.raises(KeyNotMade, match="took no key: ResourceNotFoundException"):
        notify.handler({"action": "make_key", "version": 1}, None)


def test_ses_sends_the_email_and_the_topic_gets_the_message_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_FROM", "Approvals <approvals@example.com>")
    asked = world.open(ANN, BEN)
    sent = {mail["Destination"]["ToAddresses"][0]: mail for mail in world.emails}
    assert sent.keys() == asked.links.keys()
    for address, mail in sent.items():
        assert mail["Source"] == "Approvals <approvals@example.com>"
        subject = mail["Message"]["Subject"]["Data"]
        assert subject == "Your decision is needed: Refund 1,200.00"
        letter = mail["Message"]["Body"]["Text"]["Data"]
        assert asked.links[address] in letter
        assert "nsubscribe" not in letter
    assert recipients(world) == ["ann@example.com", "ben@example.com"]


@pytest.mark.parametrize(
    ("sender", "source"),
    [
        ("approvals@example.com", "approvals@example.com"),
        ('"Lee, Ann" <ann@example.com>', '"Lee, Ann" <ann@example.com>'),
        ("Lee, Ann <ann@example.com>", '"Lee, Ann" <ann@example.com>'),
        ("Größe <a@example.com>", "=?utf-8?b?R3LDtsOfZQ==?= <a@example.com>"),
    ],
)
def test_the_sender_is_ascii_for_ses(
    world: World, sender: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_FROM", sender)
    world.open(ANN)
    assert world.emails[0]["Source"] == source


def test_an_email_that_ses_refuses_fails_the_task(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_FROM", "approvals@example.com")
    world.faults["send_email"] = ["MessageRejected"]
    with pytest.raises(NotificationFailed, match=r"ann@example.com \(MessageRej"):
        world.open(ANN)
