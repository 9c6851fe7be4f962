"""Link approval's part of the demo: an e-mail with a link, and a decision."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from rich.console import Console

from stepwire import aws
from stepwire.api import ApiClient
from stepwire.errors import StepwireError
from stepwire.mails import Mail, Mails
from stepwire.testing import Execution, Executions

APPROVER: Final = "you@example.com"
EXPIRES_IN: Final = 300
"""Seconds that the demo's link works; the demo also ends when nobody decides."""
VARIABLES: Final[Mapping[str, object]] = {
    "name": "approval",
    "approvers": [APPROVER],
    "expires_in": EXPIRES_IN,
}
"""The root module's ``link_approval``."""

_PATIENCE_SECONDS = 30
_PAUSE_SECONDS = 0.2

Decide = Callable[[str], None]
"""Decides over a link, in place of a person."""


def run(
    start_arn: str,
    environment: Mapping[str, str],
    console: Console,
    decide: Decide | None,
) -> bool:
    """Request a decision, show the e-mail, and wait for the decision.

    ``decide`` is called with the link. None waits for a person, at most until the link
    expires or a Ctrl-C stops the waiting. Returns whether nothing went wrong: a request
    that expired or still waits counts as a success.
    """
    title = f"Deploy checkout 1.4.0 ({secrets.token_hex(2)})"
    execution = Executions(aws.client("stepfunctions", environment)).start(
        start_arn,
        {
            "title": title,
            "summary": "The release candidate of this morning. All checks are green.",
            "details": {"service": "checkout", "commit": "2f6c1a9"},
        },
    )
    letter = _letter(environment["AWS_ENDPOINT_URL"], title, execution)
    link = letter.link
    _show(letter, console)
    if decide is None:
        console.print("Open the link in your browser, and decide.", style="bold")
        try:
            with console.status("waiting for your decision (Ctrl-C stops waiting)"):
                execution.wait(EXPIRES_IN + _PATIENCE_SECONDS)
        except KeyboardInterrupt:
            console.print(
                f"Not waited for. The link works for {EXPIRES_IN // 60} minutes from "
                "when it was sent."
            )
            return True
    else:
        decide(link)
        execution.wait(_PATIENCE_SECONDS)
    return _say_how_it_ended(execution, console)


def approve(link: str) -> None:
    """Approve like a program: with JSON, over the link for a person.

    Raises StepwireError where the approval is refused.
    """
    answer = ApiClient(link, credentials=None).post(
        body={"choice": "approve", "comment": "Approved by the demo itself."}
    )
    if answer.status != 200:
        raise StepwireError(f"POST {link} answered {answer.status}: {answer.text}")


def _letter(endpoint_url: str, title: str, execution: Execution) -> Mail:
    """The e-mail about ``title``, which the emulator keeps instead of sending it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for letter in Mails(endpoint_url).all(containing=title):
            return letter
        if execution.status != "RUNNING":
            execution.assert_status("SUCCEEDED")
        time.sleep(_PAUSE_SECONDS)
    raise StepwireError(
        f"No e-mail came within {_PATIENCE_SECONDS} s.",
        hint="`stepwire logs` shows what the emulator did.",
    )


def _show(letter: Mail, console: Console) -> None:
    lines = [
        "",
        "A workflow asks for a decision. The emulator keeps its e-mails; this one is",
        "for you:",
        "",
        f"  To: {APPROVER}",
        f"  Subject: {letter.subject}",
        "",
        *(f"  {line}" for line in letter.text.splitlines()),
        "",
    ]
    for line in lines:
        # Without wrapping: a link that is broken into lines cannot be clicked.
        console.print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)


def _say_how_it_ended(execution: Execution, console: Console) -> bool:
    result = execution.assert_status("SUCCEEDED").output
    if result["decision"] == "expired":
        said = f"Nobody decided within {EXPIRES_IN} s: the request has expired."
    else:
        said = f"The workflow went on: {result['decision']}, by {result['decided_by']}"
        said += f" at {result['decided_at']}."
    if result.get("comment"):
        said += f" “{result['comment']}”"
    console.print(said, markup=False, highlight=False, style="bold green")
    return True
