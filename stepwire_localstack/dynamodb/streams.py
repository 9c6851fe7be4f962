"""DynamoDB Streams: a record for each item that an operation changed.

Stock takes them from DynamoDB Local and keeps them in Kinesis. Here a stream is one
shard in memory, with the records of the last 24 hours, as on AWS. Stock's event source
mappings read it like any other.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import threading
import uuid
from collections.abc import Iterable
from typing import Any, Final

from localstack.aws.api import RequestContext
from localstack.aws.api.dynamodbstreams import (
    DescribeStreamOutput,
    DynamodbstreamsApi,
    ExpiredIteratorException,
    GetRecordsOutput,
    GetShardIteratorOutput,
    ListStreamsOutput,
    ResourceNotFoundException,
    TrimmedDataAccessException,
)
from localstack.utils.patch import patch
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from . import items
from .errors import ValidationError
from .writes import Change

_KEPT: Final = datetime.timedelta(hours=24)
_ITERATOR_LIFE: Final = datetime.timedelta(minutes=15)
_MOST_RECORDS: Final = 1000
# Sequence numbers have 21 digits and more.
_FIRST: Final = 10**23


class Stream:
    """The records of a table since its stream was enabled, until it is disabled."""

    def __init__(self, table: Any) -> None:
        now = _now()
        self.arn = f"{table.table_arn}/stream/{table.latest_stream_label}"
        self.label = table.latest_stream_label
        self.table_name = table.name
        self.key_schema = table.schema
        self.view_type = table.stream_specification["StreamViewType"]
        self.created = now
        self.ended: datetime.datetime | None = None
        self._region = table.region_name
        self._shard_id = (
            f"shardId-{int(now.timestamp() * 1000):020d}-{uuid.uuid4().hex[:8]}"
        )
        self._records: list[dict[str, Any]] = []
        self._first = _FIRST
        self._lock = threading.Lock()

    @property
    def account_and_region(self) -> tuple[str, str]:
        """Its account and region: parts of its ARN."""
        return self.arn.split(":")[4], self._region

    @property
    def next(self) -> int:
        """The sequence number of the record that comes next."""
        return self._first + len(self._records)

    @property
    def first(self) -> int:
        """The sequence number of the oldest record that is kept."""
        return self._first

    def add(self, change: Change) -> None:
        """Makes the record of a change, and forgets what is older than a day."""
        with self._lock:
            self._records.append(self._record(change))
            oldest = _now() - _KEPT
            while _time(self._records[0]) < oldest:
                del self._records[0]
                self._first += 1

    def read(self, position: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """The records from a sequence number on, and the next sequence number."""
        with self._lock:
            start = max(position - self._first, 0)
            records = self._records[start : start + limit]
            return records, self._first + start + len(records)

    def describe(self) -> dict[str, Any]:
        """As DescribeStream tells it."""
        numbers = {"StartingSequenceNumber": str(_FIRST)}
        if self.ended:
            numbers["EndingSequenceNumber"] = str(self.next)
        shard = {"ShardId": self._shard_id, "SequenceNumberRange": numbers}
        return {
            "StreamArn": self.arn,
            "StreamLabel": self.label,
            "StreamStatus": "DISABLED" if self.ended else "ENABLED",
            "StreamViewType": self.view_type,
            "CreationRequestDateTime": self.created,
            "TableName": self.table_name,
            "KeySchema": self.key_schema,
            "Shards": [shard],
        }

    def has_shard(self, shard_id: str) -> bool:
        """Whether this is the name of its only shard."""
        return shard_id == self._shard_id

    def _record(self, change: Change) -> dict[str, Any]:
        item = change.new or change.old
        keys = {entry["AttributeName"] for entry in self.key_schema}
        images = {
            "Keys": {name: items.plain(item.attrs[name]) for name in sorted(keys)}
        }
        size = items.size({name: item.attrs[name] for name in keys})
        for member, image in (("NewImage", change.new), ("OldImage", change.old)):
            if image and self.view_type in (
                "NEW_AND_OLD_IMAGES",
                "NEW_IMAGE" if member == "NewImage" else "OLD_IMAGE",
            ):
                images[member] = {
                    name: items.plain(value) for name, value in image.attrs.items()
                }
                size += items.size(image.attrs)
        return {
            "eventID": uuid.uuid4().hex,
            "eventName": _event_name(change),
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._region,
            "dynamodb": {
                "ApproximateCreationDateTime": _now().replace(microsecond=0),
                **images,
                "SequenceNumber": str(self.next),
                "SizeBytes": size,
                "StreamViewType": self.view_type,
            },
        }


_streams: Final[dict[str, Stream]] = {}


def install() -> None:
    """Makes a stream begin and end with the settings of its table."""

    @patch(Table.set_stream_specification)  # type: ignore[untyped-decorator]
    def set_stream_specification(fn: Any, self: Any, specification: Any) -> None:
        _end(self)
        fn(self, specification)
        if self.stream_specification["StreamEnabled"]:
            # Milliseconds, as on AWS.
            self.latest_stream_label = self.latest_stream_label[:23]
            stream = Stream(self)
            _streams[stream.arn] = stream

    @patch(DynamoDBBackend.delete_table)  # type: ignore[untyped-decorator]
    def delete_table(fn: Any, self: Any, name: str) -> Any:
        table = fn(self, name)
        _end(table)
        return table


def record(changes: Iterable[Change]) -> None:
    """Makes the records of what an operation wrote, where the table has a stream."""
    for change in changes:
        stream = _stream_of(change.table)
        if stream and not stream.ended and not _is_same(change):
            stream.add(change)


class StreamsProvider(DynamodbstreamsApi):  # type: ignore[misc]
    """The four operations of Amazon DynamoDB Streams."""

    def list_streams(
        self,
        context: RequestContext,
        table_name: str | None = None,
        limit: int | None = None,
        exclusive_start_stream_arn: str | None = None,
        **_more: Any,
    ) -> ListStreamsOutput:
        """All at once: there is no second page."""
        here = context.account_id, context.region
        return ListStreamsOutput(
            Streams=[
                {
                    "StreamArn": stream.arn,
                    "TableName": stream.table_name,
                    "StreamLabel": stream.label,
                }
                for stream in list(_streams.values())
                if stream.account_and_region == here
                and table_name in (None, stream.table_name)
            ]
        )

    def describe_stream(
        self, context: RequestContext, stream_arn: str, **_more: Any
    ) -> DescribeStreamOutput:
        """With its only shard."""
        return DescribeStreamOutput(StreamDescription=_stream(stream_arn).describe())

    def get_shard_iterator(
        self,
        context: RequestContext,
        stream_arn: str,
        shard_id: str,
        shard_iterator_type: str,
        sequence_number: str | None = None,
        **_more: Any,
    ) -> GetShardIteratorOutput:
        """A place in a shard, good for 15 minutes."""
        stream = _stream(stream_arn)
        if not stream.has_shard(shard_id):
            raise ResourceNotFoundException(
                f"Requested resource not found: Shard does not exist: {shard_id}"
            )
        position = _position(stream, shard_iterator_type, sequence_number)
        return GetShardIteratorOutput(ShardIterator=_iterator(stream, position))

    def get_records(
        self,
        context: RequestContext,
        shard_iterator: str,
        limit: int | None = None,
        **_more: Any,
    ) -> GetRecordsOutput:
        """The records; without another iterator where nothing comes any more."""
        stream, position = _read_iterator(shard_iterator)
        records, position = stream.read(position, limit or _MOST_RECORDS)
        output = GetRecordsOutput(Records=records)
        if not stream.ended or position < stream.next:
            output["NextShardIterator"] = _iterator(stream, position)
        return output


def _position(stream: Stream, kind: str, sequence_number: str | None) -> int:
    if kind == "TRIM_HORIZON":
        return stream.first
    if kind == "LATEST":
        return stream.next
    if sequence_number is None or not sequence_number.isdecimal():
        raise ValidationError(f"{kind} needs the SequenceNumber of a record")
    number = int(sequence_number)
    if not stream.first <= number < stream.next:
        raise TrimmedDataAccessException(
            f"The stream has no record of this sequence number: {sequence_number}"
        )
    return number + (kind == "AFTER_SEQUENCE_NUMBER")


def _iterator(stream: Stream, position: int) -> str:
    content = {"position": position, "until": (_now() + _ITERATOR_LIFE).isoformat()}
    text = base64.b64encode(json.dumps(content).encode()).decode()
    return f"{stream.arn}|1|{text}"


def _read_iterator(iterator: str) -> tuple[Stream, int]:
    arn, _, text = iterator.rpartition("|1|")
    try:
        content = json.loads(base64.b64decode(text))
        until = datetime.datetime.fromisoformat(content["until"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise ValidationError("Invalid ShardIterator") from None
    if until < _now():
        raise ExpiredIteratorException("Iterator expired")
    return _stream(arn), content["position"]


def _stream(arn: str) -> Stream:
    if arn not in _streams:
        raise ResourceNotFoundException(
            f"Requested resource not found: Stream: {arn} not found"
        )
    return _streams[arn]


def _stream_of(table: Any) -> Stream | None:
    return _streams.get(f"{table.table_arn}/stream/{table.latest_stream_label}")


def _end(table: Any) -> None:
    """Disables the stream of a table; its records can be read for another day."""
    if (stream := _stream_of(table)) and not stream.ended:
        stream.ended = _now()
    for arn, known in list(_streams.items()):
        if known.ended and known.ended < _now() - _KEPT:
            del _streams[arn]


def _event_name(change: Change) -> str:
    if change.old is None:
        return "INSERT"
    return "REMOVE" if change.new is None else "MODIFY"


def _is_same(change: Change) -> bool:
    if change.old is None or change.new is None:
        return change.old is change.new
    return bool(change.old.attrs == change.new.attrs)


def _time(entry: dict[str, Any]) -> datetime.datetime:
    time = entry["dynamodb"]["ApproximateCreationDateTime"]
    assert isinstance(time, datetime.datetime)
    return time


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
