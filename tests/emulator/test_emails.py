"""E-mails of SNS: the emulator keeps what AWS would send."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from stepwire.emulator import Emulator
from stepwire.pytest_plugin import ClientFactory
from tests.waiting import until


@pytest.mark.parametrize(
    ("published", "subject"),
    [({"Subject": "Your order"}, "Your order"), ({}, "AWS Notification Message")],
)
def test_an_email_has_the_subject_that_was_published(
    stepwire_client: ClientFactory,
    stepwire_emulator: Emulator,
    published: dict[str, str],
    subject: str,
) -> None:
    sns = stepwire_client("sns")
    topic = sns.create_topic(Name="emails")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.com")
    sns.publish(TopicArn=topic, Message=f"About: {subject}", **published)
    letter = _letter(stepwire_emulator.endpoint_url, f"About: {subject}")
    sns.delete_topic(TopicArn=topic)
    assert letter["Subject"] == subject
    assert letter["Destination"]["ToAddresses"] == ["ada@example.com"]


def _letter(endpoint_url: str, text: str) -> dict[str, Any]:
    """The e-mail with that text, which SNS sends soon after it was published."""

    def look() -> dict[str, Any] | None:
        letters = urllib3.request("GET", f"{endpoint_url}/_aws/ses").json()["messages"]
        return next((one for one in letters if one["Body"]["text_part"] == text), None)

    return until(look, f"an e-mail that says {text!r}")
