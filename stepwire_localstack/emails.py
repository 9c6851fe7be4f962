"""E-mails of SNS with the subject that was published.

Stock keeps them, for `/_aws/ses`, all with the same subject.
"""

from __future__ import annotations

from typing import Any, Final

from localstack import config
from localstack.aws.connect import connect_to
from localstack.services.sns.publisher import EmailJsonTopicPublisher
from localstack.utils.aws.arns import (
    extract_account_id_from_arn,
    extract_region_from_arn,
)
from localstack.utils.patch import patch

# AWS's texts where none was given.
_NO_SUBJECT: Final = "AWS Notification Message"
_SENDER: Final = "no-reply@sns.amazonaws.com"


def install() -> None:
    """Changes how SNS hands e-mails to SES; of both, plain and JSON."""

    @patch(EmailJsonTopicPublisher._publish)  # type: ignore[untyped-decorator]
    def publish(_fn: Any, self: Any, context: Any, subscriber: Any) -> None:
        address = subscriber["Endpoint"]
        sender = config.SNS_SES_SENDER_ADDRESS or _SENDER
        topic = subscriber["TopicArn"]
        client = connect_to(
            aws_access_key_id=extract_account_id_from_arn(topic),
            region_name=extract_region_from_arn(topic),
        ).ses
        for known in (address, sender):
            client.verify_email_address(EmailAddress=known)
        text = self.prepare_message(
            context.message, subscriber, topic_attributes=context.topic_attributes
        )
        client.send_email(
            Source=sender,
            Destination={"ToAddresses": [address]},
            Message={
                "Subject": {"Data": context.message.subject or _NO_SUBJECT},
                "Body": {"Text": {"Data": text}},
            },
        )
