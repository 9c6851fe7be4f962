"""Asks approvers as a workflow does, and answers as they do: by mail and link."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from stepwire.api import ApiClient, Response
from tests.waiting import until

FORM = {
    "Accept": "text/html,application/xhtml+xml",
    "Content-Type": "application/x-www-form-urlencoded",
}
PAGE = {"Accept": "text/html,application/xhtml+xml"}
JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Mail:
    """An e-mail that SNS sent, and the link in it."""

    to: str
    text: str

    @property
    def link(self) -> str:
        """The personal link: a line of its own."""
        (link,) = re.findall(r"(?m)^http\S+/[0-9a-v]{96}$", self.text)
        return link


class Approvals:
    """One deployed link approval."""

    def __init__(
        self,
        outputs: dict[str, Any],
        endpoint_url: str,
        client: Callable[[str], Any],
    ) -> None:
        self.outputs = outputs
        self.endpoint_url = endpoint_url
        self.client = client
        self.table = outputs["table_name"]

    def start(self, request: Any, arn: str | None = None) -> str:
        """Start an approval, or the workflow at ``arn``: the execution's ARN."""
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=arn or self.outputs["start_arn"], input=json.dumps(request)
        )
        return started["executionArn"]

    def mails(self, title: str, count: int, seconds: float = 60) -> list[Mail]:
        """The mails about ``title``, once there are ``count``, in their order."""
        deadline = time.monotonic() + seconds
        while True:
            found = [mail for mail in self._all_mails() if title in mail.text]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{found} after {seconds} s"
            time.sleep(0.05)

    def link(self, title: str, to: str = "ann@example.com", seconds: float = 60) -> str:
        """The link in the first mail about ``title`` to ``to``."""
        deadline = time.monotonic() + seconds
        while True:
            mails = self.mails(title, 1, seconds)
            for mail in mails:
                if mail.to == to:
                    return mail.link
            assert time.monotonic() < deadline, f"only {mails} after {seconds} s"
            time.sleep(0.1)

    def links(self, titles: Iterable[str], seconds: float = 60) -> dict[str, str]:
        """The links of requests to one approver each, by their titles."""
        wanted = set(titles)
        deadline = time.monotonic() + seconds
        while True:
            found = {
                title: mail.link
                for mail in self._all_mails()
                for line in mail.text.splitlines()
                if (title := line.removeprefix("> ")) in wanted
            }
            if found.keys() == wanted:
                return found
            assert time.monotonic() < deadline, f"{len(found)} after {seconds} s"
            time.sleep(0.2)

    def _all_mails(self) -> list[Mail]:
        url = f"{self.endpoint_url.replace('localhost', '127.0.0.1')}/_aws/ses"
        try:
            with urllib.request.urlopen(url) as answer:
                messages = json.load(answer)["messages"]
        except urllib.error.HTTPError:
            # The emulator has this page once a mail was sent.
            return []
        return [
            Mail(
                to=message["Destination"]["ToAddresses"][0],
                text=message["Body"]["text_part"],
            )
            for message in messages
        ]

    def item(self, request_id: str) -> dict[str, Any]:
        """What the table holds of a request."""
        return self.client("dynamodb").get_item(
            TableName=self.table,
            Key={"request_id": {"S": request_id}},
            ConsistentRead=True,
        )["Item"]

    def token(self, request_id: str) -> str:
        """The task token of a request, once its workflow waits: the mail is earlier."""
        return until(
            lambda: self.item(request_id).get("task_token"), "a workflow that waits"
        )["S"]

    def audit(self, request_id: str) -> list[dict[str, str]]:
        """The audit trail of a request."""
        return [
            {key: value["S"] for key, value in entry["M"].items()}
            for entry in self.item(request_id)["audit"]["L"]
        ]

    def result(self, execution_arn: str, seconds: float = 60) -> dict[str, Any]:
        """The execution once it has ended, as DescribeExecution gives it."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.client("stepfunctions").describe_execution(
                executionArn=execution_arn
            )
            if found["status"] != "RUNNING":
                return found
            assert time.monotonic() < deadline, f"runs after {seconds} s"
            time.sleep(0.03)

    def output(self, execution_arn: str, seconds: float = 60) -> Any:
        """What a successful execution ended with."""
        found = self.result(execution_arn, seconds)
        assert found["status"] == "SUCCEEDED", found
        return json.loads(found["output"])


def call(link: str, method: str = "GET", **options: Any) -> Response:
    """One request to ``link``, unsigned, as anyone on the internet sends it."""
    parts = urlsplit(link)
    client = ApiClient(f"{parts.scheme}://{parts.netloc}", credentials=None)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return client.request(method, path, **options)


def page(link: str) -> Response:
    """The page that a browser shows."""
    return call(link, headers=PAGE)


def post(link: str, **fields: str) -> Response:
    """The page after a browser sent its form."""
    return call(link, "POST", text=urlencode(fields), headers=FORM)


def choose(link: str, choice: str, comment: str = "") -> Response:
    """The page after the choice was confirmed."""
    return post(link, choice=choice, comment=comment, confirmed="yes")


def document(link: str) -> Response:
    """The request as programs see it."""
    return call(link, headers=JSON)


def answer(link: str, choice: str, **fields: str) -> Response:
    """A program's decision."""
    return call(link, "POST", body={"choice": choice, **fields}, headers=JSON)
