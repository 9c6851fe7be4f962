"""``stepwire mails``: the e-mails that the emulator keeps instead of sending them."""

from __future__ import annotations

import argparse
from pathlib import Path

from stepwire.errors import StepwireError
from stepwire.mails import Mail, Mails
from stepwire.printable import printable
from stepwire.session import Session
from stepwire.terminal import messages, output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``run`` understands."""
    parser.add_argument("--to", metavar="ADDRESS", help="only e-mails to this address")


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
    found = Mails(session.endpoint_url).all(arguments.to)
    if not found:
        messages.print("There is no such e-mail." if arguments.to else "None yet.")
    for number, mail in enumerate(found):
        output.file.write(("\n" if number else "") + letter(mail))
    return 0


def letter(mail: Mail) -> str:
    """The e-mail as text, with a line end."""
    heads = {
        "Date": mail.sent_at.isoformat(timespec="milliseconds"),
        "From": mail.sender,
        "To": ", ".join(mail.to),
        "Subject": mail.subject,
    }
    lines = [f"{name}: {printable(value, keep='')}" for name, value in heads.items()]
    return "\n".join([*lines, "", printable(mail.text).rstrip(), ""])
