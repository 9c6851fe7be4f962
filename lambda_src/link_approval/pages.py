"""The pages: each a title and its content."""

from __future__ import annotations

from urllib.parse import urlsplit

from link_approval.ballot import UNDECIDED
from link_approval.incoming import LONGEST_COMMENT
from link_approval.markup import Html, Page, element, message
from link_approval.store import Request
from link_approval.texts import label, text, when
from shared import moments


def form(request: Request, place: int, *, comment: str = "", problem: str = "") -> Page:
    """What is asked, and the choices; ``problem`` says what to correct."""
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
    title = text("subject_asked", title=request.asked["title"])
    return title, [
        element("h1", text("form_title")),
        _facts(request, place),
        element("p", text("request"), class_="eyebrow"),
        _quoted(request, *_asked(request)),
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
        *_said(comment),
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


def counted(request: Request, place: int) -> Page:
    """The approver has voted, and others still have to."""
    vote = request.votes[place]
    title, content = message(
        text("counted_title"),
        text(
            "counted",
            choice=_label(request, vote["decision"]),
            time=when(moments.seconds(vote["voted_at"])),
        ),
        tone="good",
    )
    return title, [*content, *_about(request, place)]


def done(request: Request, place: int) -> Page:
    """This approver's vote was the decision."""
    title, content = message(
        text("done_title"),
        text("done", choice=_label(request, request.votes[place]["decision"])),
        tone="good",
    )
    return title, [*content, *_about(request, place)]


def decided(request: Request, place: int) -> Page:
    """By whom and when, and what became of this approver's own vote."""
    moment = when(moments.seconds(request.decided_at or ""))
    if request.decision == UNDECIDED:
        sentence = text("undecided", time=moment)
    else:
        sentence = text(
            "decided",
            approver=_name(request.approver_called(request.decided_by or "")),
            choice=_label(request, request.decision or ""),
            time=moment,
        )
    own = request.votes.get(place)
    title, content = message(
        text("decided_title"),
        sentence,
        text("your_vote", choice=_label(request, own["decision"]))
        if own
        else text("no_vote"),
    )
    return title, [
        *content,
        *_said(request.comment or ""),
        *_untold(request),
        *_about(request, place),
    ]


def stopped() -> Page:
    """Decided, and nobody waited any more."""
    return message(text("stopped_title"), text("stopped"), tone="bad")


def _said(comment: str) -> list[Html]:
    if not comment:
        return []
    return [
        element("h2", text("comment")),
        element("blockquote", comment, class_="lines"),
    ]


def _untold(request: Request) -> list[Html]:
    """Where telling the workflow failed after the decision: tell it again."""
    if request.told or request.token is None:
        return []
    button = element("button", text("untold_button"), class_="choice blue")
    return [
        element("p", text("untold")),
        element("form", element("div", button, class_="choices"), method="post"),
    ]


def _asked(request: Request) -> list[Html]:
    asked = request.asked
    content: list[Html] = []
    if asked["summary"]:
        content.append(element("p", asked["summary"], class_="summary lines"))
    if asked["details"]:
        rows = [
            element("div", element("dt", name), element("dd", value, class_="lines"))
            for name, value in asked["details"]
        ]
        content += [
            element("h3", text("details")),
            element("dl", *rows, class_="details"),
        ]
    if asked["links"]:
        items = [_link(name, url) for name, url in asked["links"]]
        content += [element("h3", text("links")), element("ul", *items, class_="links")]
    return content


def _link(name: str, url: str) -> Html:
    """A link with its host: a name may say another one."""
    host = element("span", urlsplit(url).netloc, class_="address")
    link = element("a", name, href=url, rel="noopener noreferrer")
    return element("li", link, " ", host)


def _quoted(request: Request, *content: Html) -> Html:
    """The request's own words, which may look like ours: a quotation."""
    title = element("h2", request.asked["title"])
    return element("blockquote", title, *content, class_="asked")


def _about(request: Request, place: int) -> list[Html]:
    """What it was about, below what became of it."""
    return [
        element("hr"),
        _quoted(request),
        _facts(request, place, is_open=request.status == "open"),
    ]


def _facts(request: Request, place: int, *, is_open: bool = True) -> Html:
    approver = request.approvers[place]
    who: list[str] = [approver["email"]]
    if approver["name"]:
        who = [
            element("strong", approver["name"]),
            " ",
            element("span", approver["email"], class_="address"),
        ]
    rows = [(text("you"), who)]
    if is_open:
        moment = element(
            "time",
            when(request.expires_at),
            datetime=moments.iso(request.expires_at),
        )
        rows.append((text("until"), [moment]))
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
                maxlength=str(LONGEST_COMMENT),
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
