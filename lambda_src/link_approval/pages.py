"""The pages: each is a title and its content."""

from __future__ import annotations

from urllib.parse import urlsplit

from link_approval.http_request import MAX_COMMENT
from link_approval.markup import Html, Page, element, message_page
from link_approval.quorum import UNDECIDED
from link_approval.store import Request
from link_approval.texts import format_time, label, text
from shared import timestamps


def form(
    request: Request, approver: int, *, comment: str = "", problem: str = ""
) -> Page:
    """The request and its choices; ``problem`` says what to correct."""
    buttons = [
        element(
            "button",
            label(choice),
            class_=f"choice {choice['color']}",
            name="choice",
            value=choice["value"],
        )
        for choice in request.choices
    ]
    alert = []
    if problem:
        heading = element("strong", text("problem_title"))
        alert = [
            element(
                "div",
                heading,
                " ",
                problem,
                class_="problem",
                id="problem",
                role="alert",
            )
        ]
    fields = _comment_field(request, comment, has_problem=bool(problem))
    fields.append(
        element(
            "fieldset",
            element("legend", text("choose")),
            element("div", *buttons, class_="choices"),
        )
    )
    title = text("subject_asked", title=request.content["title"])
    return title, [
        element("h1", text("form_title")),
        _facts(request, approver),
        element("p", text("request"), class_="eyebrow"),
        _quoted(request, *_content(request)),
        *alert,
        element("form", *fields, method="post"),
        element("p", text("personal"), class_="note"),
    ]


def confirm(request: Request, value: str, comment: str) -> Page:
    """The choice once more, before it counts."""
    choice = next(c for c in request.choices if c["value"] == value)
    name = label(choice)
    title = text("confirm_title")
    return title, [
        element("p", text("confirm_title"), class_="eyebrow"),
        element("h1", name),
        element("p", text("confirm")),
        _quoted(request),
        *_comment(comment),
        element(
            "form",
            element("input", type="hidden", name="choice", value=choice["value"]),
            element("input", type="hidden", name="comment", value=comment),
            element(
                "div",
                element(
                    "button",
                    text("confirm_button", choice=name),
                    class_=f"choice {choice['color']}",
                    name="confirmed",
                    value="yes",
                ),
                element(
                    "button",
                    text("back_button"),
                    class_="choice plain",
                    name="back",
                    value="yes",
                ),
                class_="choices",
            ),
            method="post",
        ),
    ]


def counted(request: Request, approver: int) -> Page:
    """The approver has voted, and others still have to."""
    vote = request.votes[approver]
    title, content = message_page(
        text("counted_title"),
        text(
            "counted",
            choice=_label(request, vote["decision"]),
            time=format_time(timestamps.seconds(vote["voted_at"])),
        ),
        tone="good",
    )
    return title, [*content, *_recap(request, approver)]


def done(request: Request, approver: int) -> Page:
    """This approver's vote was the decision."""
    title, content = message_page(
        text("done_title"),
        text("done", choice=_label(request, request.votes[approver]["decision"])),
        tone="good",
    )
    return title, [*content, *_recap(request, approver)]


def decided(request: Request, approver: int) -> Page:
    """The decision, by whom and when, and this approver's own vote."""
    moment = format_time(timestamps.seconds(request.decided_at or ""))
    if request.decision == UNDECIDED:
        sentence = text("undecided", time=moment)
    else:
        sentence = text(
            "decided",
            approver=_name(request.approver_with_email(request.decided_by or "")),
            choice=_label(request, request.decision or ""),
            time=moment,
        )
    vote = request.votes.get(approver)
    title, content = message_page(
        text("decided_title"),
        sentence,
        text("your_vote", choice=_label(request, vote["decision"]))
        if vote
        else text("no_vote"),
    )
    return title, [
        *content,
        *_comment(request.comment or ""),
        *_resume_form(request),
        *_recap(request, approver),
    ]


def stopped() -> Page:
    """The decision came after the workflow had been stopped."""
    return message_page(text("stopped_title"), text("stopped"), tone="bad")


def _comment(comment: str) -> list[Html]:
    if not comment:
        return []
    return [
        element("h2", text("comment")),
        element("blockquote", comment, class_="lines"),
    ]


def _resume_form(request: Request) -> list[Html]:
    """A button that resumes the workflow, where that failed after the decision."""
    if request.is_resumed or request.token is None:
        return []
    button = element("button", text("resume_button"), class_="choice blue")
    return [
        element("p", text("not_resumed")),
        element("form", element("div", button, class_="choices"), method="post"),
    ]


def _content(request: Request) -> list[Html]:
    content = request.content
    blocks: list[Html] = []
    if content["summary"]:
        blocks.append(element("p", content["summary"], class_="summary lines"))
    if content["details"]:
        rows = [
            element("div", element("dt", name), element("dd", value, class_="lines"))
            for name, value in content["details"]
        ]
        blocks += [
            element("h3", text("details")),
            element("dl", *rows, class_="details"),
        ]
    if content["links"]:
        items = [_link(name, url) for name, url in content["links"]]
        blocks += [element("h3", text("links")), element("ul", *items, class_="links")]
    return blocks


def _link(name: str, url: str) -> Html:
    """A link, and its host: the name may promise another one."""
    host = element("span", urlsplit(url).netloc, class_="address")
    link = element("a", name, href=url, rel="noopener noreferrer")
    return element("li", link, " ", host)


def _quoted(request: Request, *content: Html) -> Html:
    """The request as a quotation: its words may look like ours."""
    title = element("h2", request.content["title"])
    return element("blockquote", title, *content, class_="asked")


def _recap(request: Request, approver: int) -> list[Html]:
    """The request, below its outcome."""
    return [
        element("hr"),
        _quoted(request),
        _facts(request, approver, is_open=request.status == "open"),
    ]


def _facts(request: Request, approver: int, *, is_open: bool = True) -> Html:
    person = request.approvers[approver]
    who: list[str] = [person["email"]]
    if person["name"]:
        who = [
            element("strong", person["name"]),
            " ",
            element("span", person["email"], class_="address"),
        ]
    rows = [(text("you"), who)]
    if is_open:
        until = element(
            "time",
            format_time(request.expires_at),
            datetime=timestamps.iso(request.expires_at),
        )
        rows.append((text("until"), [until]))
        if request.quorum > 1:
            most = _most_votes(request)
            needed = text("votes_needed", votes=most, quorum=request.quorum)
            rows.append((text("votes"), [needed]))
    return element(
        "dl",
        *(element("div", element("dt", name), element("dd", *of)) for name, of in rows),
        class_="facts",
    )


def _most_votes(request: Request) -> int:
    votes = [vote["decision"] for vote in request.votes.values()]
    return max((votes.count(choice) for choice in votes), default=0)


def _comment_field(request: Request, comment: str, *, has_problem: bool) -> list[Html]:
    if request.comment_rule == "NONE":
        return []
    rule = request.comment_rule.lower()
    attributes: dict[str, str | bool] = {}
    if has_problem:
        attributes = {"aria_describedby": "problem", "aria_invalid": "true"}
    return [
        element(
            "div",
            element(
                "label",
                text("comment"),
                " ",
                element("span", f"({text(f'comment_{rule}')})", class_="rule"),
                for_="comment",
            ),
            element(
                "textarea",
                comment,
                id="comment",
                name="comment",
                rows="3",
                maxlength=str(MAX_COMMENT),
                required=rule == "required",
                **attributes,
            ),
            class_="field",
        )
    ]


def _label(request: Request, value: str) -> str:
    choice = request.choice(value)
    return label(choice) if choice else value


def _name(approver: dict[str, str]) -> str:
    return approver["name"] or approver["email"]
