"""``stepwire mails``: the e-mails that the emulator keeps instead of sending them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import urllib3

from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.session import Session
from stepwire.terminal import messages, output

_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument("--to", metavar="ADDRESS", help="only those to this address")


def run(arguments: argparse.Namespace) -> int:
    """Prints the e-mails, the oldest first; the exit status. Raises StepwireError.

    They are whole on a terminal and in a pipe alike: a link that is broken into two
    lines opens nothing.
    """
    session = Session(Path.cwd())
    if session.endpoint_url is None:
        raise StepwireError(
            "No emulator is up here, and AWS keeps no e-mails to read.",
            hint="`stepwire up` starts one.",
        )
    found = [
        mail
        for mail in read(session.endpoint_url)
        if arguments.to is None or arguments.to in recipients(mail)
    ]
    if not found:
        messages.print("There is no such e-mail." if arguments.to else "None yet.")
    for number, mail in enumerate(found):
        output.file.write(("\n" if number else "") + letter(mail))
    return 0


def read(endpoint_url: str) -> list[Mapping[str, Any]]:
    """What LocalStack has at ``/_aws/ses``, the oldest first.

    Raises StepwireError where nothing answers, or something else does.
    """
    # By number: Python's resolver may take "localhost" for ::1 first.
    url = endpoint_url.replace("//localhost:", "//127.0.0.1:") + "/_aws/ses"
    try:
        answer = urllib3.request("GET", url, retries=False, timeout=_SECONDS)
        if answer.status == 404:
            # LocalStack has the page from the first e-mail on.
            return []
        found: list[Mapping[str, Any]] = answer.json()["messages"]
    except urllib3.exceptions.HTTPError as error:
        raise StepwireError(f"{endpoint_url} does not answer: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StepwireError(f"{url} answered {answer.status}: no e-mails.") from error
    return found


def recipients(mail: Mapping[str, Any]) -> list[str]:
    """All addresses that it goes to."""
    destination = mail.get("Destination") or {}
    if not isinstance(destination, Mapping):
        return [str(destination)]
    return [str(address) for addresses in destination.values() for address in addresses]


def letter(mail: Mapping[str, Any]) -> str:
    """The e-mail as text, with a line end; of HTML only where it has no text."""
    body = mail.get("Body") or {}
    text = body.get("text_part") or body.get("html_part") or mail.get("RawData") or ""
    heads = {
        "Date": mail.get("Timestamp", ""),
        "From": mail.get("Source", ""),
        "To": ", ".join(recipients(mail)),
        "Subject": mail.get("Subject", ""),
    }
    lines = [
        f"{name}: {printable(str(value), keep='')}" for name, value in heads.items()
    ]
    return "\n".join([*lines, "", printable(str(text)).rstrip(), ""])
