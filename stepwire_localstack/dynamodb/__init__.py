"""DynamoDB by moto, which needs neither Java nor a download.

Stock runs Amazon's DynamoDB Local, a Java program that it fetches from the network.
Its container image brings that program along: there it stays. What moto does
otherwise than DynamoDB is mended here, one concern in a module.
"""

from __future__ import annotations

from localstack import config
from localstack.aws.api.dynamodb import DynamodbApi
from localstack.services import providers
from localstack.services.plugins import Service, aws_provider


def install() -> None:
    """Replaces the providers of DynamoDB and its streams, outside a container."""
    if not config.is_in_docker:
        providers.dynamodb = aws_provider(api="dynamodb")(_tables)
        providers.dynamodbstreams = aws_provider(api="dynamodbstreams")(_streams)


def _tables() -> Service:
    # Here, because loading moto's DynamoDB takes as long as the rest of a start.
    from . import (  # noqa: PLC0415
        numbers,
        operations,
        streams,
        tables,
        transactions,
        updates,
        writes,
    )

    for module in (numbers, streams, tables, transactions, updates, writes):
        module.install()
    return Service.for_provider(
        DynamodbApi(), dispatch_table_factory=operations.dispatch_table
    )


def _streams() -> Service:
    from .streams import StreamsProvider  # noqa: PLC0415

    return Service.for_provider(StreamsProvider())
