"""``stepwire mails``: the e-mails that the emulator keeps instead of sending them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.mails import read, recipients
from stepwire.printable import printable
from stepwire.session import Session
from stepwire.terminal import messages, output


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
