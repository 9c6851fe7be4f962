"""E-mails that the emulator keeps instead of sending them, and the votes in them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import urllib3

from stepwire.api import ApiClient, Response
from stepwire.errors import StepwireError

_PAUSE_SECONDS = 0.05
_ANSWER_SECONDS = 10
# The header of a browser: link approval answers it with a page.
_FORM = {
    "Accept": "text/html,application/xhtml+xml",
    "Content-Type": "application/x-www-form-urlencoded",
}


@dataclass(frozen=True)
class Mail:
    """One e-mail, with a copy for each of ``to``.

    ``text`` is its plain text; HTML, or what SendRawEmail was given, without one.
    """

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    sent_at: datetime

    @classmethod
    def from_json(cls, message: Mapping[str, Any]) -> Mail:
        """Read a message of LocalStack's page ``/_aws/ses``."""
        body = message.get("Body") or {}
        return cls(
            id=str(message["Id"]),
            sender=str(message.get("Source", "")),
            to=tuple(_recipients(message)),
            subject=str(message.get("Subject") or ""),
            text=str(
                body.get("text_part")
                or body.get("html_part")
                or message.get("RawData")
                or ""
            ),
            sent_at=_time(str(message["Timestamp"])),
        )

    @property
    def links(self) -> list[str]:
        """The links that have a line to themselves, in their order."""
        return re.findall(r"(?m)^[ \t]*(https?://\S+)[ \t]*$", self.text)

    @property
    def link(self) -> str:
        """The only link; raises StepwireError where there is none, or another."""
        if len(self.links) != 1:
            raise StepwireError(
                f"The e-mail {self.subject!r} to {', '.join(self.to)} has "
                f"{len(self.links)} links:\n{self.text}",
                hint="`mail.links` has them all.",
            )
        return self.links[0]

    def open(self) -> Response:
        """The page of the link, as a browser shows it. Opening it decides nothing."""
        return ApiClient(self.link, credentials=None).get(headers=_FORM)

    def vote(self, choice: str, comment: str = "") -> Response:
        """Choose on the page of a link approval, and confirm; the page that follows.

        ``choice`` is a value of the request's choices, such as ``approve``. Raises
        StepwireError where the page refuses it: 400 no such choice, 404 no such
        link, 409 decided before, 410 expired.
        """
        fields = {"choice": choice, "comment": comment, "confirmed": "yes"}
        answer = ApiClient(self.link, credentials=None).post(
            text=urlencode(fields), headers=_FORM
        )
        if answer.status != HTTPStatus.OK:
            raise StepwireError(
                f"The vote {choice!r} was answered with {answer.status}: "
                f"{_words(answer.text)}"
            )
        return answer


class Mails:
    """The e-mails of one emulator, the oldest first."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._returned: set[str] = set()

    def all(
        self,
        to: str | None = None,
        *,
        containing: str = "",
        since: datetime | None = None,
    ) -> list[Mail]:
        """Those that are there now.

        ``to`` is an address, ``containing`` a part of the subject or the text, and
        ``since`` a time with a time zone. Raises StepwireError where the emulator
        keeps none.
        """
        return [
            mail
            for mail in self._read()
            if (to is None or to in mail.to)
            and (containing in mail.subject or containing in mail.text)
            and (since is None or mail.sent_at >= since)
        ]

    def wait(
        self,
        to: str | None = None,
        *,
        containing: str = "",
        since: datetime | None = None,
        timeout: float = 30.0,
    ) -> Mail:
        """The next one that fits: the oldest that ``wait`` has not returned before.

        Waits at most ``timeout`` seconds for it; then StepwireError says which
        e-mails there are.
        """
        __tracebackhide__ = True
        deadline = time.monotonic() + timeout
        while True:
            for mail in self.all(to, containing=containing, since=since):
                if mail.id not in self._returned:
                    self._returned.add(mail.id)
                    return mail
            if time.monotonic() > deadline:
                raise self._missing(to, containing, timeout)
            time.sleep(_PAUSE_SECONDS)

    def _read(self) -> list[Mail]:
        return [Mail.from_json(message) for message in _read(self._endpoint_url)]

    def _missing(
        self, to: str | None, containing: str, timeout: float
    ) -> StepwireError:
        wanted = f"to {to}" if to else "to anybody"
        if containing:
            wanted += f" that contains {containing!r}"
        lines = [
            f"  {mail.sent_at:%H:%M:%S} {', '.join(mail.to)}: {mail.subject}"
            + (" (returned before)" if mail.id in self._returned else "")
            for mail in self._read()
        ]
        return StepwireError(
            f"No e-mail {wanted} came within {timeout:g} s. There are:\n"
            + ("\n".join(lines) or "  none")
        )


def _read(endpoint_url: str) -> list[Mapping[str, Any]]:
    """The e-mails at LocalStack's ``/_aws/ses``, the oldest first, in its shape.

    Raises StepwireError where nothing answers, or something else does.
    """
    # By number: Python's resolver may take "localhost" for ::1 first.
    url = endpoint_url.replace("//localhost:", "//127.0.0.1:") + "/_aws/ses"
    try:
        answer = urllib3.request("GET", url, retries=False, timeout=_ANSWER_SECONDS)
        if answer.status == HTTPStatus.NOT_FOUND:
            # Stock LocalStack has the page from the first e-mail on.
            return []
        found: list[Mapping[str, Any]] = answer.json()["messages"]
    except urllib3.exceptions.HTTPError as error:
        raise StepwireError(f"{endpoint_url} does not answer: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StepwireError(f"{url} answered {answer.status}: no e-mails.") from error
    return found


def _recipients(message: Mapping[str, Any]) -> list[str]:
    """All addresses that it goes to; SendRawEmail's are a plain list."""
    destination = message.get("Destination") or {}
    if isinstance(destination, str):
        return [destination]
    lists = destination.values() if isinstance(destination, Mapping) else [destination]
    return [str(address) for addresses in lists for address in addresses or ()]


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _words(html: str) -> str:
    """The text of a page, without its markup, on one line."""
    body = re.sub(r"(?s)<(style|script|head)\b.*?</\1>", " ", html)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())[:300]
