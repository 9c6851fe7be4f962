"""The decision function: what approvers and programs are promised, attacks included."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from link_approval import link
from tests.unit.approvals import (
    ANN,
    ASKED,
    BEN,
    CHOICES,
    CLEO,
    KEY,
    TOKEN,
    Answer,
    Asked,
    World,
    choose,
    in_an_hour,
    post_json,
    send,
    submit,
)

FORM = "application/x-www-form-urlencoded"
SCRIPT = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"


class _Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def json_of(asked: Asked, link: str | None = None) -> Any:
    return send(link or asked.link, accept="application/json").body


# What a decision is


def test_a_get_shows_what_is_asked_and_decides_nothing(world: World) -> None:
    asked = world.open(ANN)
    answer = send(asked.link)
    assert answer.status == 200
    for shown in ("Refund 1,200.00", "The parcel was lost.", "Ada", "1200", "true"):
        assert shown in answer.text
    assert "Ann Lee" in answer.text
    assert 'href="https://example.com/orders/7"' in answer.text
    assert (asked.status, asked.votes, world.resumed) == ("open", {}, [])


def test_the_page_shows_which_host_a_link_leads_to(world: World) -> None:
    links = {"https://bank.example/": "https://evil.example/login?a=b"}
    asked = world.open(ANN, request={"title": "Refund", "links": links})
    page = send(asked.link).text
    assert (
        '>https://bank.example/</a> <span class="address">evil.example</span>' in page
    )


def test_a_form_is_confirmed_and_then_decides(world: World) -> None:
    asked = world.open(ANN)
    answer = submit(asked.link, choice="approve", comment="fine\r\nby me")
    assert answer.status == 200
    assert "Confirm: Approve" in answer.text
    assert asked.votes == {}
    hidden = {
        str(field["name"]): str(field["value"])
        for field in _Elements(answer.text).of("input")
    }
    answer = submit(asked.link, **hidden, confirmed="yes")
    assert "Your decision is recorded" in answer.text
    assert asked.votes == {"ann@example.com": "approve"}
    assert world.resumed == [TOKEN]
    item = asked.item
    assert item["comment"]["S"] == "fine\nby me"
    assert item["decided_by"]["S"] == "ann@example.com"
    assert "task_token" not in item
    assert [event["event"] for event in asked.events] == [
        "opened",
        "notified",
        "voted",
        "resumed",
    ]


def test_back_shows_the_form_with_the_comment(world: World) -> None:
    asked = world.open(ANN)
    answer = submit(asked.link, choice="approve", comment="but…", back="yes")
    assert ">but…</textarea>" in answer.text
    assert asked.votes == {}


def test_a_program_has_no_way_back_to_a_form(world: World) -> None:
    asked = world.open(ANN)
    vote = {"choice": "approve", "back": "yes"}
    form = send(
        asked.link,
        "POST",
        body="choice=approve&back=yes",
        accept="application/json",
        content_type=FORM,
    )
    for answer in (post_json(asked.link, vote), form):
        assert answer.headers["content-type"].startswith("application/json")
        assert (answer.status, answer.body["error"]) == (400, "malformed")
    assert asked.votes == {}


def test_a_page_begins_with_its_own_words_and_not_with_the_request(
    world: World,
) -> None:
    title = "Request approved. Your account at https://evil.example"
    asked = world.open(ANN, request={"title": title, "summary": title})
    pages = [send(asked.link), submit(asked.link, choice="approve", comment="")]
    pages.append(choose(asked.link, "approve"))
    for page in pages:
        outside = re.sub(r"<blockquote.*?</blockquote>", "", page.text)
        assert "evil" not in outside.partition("</title>")[2]
        assert f">{title}</h2>" in page.text
    assert f"<title>Your decision is needed: {title}</title>" in pages[0].text
    assert "<h1>Your decision is needed</h1>" in pages[0].text


def test_a_program_decides_in_one_step(world: World) -> None:
    asked = world.open(ANN)
    shown = json_of(asked)
    assert shown["status"] == "open"
    assert shown["details"] == {"Customer": "Ada", "Amount": "1200", "Insured": "true"}
    assert shown["choices"][0] == {"value": "approve", "label": "Approve"}
    answer = post_json(asked.link, {"choice": "reject", "comment": None})
    assert answer.status == 200
    assert answer.body["status"] == "decided"
    assert answer.body["decision"]["decided_by"] == "ann@example.com"
    assert answer.body["decision"]["comment"] is None
    assert answer.body["your_vote"]["decision"] == "reject"


def test_the_page_of_a_decided_request_says_by_whom_and_when(world: World) -> None:
    asked = world.open(ANN, BEN)
    choose(asked.links["ann@example.com"], "approve")
    for email in asked.links:
        answer = send(asked.links[email])
        assert answer.status == 200
        assert "Ann Lee decided “Approve” on" in answer.text
        assert "<textarea" not in answer.text
    assert "not needed any more" in send(asked.links["ben@example.com"]).text


def test_the_replay_of_a_decision_changes_nothing(world: World) -> None:
    asked = world.open(ANN)
    choose(asked.link, "approve")
    before = asked.item
    assert choose(asked.link, "approve").status == 200
    assert post_json(asked.link, {"choice": "approve"}).status == 200
    assert asked.item == before
    assert world.resumed == [TOKEN]


def test_the_same_person_cannot_answer_twice(world: World) -> None:
    asked = world.open(ANN, BEN, CLEO, quorum=2)
    assert "Your vote is counted" in choose(asked.link, "approve").text
    answer = post_json(asked.link, {"choice": "reject"})
    assert (answer.status, answer.body["error"]) == (409, "already_voted")
    assert choose(asked.link, "approve").status == 200
    assert asked.votes == {"ann@example.com": "approve"}
    assert asked.status == "open"


def test_two_of_three_decide(world: World) -> None:
    asked = world.open(ANN, BEN, CLEO, quorum=2)
    assert "1 of 2 needed" not in send(asked.links["ben@example.com"]).text
    choose(asked.links["ann@example.com"], "approve")
    assert "1 of 2 needed" in send(asked.links["ben@example.com"]).text
    assert asked.status == "open"
    choose(asked.links["cleo@example.com"], "approve")
    assert asked.item["decision"]["S"] == "approve"
    assert asked.item["decided_by"]["S"] == "cleo@example.com"
    late = post_json(asked.links["ben@example.com"], {"choice": "reject"})
    assert (late.status, late.body["error"]) == (409, "already_decided")
    assert late.body["your_vote"] is None


def test_votes_that_can_reach_no_quorum_end_undecided(world: World) -> None:
    without_veto = [{**choice, "veto": False} for choice in CHOICES]
    asked = world.open(ANN, BEN, quorum=2, choices=without_veto)
    choose(asked.links["ann@example.com"], "approve")
    answer = choose(asked.links["ben@example.com"], "reject")
    assert "without a decision" in answer.text
    assert asked.item["decision"]["S"] == "undecided"
    assert "decided_by" not in asked.item
    assert world.resumed == [TOKEN]


def test_two_votes_at_once_are_both_counted(world: World) -> None:
    asked = world.open(ANN, BEN, quorum=2)
    world.before["update_item"] = [
        lambda: choose(asked.links["ben@example.com"], "approve")
    ]
    answer = choose(asked.links["ann@example.com"], "approve")
    assert "Your decision is recorded" in answer.text
    assert len(asked.votes) == 2
    assert world.resumed == [TOKEN]


def test_two_decisions_at_once_are_one(world: World) -> None:
    asked = world.open(ANN, BEN)
    world.before["update_item"] = [
        lambda: choose(asked.links["ben@example.com"], "reject")
    ]
    answer = choose(asked.links["ann@example.com"], "approve")
    assert answer.status == 409
    assert "ben@example.com decided “Reject”" in answer.text
    assert asked.votes == {"ben@example.com": "reject"}


def test_the_same_person_twice_at_once_votes_once(world: World) -> None:
    asked = world.open(ANN)
    world.before["update_item"] = [lambda: choose(asked.link, "approve")]
    assert choose(asked.link, "approve").status == 200
    assert [event["event"] for event in asked.events].count("voted") == 1


def test_an_escalation_between_reading_and_voting_is_counted(world: World) -> None:
    without_veto = [{**choice, "veto": False} for choice in CHOICES]
    asked = world.open(ANN, BEN, quorum=2, choices=without_veto)
    choose(asked.links["ann@example.com"], "approve")
    people = json.dumps([ANN, BEN, CLEO])
    world.before["update_item"] = [lambda: world.set(asked.id, approvers={"S": people})]
    choose(asked.links["ben@example.com"], "reject")
    assert asked.status == "open"


# What the page is


def test_every_response_forbids_caching_framing_and_referring(world: World) -> None:
    asked = world.open(ANN)
    answers = [
        send(asked.link),
        send(asked.link, accept="application/json"),
        send("/nonsense"),
        send(asked.link, "DELETE"),
        submit(asked.link, choice="approve"),
        choose(asked.link, "approve"),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers


def test_the_style_is_allowed_by_a_new_nonce_each_time(world: World) -> None:
    asked = world.open(ANN)
    nonces = set()
    for _ in range(2):
        answer = send(asked.link)
        (style,) = _Elements(answer.text).of("style")
        assert f"'nonce-{style['nonce']}'" in answer.headers["content-security-policy"]
        nonces.add(style["nonce"])
    assert len(nonces) == 2


def test_a_page_needs_no_script_and_loads_nothing(world: World) -> None:
    asked = world.open(ANN)
    elements = _Elements(send(asked.link).text)
    assert {name for name, _ in elements.found}.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "video", "base"}
    )
    (icon,) = elements.of("link")
    assert str(icon["href"]).startswith("data:")


def test_a_script_in_any_field_stays_text(world: World) -> None:
    asked = world.open(
        {"email": "a<b>@example.com", "name": SCRIPT},
        request={
            "title": SCRIPT,
            "summary": SCRIPT,
            "details": {SCRIPT: SCRIPT},
            "links": {SCRIPT: f"https://example.com/{SCRIPT}".replace(" ", "")},
        },
        choices=[{**CHOICES[0], "label": SCRIPT}],
        quorum=1,
    )
    pages = [
        send(asked.link),
        submit(asked.link, choice=SCRIPT, comment=SCRIPT),
        submit(asked.link, choice="approve", comment=SCRIPT),
        submit(asked.link, choice="approve", comment=SCRIPT, back="yes"),
        choose(asked.link, "approve", SCRIPT),
        send(asked.link),
        send("/" + SCRIPT),
    ]
    for page in pages:
        elements = _Elements(page.text)
        names = {name for name, _ in elements.found}
        assert names.isdisjoint({"script", "img"}), page.text
        for _, attributes in elements.found:
            assert not any(name.startswith("on") for name in attributes)


def test_a_link_that_would_run_a_script_is_refused(world: World) -> None:
    with pytest.raises(Exception, match=r"links\.x must be a URL") as caught:
        world.open(request={"title": "x", "links": {"x": "javascript:alert(1)"}})
    assert type(caught.value).__name__ == "BadRequest"


# Comments


@pytest.mark.parametrize(
    ("rule", "comment", "problem"),
    [
        ("REQUIRED", "", "Please write a comment"),
        ("REQUIRED", "  \n ", "Please write a comment"),
        ("NONE", "hello", "takes no comment"),
        ("OPTIONAL", "x" * 1001, "at most 1000"),
    ],
)
def test_the_comment_rule_of_the_request_applies(
    world: World, rule: str, comment: str, problem: str
) -> None:
    asked = world.open(ANN, comment=rule)
    answer = choose(asked.link, "approve", comment)
    assert answer.status == 400
    assert problem in answer.text
    assert 'role="alert"' in answer.text
    answer = post_json(asked.link, {"choice": "approve", "comment": comment})
    assert answer.status == 400
    assert problem in answer.body["message"]
    assert asked.votes == {}


def test_a_comment_arrives_as_it_was_written(world: World) -> None:
    asked = world.open(ANN)
    text = "Çelik — 株式会社 🚀 👩‍💻 \\ \" ' & <b> %20 +\n{% $now() %} 'x"
    choose(asked.link, "approve", text)
    assert asked.item["comment"]["S"] == text


def test_unprintable_characters_of_a_comment_are_removed(world: World) -> None:
    asked = world.open(ANN)
    choose(asked.link, "approve", "a\x00b\x1b[31m\u202ec\rd")
    assert asked.item["comment"]["S"] == "ab[31mc\nd"


def test_half_a_character_is_refused_and_nothing_is_written(world: World) -> None:
    asked = world.open(ANN)
    answer = post_json(asked.link, {"choice": "approve", "comment": "x\ud800"})
    assert answer.status == 400
    assert "comment has half of a character" in answer.body["message"]
    assert asked.item["votes"]["M"] == {}


# Attacks


def tampered(link_path: str, start: int, length: int) -> list[str]:
    """The link with each of some bytes (of its 60) changed."""
    number = int(link_path[1:], 32)
    changed = []
    for byte in range(start, start + length):
        other = number ^ (1 << (8 * (59 - byte) + 3))
        digits = "0123456789abcdefghijklmnopqrstuv"
        text = "".join(digits[other >> shift & 31] for shift in range(475, -1, -5))
        changed.append("/" + text)
    return changed


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 1), (1, 4), (5, 5), (10, 16), (26, 2), (28, 32)],
    ids=["version", "key", "expiry", "request", "approver", "signature"],
)
def test_a_tampered_link_is_not_valid(world: World, start: int, length: int) -> None:
    asked = world.open(ANN, BEN)
    world.opened(CLEO)
    before = asked.item
    for path in tampered(asked.link, start, length):
        assert path != asked.link
        for answer in (send(path), choose(path, "approve")):
            assert answer.status in (404, 410)
            assert "Refund" not in answer.text
    assert asked.item == before
    assert world.resumed == []


def test_a_link_of_another_key_is_not_valid(world: World) -> None:
    asked = world.open(ANN)
    forged = link.write(b"another key", asked.id, 0, in_an_hour())
    assert send(f"/{forged}").status == 404


def test_a_signed_link_to_no_approver_is_not_valid(world: World) -> None:
    asked = world.open(ANN)
    key = KEY.encode()
    assert send("/" + link.write(key, asked.id, 1, in_an_hour())).status == 404
    assert send("/" + link.write(key, "00" * 16, 0, in_an_hour())).status == 404


def test_links_with_forged_keys_do_not_become_as_many_calls(world: World) -> None:
    for number in range(20):
        forged = link.write(b"%d" % number, "00" * 16, 0, in_an_hour())
        assert send(f"/{forged}").status == 404
    assert world.calls.count("secretsmanager.get_secret_value") <= 3


def test_an_expired_link_says_so_and_asks_aws_nothing(world: World) -> None:
    expired = link.write(KEY.encode(), "00" * 16, 0, 1_000_000_000)
    for answer in (send(f"/{expired}"), choose(f"/{expired}", "approve")):
        assert answer.status == 410
        assert "This link has expired" in answer.text
    document = send(f"/{expired}", accept="application/json")
    assert document.body["error"] == "expired"
    assert world.calls == []


def test_a_request_that_expired_takes_no_vote(world: World) -> None:
    asked = world.open(ANN)
    world.set(asked.id, status={"S": "expired"})
    for answer in (send(asked.link), choose(asked.link, "approve")):
        assert answer.status == 410
        assert "has expired" in answer.text
    assert asked.votes == {}


@pytest.mark.parametrize("query", ["", "choice=approve&confirmed=yes", "utm_source=x"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_head_prefetch_or_query_decides(
    world: World, method: str, query: str
) -> None:
    asked = world.open(ANN)
    answer = send(
        asked.link,
        method,
        query=query,
        body="choice=approve&confirmed=yes",
        content_type=FORM,
        sec_purpose="prefetch;prerender",
        purpose="prefetch",
        x_http_method_override="POST",
    )
    assert answer.status == 200
    assert bool(answer.text) == (method == "GET")
    assert (asked.status, asked.votes) == ("open", {})


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"])
def test_another_method_is_refused(world: World, method: str) -> None:
    asked = world.open(ANN)
    calls = len(world.calls)
    answer = send(asked.link, method, body="choice=approve", content_type=FORM)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert len(world.calls) == calls


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/xml", "multipart/form-data; boundary=x", "json"],
)
def test_another_content_type_is_refused(world: World, media_type: str) -> None:
    asked = world.open(ANN)
    body = "choice=approve&confirmed=yes"
    answer = send(asked.link, "POST", body=body, content_type=media_type)
    assert answer.status == 415
    assert asked.votes == {}


@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_of_ten_megabytes_is_refused_unread(world: World, encoded: bool) -> None:
    asked = world.open(ANN)
    calls = len(world.calls)
    answer = submit(
        asked.link, encoded=encoded, choice="approve", comment="x" * 10_000_000
    )
    assert answer.status == 413
    assert len(world.calls) == calls


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("choice", FORM),
        ("choice=approve&choice=reject", FORM),
        ("choice=approve&approver=ben", FORM),
        ("choice=%FF%FE", FORM),
        ("a=1&b=2&c=3&d=4&e=5&f=6", FORM),
        ("", "application/json"),
        ("{", "application/json"),
        ("[]", "application/json"),
        ('"approve"', "application/json"),
        ('{"choice": 1}', "application/json"),
        ('{"choice": ["approve"]}', "application/json"),
        ('{"choice": "approve", "choice": "reject"}', "application/json"),
        ('{"choice": "approve", "decided_by": "ben"}', "application/json"),
        ("[" * 9000, "application/json"),
    ],
)
def test_a_body_that_is_no_decision_is_refused(
    world: World, body: str, media_type: str
) -> None:
    asked = world.open(ANN)
    answer = send(asked.link, "POST", body=body, content_type=media_type)
    assert answer.status == 400
    assert asked.votes == {}


def test_a_body_that_is_not_base64_is_refused(world: World) -> None:
    asked = world.open(ANN)
    body = base64_of_latin_1 = "y2hvaWNl/w=="
    answer = submit_raw(asked, body)
    assert answer.status == 400
    assert submit_raw(asked, base64_of_latin_1[:-3]).status == 400


def submit_raw(asked: Asked, body: str) -> Answer:
    """A body that says that it is base64."""
    event = {
        "rawPath": asked.link,
        "headers": {"content-type": FORM},
        "requestContext": {"http": {"method": "POST", "path": asked.link}},
        "isBase64Encoded": True,
        "body": body,
    }
    from link_approval import decide

    return Answer(decide.handler(event, None))


@pytest.mark.parametrize(
    "choice",
    [
        "",
        "APPROVE",
        "approve ",
        "approve\0",
        "\0approve",
        "appr\u202eove",
        "approve\ufeff",
        "approve\n",
        "approve\ud800",
        "expired",
        "__proto__",
    ],
)
def test_only_a_choice_of_the_request_is_one(world: World, choice: str) -> None:
    asked = world.open(ANN)
    assert post_json(asked.link, {"choice": choice}).status == 400
    if choice.isascii():
        assert choose(asked.link, choice).status == 400
    assert asked.votes == {}


@pytest.mark.parametrize(
    "ending",
    [".", "/", ">", ")", ",", "%3E", "%22", "\u201d", "%E2%80%9D.", "'>).", "*"],
)
def test_punctuation_after_a_link_is_ignored(world: World, ending: str) -> None:
    asked = world.open(ANN)
    path = asked.link + ending
    assert "Refund 1,200.00" in send(path).text
    assert choose(path, "approve").status == 200
    assert asked.votes == {"ann@example.com": "approve"}


@pytest.mark.parametrize("ending", ["0", "v", ".0", "/x", "%3Ea"])
def test_no_letter_or_digit_after_a_link_is_ignored(world: World, ending: str) -> None:
    asked = world.open(ANN)
    assert send(asked.link + ending).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://abc.lambda-url.us-east-1.on.aws.evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(
    world: World, headers: dict[str, str]
) -> None:
    asked = world.open(ANN)
    answer = send(
        asked.link,
        "POST",
        body="choice=approve&confirmed=yes",
        content_type=FORM,
        **headers,
    )
    assert answer.status == 403
    assert asked.votes == {}


def test_a_form_of_the_page_itself_is_accepted(world: World) -> None:
    asked = world.open(ANN)
    answer = send(
        asked.link,
        "POST",
        body="choice=approve&confirmed=yes",
        content_type=f"{FORM}; charset=UTF-8",
        origin="https://abc.lambda-url.us-east-1.on.aws",
    )
    assert answer.status == 200
    assert asked.status == "decided"


def test_request_headers_put_nothing_into_the_response(world: World) -> None:
    asked = world.open(ANN)
    plain = send(asked.link)
    odd = send(
        asked.link,
        query="next=https://evil.example&lang=%0d%0aX-Evil:1",
        host="evil.example",
        x_forwarded_host="evil.example",
        x_forwarded_proto="gopher",
        referer="https://evil.example/\r\nX-Evil: 1",
        user_agent=SCRIPT,
        accept_language="es;q=1\r\nX-Evil: 1",
    )
    assert "evil" not in odd.text + json.dumps(odd.headers)
    assert odd.headers.keys() == plain.headers.keys()


# When AWS fails


def test_without_the_table_every_response_is_try_again(world: World) -> None:
    asked = world.open(ANN)
    world.client("dynamodb").delete_table(TableName="requests")
    for answer in (send(asked.link), choose(asked.link, "approve")):
        assert answer.status == 503
        assert "try again" in answer.text.lower()
    document = post_json(asked.link, {"choice": "approve"})
    assert (document.status, document.body["error"]) == (503, "unavailable")


@pytest.mark.parametrize("operation", ["get_item", "update_item", "get_secret_value"])
def test_a_throttled_call_can_be_retried(world: World, operation: str) -> None:
    asked = world.open(ANN)
    world.faults[operation] = ["ProvisionedThroughputExceededException"]
    assert choose(asked.link, "approve").status == 503
    assert asked.votes == {}
    assert choose(asked.link, "approve").status == 200
    assert asked.votes == {"ann@example.com": "approve"}


@pytest.mark.parametrize("code", ["TaskTimedOut", "InvalidToken", "TaskDoesNotExist"])
@pytest.mark.parametrize("status", ["ABORTED", "FAILED", "TIMED_OUT"])
def test_a_token_that_has_ended_is_shown_and_recorded(
    world: World, code: str, status: str
) -> None:
    asked = world.open(ANN)
    world.faults["send_task_success"] = [code]
    world.execution_status = status
    answer = choose(asked.link, "approve", "too late")
    assert answer.status == 409
    assert "no longer waits" in answer.text
    assert asked.status == "stopped"
    assert asked.events[-1]["event"] == "token_refused"
    assert (asked.events[-1]["token"], asked.events[-1]["execution"]) == (code, status)
    assert asked.votes == {"ann@example.com": "approve"}
    assert "no longer waits" in send(asked.link).text
    assert choose(asked.link, "approve").status == 409
    assert post_json(asked.link, {"choice": "reject"}).body["error"] == "stopped"


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_the_workflow_finds_a_decision_between_two_waits(
    world: World, status: str
) -> None:
    asked = world.open(ANN)
    world.faults["send_task_success"] = ["TaskTimedOut"]
    world.execution_status = status
    answer = choose(asked.link, "approve")
    assert answer.status == 200
    assert "Your decision is recorded" in answer.text
    assert asked.status == "decided"
    assert asked.events[-1]["execution"] == status


def test_a_decision_can_come_before_the_workflow_waits(world: World) -> None:
    asked = world.opened(ANN)
    assert choose(asked.link, "approve").status == 200
    assert asked.status == "decided"
    assert world.resumed == []


def test_the_page_says_that_the_workflow_failed_before_it_waited(world: World) -> None:
    asked = world.opened(ANN)
    world.execution_status = "FAILED"
    assert choose(asked.link, "approve").status == 409
    assert asked.status == "stopped"


def test_the_next_click_resumes_the_workflow_where_that_failed(
    world: World,
) -> None:
    asked = world.open(ANN, BEN)
    world.faults["send_task_success"] = ["ThrottlingException"]
    assert choose(asked.link, "approve").status == 503
    assert (asked.status, world.resumed) == ("decided", [])
    for email in asked.links:
        page = send(asked.links[email])
        assert "has not continued yet" in page.text
    assert world.resumed == []
    answer = submit(asked.links["ben@example.com"])
    assert answer.status == 200
    assert world.resumed == [TOKEN]
    assert "has not continued" not in answer.text
    assert asked.votes == {"ann@example.com": "approve"}


def test_a_click_resumes_the_workflow_after_a_crash(
    world: World,
) -> None:
    asked = world.open(ANN)

    def crash() -> None:
        raise MemoryError("with the token " + TOKEN)

    world.before["send_task_success"] = [crash]
    assert choose(asked.link, "approve").status == 500
    assert asked.status == "decided"
    assert choose(asked.link, "approve").status == 200
    assert world.resumed == [TOKEN]


def test_a_lost_response_of_the_table_does_not_count_a_vote_twice(world: World) -> None:
    asked = world.open(ANN, BEN, quorum=2)
    # The SDK's second attempt finds what its first one has written.
    world.before["update_item"] = [lambda: choose(asked.link, "approve")]
    assert choose(asked.link, "approve").status == 200
    assert asked.votes == {"ann@example.com": "approve"}
    assert asked.status == "open"


# Keys


def rotate(world: World, number: int) -> None:
    world.client("secretsmanager").put_secret_value(
        SecretId="link-key", SecretString=f"key {number}"
    )


def test_a_key_rotation_leaves_links_valid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared import secrets

    old = world.open(ANN)
    assert send(old.link).status == 200
    rotate(world, 2)
    new = world.open(ANN)
    assert send(new.link).status == 200
    assert send(old.link).status == 200
    rotate(world, 3)
    monkeypatch.setattr(secrets, "_known", {})
    assert send(new.link).status == 200
    assert send(old.link).status == 404


# Languages


def test_spanish_ships_with_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from link_approval import texts

    asked = world.open(ANN)
    monkeypatch.setenv("LANGUAGE", "es")
    monkeypatch.setattr(texts, "TEXTS", texts._load())
    monkeypatch.setattr("link_approval.markup.TEXTS", texts.TEXTS)
    page = send(asked.link).text
    assert '<html lang="es">' in page
    for shown in ("Aprobar", "Rechazar", "Comentario", "opcional"):
        assert shown in page
    assert "Comment" not in page.replace("Comentario", "")


def test_both_languages_have_the_same_texts_and_placeholders() -> None:
    from string import Formatter

    from link_approval import texts

    def placeholders(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    folder = texts.__file__.replace("texts.py", "texts")
    sets = {}
    for language in ("en", "es"):
        with open(f"{folder}/{language}.json", encoding="utf-8") as file:
            sets[language] = json.load(file)
    assert sets["en"].keys() == sets["es"].keys()
    for key, english in sets["en"].items():
        assert placeholders(english) == placeholders(sets["es"][key]), key


def test_texts_can_be_replaced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import base64
    import gzip

    from link_approval import texts

    own = {"choice_approve": "Yes, <go>", "personal": "{title} {nothing}"}
    packed = base64.b64encode(gzip.compress(json.dumps(own).encode())).decode()
    monkeypatch.setenv("TEXTS", packed)
    monkeypatch.setattr(texts, "TEXTS", texts._load())
    asked = world.open(ANN)
    page = send(asked.link).text
    assert "Yes, &lt;go&gt;" in page
    assert "{title} {nothing}" in page
    assert ASKED["title"] in page
